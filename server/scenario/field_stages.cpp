#include "scenario/field_stages.hpp"

namespace smtp_double {
namespace {

StageSet set_of(std::initializer_list<Stage> stages) {
  StageSet set;
  for (const Stage stage : stages) set.set(index_of(stage));
  return set;
}

}  // namespace

StageSet stages_with(FieldKind kind) {
  const StageSet all = ~StageSet{};
  // A transaction may be open at any command: what it knows is there until it ends.
  const StageSet commands = all & ~set_of({Stage::Connect, Stage::Tls, Stage::Idle});
  switch (kind) {
    case FieldKind::Sender:
    case FieldKind::SenderLocal:
    case FieldKind::SenderDomain:
    case FieldKind::Verb:
    case FieldKind::Parameter: return commands;
    // Behind STARTTLS the client has said who it is.
    case FieldKind::Helo: return commands | set_of({Stage::Tls});
    case FieldKind::Line:
    case FieldKind::Argument: return commands & ~set_of({Stage::Message, Stage::Body});
    case FieldKind::Recipient:
    case FieldKind::RecipientLocal:
    case FieldKind::RecipientDomain:
      return set_of({Stage::Rcpt, Stage::Data, Stage::Bdat, Stage::Body, Stage::Message});
    case FieldKind::Header:
    case FieldKind::Subject:
    case FieldKind::Body: return set_of({Stage::Message});
    case FieldKind::Size: return set_of({Stage::Mail, Stage::Bdat, Stage::Body, Stage::Message});
    // Behind implicit TLS even the greeting is encrypted.
    case FieldKind::Tls:
    case FieldKind::TlsVersion:
    case FieldKind::TlsCipher:
    case FieldKind::TlsClient: return all & ~set_of({Stage::Tls});
    case FieldKind::AuthUser:
    case FieldKind::AuthMechanism: return commands;
    case FieldKind::TlsSni:
    case FieldKind::ClientIp:
    case FieldKind::ClientPort:
    case FieldKind::ServerPort:
    case FieldKind::Recipients:
    case FieldKind::Accepted:
    case FieldKind::Session:
    case FieldKind::Message:
    case FieldKind::Attempt:
    case FieldKind::DefaultCode:
    case FieldKind::EarlyTalker:
    case FieldKind::State:
    case FieldKind::StateAge:
    case FieldKind::Hit:
    case FieldKind::Hostname: return all;
  }
  return all;
}

}  // namespace smtp_double
