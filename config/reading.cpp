#include "config/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/flow_slips.hpp"
#include "config/nearest_word.hpp"
#include "config/scalar_place.hpp"
#include "config/scenario_words.hpp"
#include "config/units.hpp"
#include "config/yaml_slips.hpp"
#include "protocol/ascii.hpp"
#include "scenario/duration.hpp"

namespace smtp_double {
namespace {

std::string_view kind_word(YamlKind kind) {
  switch (kind) {
    case YamlKind::Null: return "nothing";
    case YamlKind::Scalar: return "a text";
    case YamlKind::Sequence: return "a list";
    case YamlKind::Mapping: return "a mapping";
  }
  return {};
}

void report_kind(Reading& reading, const YamlNode& node, std::string_view what) {
  if (node.kind == YamlKind::Null) {
    reading.error(node, fmt::format("expected {}, but there is nothing", what));
    return;
  }
  std::string hint = unquoted_start_hint(reading.raw_text(node));
  if (node.kind == YamlKind::Scalar) hint.clear();
  if (is_text_with_colon(reading, node)) hint = colon_in_item_hint(reading.source().text(), node.offset);
  reading.error(node, fmt::format("expected {}, not {}", what, kind_word(node.kind)), std::move(hint));
}

// What is nothing but a key in { } is mostly what followed a comma in a text.
std::string stray_key_hint(const YamlNode& mapping, std::size_t index) {
  const YamlNode::Entry& entry = mapping.entries[index];
  if (entry.value->kind != YamlKind::Null || mapping.style != YamlStyle::Flow) return {};
  const std::string& word = entry.key->text;
  const std::size_t colon = word.find(':');
  if (colon != std::string::npos && colon > 0) {
    return fmt::format("a blank belongs behind the ':': {}: {}", word.substr(0, colon), word.substr(colon + 1));
  }
  if (index == 0 || mapping.entries[index - 1].value->kind != YamlKind::Scalar) return {};
  return "inside { } a comma ends the text before it: put that text in quotes";
}

std::string pointer_to(std::string_view key) {
  std::string pointer = "/";
  for (const char c : key) {
    if (c == '~' || c == '/') {
      pointer += c == '~' ? "~0" : "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

// "rules[2]" -> "/rules/2"
std::string pointer_of(std::string_view step) {
  const std::size_t bracket = step.ends_with(']') ? step.rfind('[') : std::string_view::npos;
  if (bracket == std::string_view::npos) return pointer_to(step);
  const std::string_view index = step.substr(bracket + 1, step.size() - bracket - 2);
  return (bracket > 0 ? pointer_to(step.substr(0, bracket)) : "") + pointer_to(index);
}

void report_unknown_key(Reading& reading, const YamlNode& mapping, std::size_t index,
                        std::span<const std::string_view> known, const WordHint& hint) {
  const YamlNode& key = *mapping.entries[index].key;
  std::string advice = hint ? hint(key.text) : std::string();
  if (advice.empty()) advice = stray_key_hint(mapping, index);
  if (advice.empty()) advice = suggestion(key.text, known);
  reading.error_of_key(key, "unknown key " + quotation(key.text), std::move(advice));
}

}  // namespace

bool is_text_with_colon(const Reading& reading, const YamlNode& node) {
  return node.kind == YamlKind::Mapping && node.entries.size() == 1 &&
         !colon_in_item_hint(reading.source().text(), node.offset).empty();
}

std::string_view Reading::raw_text(const YamlNode& node) const {
  return std::string_view(source_.text()).substr(std::min(node.offset, source_.text().size()));
}

void Reading::error(const YamlNode& at, std::string message, std::string hint) {
  report(at.offset, Severity::Error, std::move(message), std::move(hint));
}

void Reading::error_of_key(const YamlNode& key, std::string message, std::string hint) {
  report(key.offset, Severity::Error, std::move(message), std::move(hint), pointer_to(key.text));
}

void Reading::error_inside(const YamlNode& scalar, std::size_t octet, std::string message, std::string hint) {
  const std::size_t place = find_in_scalar(source_.text(), scalar, octet).value_or(scalar.offset);
  report(place, Severity::Error, std::move(message), std::move(hint));
}

void Reading::warning(std::size_t offset, std::string message, std::string hint) {
  report(offset, Severity::Warning, std::move(message), std::move(hint));
}

void Reading::warning_inside(const YamlNode& scalar, std::size_t octet, std::string message, std::string hint) {
  warning(find_in_scalar(source_.text(), scalar, octet).value_or(scalar.offset), std::move(message), std::move(hint));
}

void Reading::report(std::size_t offset, Severity severity, std::string message, std::string hint,
                     std::string_view pointer_end) {
  Diagnostic diagnostic = source_.diagnostic_at(offset, severity, std::move(message), std::move(hint));
  for (const std::string& step : path_) {
    if (!diagnostic.path.empty() && !step.starts_with('[')) diagnostic.path += '.';
    diagnostic.path += step;
    diagnostic.pointer += pointer_of(step);
  }
  diagnostic.pointer += pointer_end;
  add_bounded(diagnostics_, std::move(diagnostic));
}

const YamlNode* Keys::operator[](std::string_view key) const {
  for (const YamlNode::Entry& entry : mapping_.entries) {
    if (entry.key->text == key) return entry.value;
  }
  return nullptr;
}

std::optional<Keys> read_keys(Reading& reading, const YamlNode& node, std::span<const std::string_view> known,
                              const WordHint& hint) {
  if (node.kind != YamlKind::Mapping) {
    report_kind(reading, node, fmt::format("a mapping with keys among {}", listed(known)));
    return std::nullopt;
  }
  Keys keys(node);
  for (std::size_t i = 0; i < node.entries.size(); ++i) {
    const std::string& key = node.entries[i].key->text;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    report_unknown_key(reading, node, i, known, hint);
    keys.all_known_ = false;
  }
  return keys;
}

std::optional<std::string_view> read_text(Reading& reading, const YamlNode& node, std::string_view what) {
  if (node.kind == YamlKind::Scalar) return node.text;
  report_kind(reading, node, what);
  return std::nullopt;
}

std::optional<std::string> read_line(Reading& reading, const YamlNode& node, std::string_view what) {
  const auto text = read_text(reading, node, what);
  if (!text) return std::nullopt;
  if (text->empty()) {
    reading.error(node, fmt::format("expected {}, not an empty text", what));
    return std::nullopt;
  }
  if (const auto control = find_control(*text, {})) {
    report_control(reading, node, *control);
    return std::nullopt;
  }
  return std::string(*text);
}

bool check_list(Reading& reading, const YamlNode& node, std::string_view of_what) {
  if (node.kind == YamlKind::Sequence) return true;
  report_kind(reading, node, fmt::format("a list of {}", of_what));
  return false;
}

std::optional<bool> read_flag(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "true or false");
  if (!text) return std::nullopt;
  if (*text == "true" || *text == "false") return *text == "true";
  reading.error(node, fmt::format("expected true or false, not {}", quotation(*text)));
  return std::nullopt;
}

std::optional<std::uint64_t> read_number(Reading& reading, const YamlNode& node, std::uint64_t least,
                                         std::uint64_t greatest) {
  const std::string what = greatest == no_bound ? fmt::format("a whole number, {} or more", least)
                                                : fmt::format("a whole number from {} to {}", least, greatest);
  const auto text = read_text(reading, node, what);
  if (!text) return std::nullopt;
  const auto number = parse_number(*text);
  if (number && *number >= least && *number <= greatest) return number;
  reading.error(node, fmt::format("expected {}, not {}", what, quotation(*text)));
  return std::nullopt;
}

std::optional<std::uint64_t> read_size(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "a size");
  if (!text) return std::nullopt;
  const auto size = parse_size(*text);
  if (!size) reading.error(node, quotation(*text) + " is no size", size_units_hint());
  return size;
}

std::optional<std::chrono::microseconds> read_duration(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "a duration");
  if (!text) return std::nullopt;
  const auto time = parse_duration(*text);
  if (!time) {
    const bool bare = parse_number(*text).has_value();
    reading.error(
        node,
        bare ? fmt::format("the duration {} has no unit", quotation(*text)) : quotation(*text) + " is no duration",
        bare ? fmt::format("is it {0}s, or {0}ms?", *text) : duration_units_hint());
  }
  return time;
}

std::optional<std::size_t> read_word(Reading& reading, const YamlNode& node, std::span<const std::string_view> known,
                                     const WordHint& hint) {
  const std::string what = (known.size() > 1 ? "one of " : "") + listed(known);
  const auto text = read_text(reading, node, what);
  if (!text) return std::nullopt;
  const auto found = std::find(known.begin(), known.end(), *text);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  std::string advice = hint ? hint(*text) : std::string();
  const auto nearest = nearest_word(*text, known);
  if (advice.empty() && nearest) advice = fmt::format("did you mean '{}'?", *nearest);
  reading.error(node, fmt::format("expected {}, not {}", what, quotation(*text)), std::move(advice));
  return std::nullopt;
}

std::optional<std::size_t> find_control(std::string_view text, std::string_view allowed) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_control(text[i]) && allowed.find(text[i]) == std::string_view::npos) return i;
  }
  return std::nullopt;
}

void report_control(Reading& reading, const YamlNode& scalar, std::size_t octet) {
  const char c = scalar.text[octet];
  std::string name = fmt::format("the control character 0x{:02x}", static_cast<unsigned char>(c));
  if (c == '\0') name = "a NUL";
  if (c == '\n') name = "a line break (LF)";
  if (c == '\r') name = "a carriage return (CR)";
  reading.error_inside(scalar, octet, name + " cannot stand here");
}

}  // namespace smtp_double
