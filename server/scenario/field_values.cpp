#include "scenario/field_values.hpp"

#include "protocol/parameters.hpp"

namespace smtp_double {
namespace {

std::optional<std::string_view> parameter_value(std::string_view name, const Event& event) {
  const auto value = parameter_in(event.parameters, name);
  return value ? value : parameter_in(event.transaction_parameters, name);
}

std::optional<std::string_view> address_part(FieldKind kind, std::optional<std::string_view> mailbox) {
  if (!mailbox) return std::nullopt;
  return part_of(kind, *mailbox);
}

std::optional<std::string_view> client_address(const Event& event) {
  if (event.peer == nullptr || event.peer->address.empty()) return std::nullopt;
  return event.peer->address;
}

std::optional<std::uint64_t> port_value(const Event& event, std::uint16_t Peer::* port) {
  if (event.peer == nullptr || event.peer->*port == 0) return std::nullopt;
  return event.peer->*port;
}

std::optional<std::string_view> tls_value(const Event& event, std::string TlsFacts::* value) {
  if (event.tls == nullptr) return std::nullopt;
  return event.tls->*value;
}

}  // namespace

std::optional<std::string_view> parameter_in(std::string_view parameters, std::string_view name) {
  const auto parameter = find_parameter(parameters, name);
  if (!parameter) return std::nullopt;
  return parameter->value.value_or("");
}

std::string_view part_of(FieldKind kind, std::string_view mailbox) {
  if (kind == FieldKind::SenderLocal || kind == FieldKind::RecipientLocal) return local_part(mailbox);
  if (kind == FieldKind::SenderDomain || kind == FieldKind::RecipientDomain) return domain_part(mailbox);
  return mailbox;
}

std::optional<std::string_view> text_value(const Field& field, const Event& event) {
  switch (field.kind) {
    case FieldKind::Sender:
    case FieldKind::SenderLocal:
    case FieldKind::SenderDomain: return address_part(field.kind, event.sender);
    case FieldKind::Recipient:
    case FieldKind::RecipientLocal:
    case FieldKind::RecipientDomain:
      if (!event.recipient && !event.recipients.empty()) return part_of(field.kind, event.recipients.front().mailbox);
      return address_part(field.kind, event.recipient);
    case FieldKind::Helo: return event.helo;
    case FieldKind::Line: return event.line;
    case FieldKind::Verb: return event.verb;
    case FieldKind::Argument: return event.argument;
    case FieldKind::Parameter: return parameter_value(field.name, event);
    case FieldKind::ClientIp: return client_address(event);
    case FieldKind::AuthUser: return event.auth_user;
    case FieldKind::AuthMechanism: return event.auth_mechanism;
    case FieldKind::TlsVersion: return tls_value(event, &TlsFacts::version);
    case FieldKind::TlsCipher: return tls_value(event, &TlsFacts::cipher);
    case FieldKind::TlsSni: return event.tls_server_name;
    case FieldKind::TlsClient:
      if (event.tls == nullptr) return std::nullopt;
      return event.tls->client;
    case FieldKind::State: return event.state;
    case FieldKind::Body:
      if (!event.content) return std::nullopt;
      return message_body(*event.content);
    case FieldKind::Header:
    case FieldKind::Subject:
    case FieldKind::ClientPort:
    case FieldKind::ServerPort:
    case FieldKind::Size:
    case FieldKind::Recipients:
    case FieldKind::Accepted:
    case FieldKind::Session:
    case FieldKind::Message:
    case FieldKind::Attempt:
    case FieldKind::DefaultCode:
    case FieldKind::EarlyTalker:
    case FieldKind::Tls:
    case FieldKind::StateAge:
    case FieldKind::Hit:
    case FieldKind::Hostname: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_value(const Field& field, const Event& event) {
  switch (field.kind) {
    case FieldKind::ClientPort: return port_value(event, &Peer::port);
    case FieldKind::ServerPort: return port_value(event, &Peer::server_port);
    case FieldKind::Size: return event.size;
    case FieldKind::Recipients: return event.asked;
    case FieldKind::Accepted: return event.accepted;
    case FieldKind::Session: return event.session;
    case FieldKind::Message: return event.message;
    case FieldKind::DefaultCode:
      if (!event.default_code) return std::nullopt;
      return static_cast<std::uint64_t>(*event.default_code);
    case FieldKind::StateAge: return static_cast<std::uint64_t>(event.state_age.count());
    case FieldKind::Sender:
    case FieldKind::SenderLocal:
    case FieldKind::SenderDomain:
    case FieldKind::Recipient:
    case FieldKind::RecipientLocal:
    case FieldKind::RecipientDomain:
    case FieldKind::Helo:
    case FieldKind::Line:
    case FieldKind::Verb:
    case FieldKind::Argument:
    case FieldKind::Parameter:
    case FieldKind::ClientIp:
    case FieldKind::Header:
    case FieldKind::Subject:
    case FieldKind::Body:
    case FieldKind::Attempt:
    case FieldKind::EarlyTalker:
    case FieldKind::AuthUser:
    case FieldKind::AuthMechanism:
    case FieldKind::Tls:
    case FieldKind::TlsVersion:
    case FieldKind::TlsCipher:
    case FieldKind::TlsSni:
    case FieldKind::TlsClient:
    case FieldKind::State:
    case FieldKind::Hit:
    case FieldKind::Hostname: return std::nullopt;
  }
  return std::nullopt;
}

bool flag_value(const Field& field, const Event& event) {
  return field.kind == FieldKind::Tls ? event.is_tls : event.early_talker;
}

}  // namespace smtp_double
