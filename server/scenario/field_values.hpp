#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/path_parser.hpp"
#include "scenario/event.hpp"
#include "scenario/field.hpp"
#include "scenario/message_fields.hpp"

namespace smtp_double {

/// The text of a field that has at most one; nothing when the event has no value, or the field is a number.
std::optional<std::string_view> text_value(const Field& field, const Event& event);

/// The number of a field (ports, counts, sizes, codes). Attempt and Hit are not the event's.
std::optional<std::uint64_t> number_value(const Field& field, const Event& event);

/// The flag of a field that is true or false.
bool flag_value(const Field& field, const Event& event);

/// The value of the parameter among these, "" when it has none.
std::optional<std::string_view> parameter_in(std::string_view parameters, std::string_view name);

/// The part of an address a field is about.
std::string_view part_of(FieldKind kind, std::string_view mailbox);

constexpr bool is_about_recipient(FieldKind kind) {
  return kind == FieldKind::Recipient || kind == FieldKind::RecipientLocal || kind == FieldKind::RecipientDomain;
}

constexpr bool is_header(FieldKind kind) { return kind == FieldKind::Header || kind == FieldKind::Subject; }

/// Calls `visit(std::string_view)` with each value of a text field, until it returns true; tells whether one did.
/// `of` is set to the accepted recipient that a value is about, null for any other.
template <class Visitor>
bool any_text_value(const Field& field, const Event& event, Visitor visit, const Recipient** of = nullptr) {
  const Recipient* unused = nullptr;
  const Recipient*& about = of != nullptr ? *of : unused;
  about = nullptr;
  if (is_about_recipient(field.kind) && !event.recipient) {
    for (const Recipient& recipient : event.recipients) {
      about = &recipient;
      if (visit(part_of(field.kind, recipient.mailbox))) return true;
    }
    return false;
  }
  if (field.kind == FieldKind::Parameter && !event.recipient && !event.recipients.empty()) {
    for (const Recipient& recipient : event.recipients) {
      about = &recipient;
      const auto value = parameter_in(recipient.parameters, field.name);
      if (value && visit(*value)) return true;
    }
    about = nullptr;
  }
  if (is_header(field.kind)) {
    if (!event.content) return false;
    const std::string_view name = field.kind == FieldKind::Subject ? "Subject" : std::string_view(field.name);
    for (const std::string& value : header_values(*event.content, name)) {
      if (visit(std::string_view(value))) return true;
    }
    return false;
  }
  const auto value = text_value(field, event);
  return value && visit(*value);
}

}  // namespace smtp_double
