#include "scenario/field.hpp"

#include <algorithm>
#include <array>

namespace smtp_double {
namespace {

struct FieldEntry {
  std::string_view word;
  FieldKind kind;
  FieldType type;
  bool ignores_case;
  bool testable = true;
};

// In the order of FieldKind, so that an enumerator finds its row.
constexpr std::array entries{
    FieldEntry{"sender", FieldKind::Sender, FieldType::Text, true},
    FieldEntry{"sender.local", FieldKind::SenderLocal, FieldType::Text, true},
    FieldEntry{"sender.domain", FieldKind::SenderDomain, FieldType::Text, true},
    FieldEntry{"recipient", FieldKind::Recipient, FieldType::Text, true},
    FieldEntry{"recipient.local", FieldKind::RecipientLocal, FieldType::Text, true},
    FieldEntry{"recipient.domain", FieldKind::RecipientDomain, FieldType::Text, true},
    FieldEntry{"helo", FieldKind::Helo, FieldType::Text, true},
    FieldEntry{"line", FieldKind::Line, FieldType::Text, false},
    FieldEntry{"verb", FieldKind::Verb, FieldType::Text, true},
    FieldEntry{"argument", FieldKind::Argument, FieldType::Text, false},
    FieldEntry{"parameter.", FieldKind::Parameter, FieldType::Text, true},
    FieldEntry{"client.ip", FieldKind::ClientIp, FieldType::Address, true},
    FieldEntry{"client.port", FieldKind::ClientPort, FieldType::Number, false},
    FieldEntry{"server.port", FieldKind::ServerPort, FieldType::Number, false},
    FieldEntry{"header.", FieldKind::Header, FieldType::Text, false},
    FieldEntry{"subject", FieldKind::Subject, FieldType::Text, false},
    FieldEntry{"body", FieldKind::Body, FieldType::Text, false},
    FieldEntry{"size", FieldKind::Size, FieldType::Number, false},
    FieldEntry{"recipients", FieldKind::Recipients, FieldType::Number, false},
    FieldEntry{"accepted", FieldKind::Accepted, FieldType::Number, false},
    FieldEntry{"session", FieldKind::Session, FieldType::Number, false},
    FieldEntry{"message", FieldKind::Message, FieldType::Number, false},
    FieldEntry{"attempt", FieldKind::Attempt, FieldType::Number, false},
    FieldEntry{"default.code", FieldKind::DefaultCode, FieldType::Number, false},
    FieldEntry{"early-talker", FieldKind::EarlyTalker, FieldType::Boolean, false},
    FieldEntry{"auth.user", FieldKind::AuthUser, FieldType::Text, false},
    FieldEntry{"auth.mechanism", FieldKind::AuthMechanism, FieldType::Text, true},
    FieldEntry{"tls", FieldKind::Tls, FieldType::Boolean, false},
    FieldEntry{"tls.version", FieldKind::TlsVersion, FieldType::Text, true},
    FieldEntry{"tls.cipher", FieldKind::TlsCipher, FieldType::Text, true},
    FieldEntry{"tls.sni", FieldKind::TlsSni, FieldType::Text, true},
    FieldEntry{"tls.client", FieldKind::TlsClient, FieldType::Text, false},
    FieldEntry{"state", FieldKind::State, FieldType::Text, false},
    FieldEntry{"state.age", FieldKind::StateAge, FieldType::Duration, false},
    FieldEntry{"hit", FieldKind::Hit, FieldType::Number, false, false},
    FieldEntry{"hostname", FieldKind::Hostname, FieldType::Text, true, false},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (static_cast<std::size_t>(entries[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order());

constexpr auto all_field_words = [] {
  std::array<std::string_view, entries.size()> all{};
  std::transform(entries.begin(), entries.end(), all.begin(), [](const FieldEntry& entry) { return entry.word; });
  return all;
}();

const FieldEntry& entry_of(FieldKind kind) { return entries[static_cast<std::size_t>(kind)]; }

}  // namespace

std::optional<Field> parse_field(std::string_view word) {
  for (const FieldEntry& entry : entries) {
    if (!entry.word.ends_with('.')) {
      if (word == entry.word) return Field{entry.kind, {}};
    } else if (word.starts_with(entry.word) && word.size() > entry.word.size()) {
      return Field{entry.kind, std::string(word.substr(entry.word.size()))};
    }
  }
  return std::nullopt;
}

std::string to_string(const Field& field) { return std::string(entry_of(field.kind).word) + field.name; }

std::span<const std::string_view> field_words() { return all_field_words; }

FieldType type_of(FieldKind kind) { return entry_of(kind).type; }

bool ignores_case(FieldKind kind) { return entry_of(kind).ignores_case; }

bool is_testable(FieldKind kind) { return entry_of(kind).testable; }

}  // namespace smtp_double
