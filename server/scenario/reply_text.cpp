#include "scenario/reply_text.hpp"

#include <cstdint>

#include "protocol/ascii.hpp"
#include "protocol/reply_catalogue.hpp"
#include "scenario/duration.hpp"
#include "scenario/field_values.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t longest_text = 512 - 6;  // without the code, the space and CRLF

std::string cut(std::string line) {
  if (line.size() <= longest_text) return line;
  line.resize(longest_text);
  // Not in the middle of a character: what is left of it goes too.
  std::size_t start = line.size();
  while (start > 0 && (static_cast<unsigned char>(line[start - 1]) & 0xC0U) == 0x80U) --start;
  if (start > 0 && is_eight_bit(line[start - 1])) line.resize(start - 1);
  return line;
}

std::string rendered(const TextTemplate& text, const VariableValues& values) {
  return text.is_constant() ? std::string(text.constant_text()) : text.render(values);
}

// The catalogue's text: of the enhanced code, where that says more than the code.
std::string catalogue_text(ReplyCode code, std::string_view enhanced, const ReplyContext& context) {
  const auto given = EnhancedCode::parse(enhanced);
  if (given && given->detail != 0) {
    const EnhancedLookup found = find_enhanced(*given);
    if (found.match == EnhancedMatch::Exact) return std::string(found.entry->name);
  }
  constexpr std::string_view hostname_variable = "{{hostname}}";
  std::string text(short_text(code, context.stage));
  if (text.starts_with(hostname_variable)) text.replace(0, hostname_variable.size(), context.hostname);
  return text;
}

enum class Length : std::uint8_t { AsWritten, Bounded };

// Appends each line of `text`, with the enhanced code in front of it where there is one.
void append_lines(std::string& out, std::string_view text, const std::string& enhanced, Length length) {
  const std::string prefix = enhanced.empty() ? enhanced : enhanced + ' ';
  while (true) {
    const std::size_t end = text.find('\n');
    std::string line = prefix + std::string(text.substr(0, end));
    out += length == Length::Bounded ? cut(std::move(line)) : line;
    if (end == std::string_view::npos) return;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

struct VariableText {
  const VariableContext& context;

  std::string operator()(const TextTemplate::Group& group) const {
    const Groups& groups = context.selection.captures.groups;
    const auto found = groups.find(group.name);
    return found == groups.end() ? std::string() : found->second;
  }

  std::string operator()(const Field& field) const {
    if (field.kind == FieldKind::Hostname) return std::string(context.hostname);
    if (field.kind == FieldKind::Hit) return std::to_string(context.selection.hit);
    if (field.kind == FieldKind::Attempt) return std::to_string(context.selection.attempt);
    if (type_of(field.kind) == FieldType::Boolean) return flag_value(field, context.event) ? "true" : "false";
    if (field.kind == FieldKind::StateAge) return smtp_double::to_string(context.event.state_age);
    if (const auto number = number_value(field, context.event)) return std::to_string(*number);
    if (auto captured = captured_value(field)) return *std::move(captured);
    std::string text;
    any_text_value(field, context.event, [&](std::string_view value) {
      text = value;
      return true;
    });
    return text;
  }

  // Where there are several values, the one that the rule's conditions asked for.
  std::optional<std::string> captured_value(const Field& field) const {
    const Captures& captures = context.selection.captures;
    if (captures.recipient != nullptr && is_about_recipient(field.kind)) {
      return std::string(part_of(field.kind, captures.recipient->mailbox));
    }
    if (captures.recipient != nullptr && field.kind == FieldKind::Parameter) {
      const auto value = parameter_in(captures.recipient->parameters, field.name);
      if (value) return std::string(*value);
    }
    for (const auto& [header, value] : captures.headers) {
      if (header.kind == field.kind && equals_ignoring_case(header.name, field.name)) return value;
    }
    return std::nullopt;
  }
};

}  // namespace

Reply render_reply(const ReplyTemplate& reply, const ReplyContext& context, const VariableValues& values) {
  const std::string digits = rendered(reply.code, values);
  const auto code = ReplyCode::parse(digits);
  if (!code) {
    return {ReplyCode::of<554>(),
            cut("5.3.5 The rule '" + std::string(context.rule) + "' made '" + digits + "', which is no reply code")};
  }
  Reply result{*code, {}};
  std::string enhanced = reply.enhanced ? rendered(*reply.enhanced, values) : std::string();
  const bool constant = !reply.enhanced || reply.enhanced->is_constant();
  if (reply.lines.empty()) {
    const std::string text = catalogue_text(*code, enhanced, context);
    const auto fitting = default_enhanced(*code, context.stage);
    if (enhanced.empty() && context.enhanced_codes && fitting) enhanced = to_string(*fitting);
    append_lines(result.text, text, enhanced, constant ? Length::AsWritten : Length::Bounded);
  }
  for (const TextTemplate& line : reply.lines) {
    if (&line != &reply.lines.front()) result.text += '\n';
    const Length length = constant && line.is_constant() ? Length::AsWritten : Length::Bounded;
    append_lines(result.text, rendered(line, values), enhanced, length);
  }
  return result;
}

std::string value_of_variable(const TextTemplate::Variable& variable, const VariableContext& context) {
  return std::visit(VariableText{context}, variable);
}

void append_wire(std::string& out, const BuiltInReply& reply, bool with_enhanced) {
  // Short enough to stand in the string itself: the hot path allocates nothing.
  std::string prefix;
  if (with_enhanced && reply.enhanced) {
    append(prefix, *reply.enhanced);
    prefix += ' ';
  }
  append_wire(out, reply.code, reply.text, prefix, reply.detail);
}

std::string reply_lines(std::string_view wire) {
  constexpr std::size_t most_kept = 2048;
  wire = wire.substr(0, most_kept);
  if (wire.ends_with("\r\n")) wire.remove_suffix(2);
  std::string text(wire);
  for (std::size_t at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) text.erase(at, 1);
  return text;
}

}  // namespace smtp_double
