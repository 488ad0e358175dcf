#include "config/reply_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/cut_text.hpp"
#include "config/nearest_word.hpp"
#include "config/scenario_words.hpp"
#include "protocol/ascii.hpp"
#include "protocol/reply.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view what_a_reply_is = "a reply, such as '550 5.1.1 No such user'";
constexpr std::array<std::string_view, 2> reply_words{"default", "none"};
constexpr std::array<std::string_view, 4> reply_keys{"code", "enhanced", "lines", "text"};

std::string reply_key_hint(std::string_view word) {
  return is_rule_key(word) ? fmt::format("'{}' belongs beside 'reply'", word) : std::string();
}

bool has_variable(std::string_view text) { return text.find("{{") != std::string_view::npos; }

bool is_number(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::vector<TextPart> split_lines(std::string_view text) {
  std::vector<TextPart> lines;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', start)) {
    lines.push_back({text.substr(start, end - start), start});
    start = end + 1;
  }
  lines.push_back({text.substr(start), start});
  return lines;
}

std::string_view without_final_breaks(std::string_view text) { return text.substr(0, text.find_last_not_of('\n') + 1); }

/// Reports a character that no reply can carry. RFC 5321 4.2 lets a tab stand in the text.
bool check_characters(Reading& reading, const YamlNode& scalar, std::string_view text) {
  const auto control = find_control(text, "\t\n");
  if (control) report_control(reading, scalar, *control);
  return !control;
}

// ---- the code

std::optional<TextTemplate> read_code(Reading& reading, const YamlNode& scalar, TextPart part,
                                      const GroupNames& groups) {
  if (has_variable(part.text)) return read_template(reading, scalar, part, groups);
  if (ReplyCode::parse(part.text)) return TextTemplate::constant(std::string(part.text));
  if (is_number(part.text)) {
    reading.error_inside(scalar, part.octet, quotation(part.text) + " is no reply code", "codes are 100 to 599");
  } else {
    reading.error_inside(scalar, part.octet, fmt::format("expected a reply code, not {}", quotation(part.text)),
                         "codes are 100 to 599");
  }
  return std::nullopt;
}

// ---- the short form

// A variable may have blanks between its braces.
std::size_t end_of_code(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && line[at] != ' ' && line[at] != '\n') {
    const std::size_t close = line.substr(at).starts_with("{{") ? line.find("}}", at) : std::string_view::npos;
    at = close == std::string_view::npos ? at + 1 : close + 2;
  }
  return at;
}

TextPart behind(TextPart line, std::size_t octets) {
  octets = std::min(octets, line.text.size());
  return {line.text.substr(octets), line.octet + octets};
}

struct ShortForm {
  TextPart code;
  std::vector<TextPart> lines;
};

// "550", "550 text", or the lines of a whole reply: "550-a", "550-b", "550 c".
ShortForm split_short_form(std::string_view text) {
  std::vector<TextPart> lines = split_lines(text);
  const std::string_view first = lines.front().text;
  const bool continued = begins_with_code(first) && first.size() > 3 && first[3] == '-';
  const std::size_t end = continued ? 3 : end_of_code(first);
  ShortForm form{{first.substr(0, end), 0}, {}};
  if (lines.size() == 1 && end == first.size()) return form;
  lines.front() = behind(lines.front(), end + 1);
  form.lines = std::move(lines);
  return form;
}

/// Takes the code off the further lines that repeat it.
bool strip_repeated_codes(Reading& reading, const YamlNode& scalar, ShortForm& form) {
  bool good = true;
  for (std::size_t i = 1; i < form.lines.size(); ++i) {
    TextPart& line = form.lines[i];
    if (!begins_with_code(line.text)) continue;
    const std::string_view code = line.text.substr(0, 3);
    if (!has_variable(form.code.text) && code != form.code.text) {
      reading.error_inside(scalar, line.octet,
                           fmt::format("line {} has the code {} and the first line {}", i + 1, code, form.code.text),
                           "all lines of a reply have the same code");
      good = false;
    }
    line = behind(line, 4);
  }
  return good;
}

std::optional<std::vector<TextTemplate>> read_lines(Reading& reading, const YamlNode& scalar,
                                                    const std::vector<TextPart>& parts, const GroupNames& groups) {
  std::vector<TextTemplate> lines;
  bool good = true;
  for (const TextPart& part : parts) {
    auto line = read_template(reading, scalar, part, groups);
    good = good && line.has_value();
    if (line) lines.push_back(std::move(*line));
  }
  if (!good) return std::nullopt;
  return lines;
}

void report_no_reply(Reading& reading, const YamlNode& node, std::string_view word) {
  const auto near = nearest_word(node.text, reply_words);
  reading.error(node, fmt::format("{} is no reply code", quotation(word)),
                near ? fmt::format("did you mean '{}'?", *near)
                     : "a reply begins with its code, 100 to 599, or is the word default or none");
}

bool has_at_front(std::string_view line, std::string_view code) {
  return !code.empty() && line.starts_with(code) &&
         (line.size() == code.size() || line[code.size()] == ' ' || line[code.size()] == '-');
}

void warn_of_code_twice(Reading& reading, const YamlNode& scalar, const ShortForm& form) {
  for (const TextPart& line : form.lines) {
    if (!has_at_front(line.text, form.code.text)) continue;
    reading.warning_inside(scalar, line.octet, fmt::format("the code {} is sent twice", form.code.text),
                           "it stands before each line once: leave it out of the text");
    return;
  }
}

std::optional<What> read_short_form(Reading& reading, const YamlNode& node, const GroupNames& groups) {
  if (node.text == "default") return DefaultReply{};
  if (node.text == "none") return NoReply{};
  warn_of_cut_text(reading, node);
  if (!check_characters(reading, node, node.text)) return std::nullopt;
  ShortForm form = split_short_form(without_final_breaks(node.text));
  if (!has_variable(form.code.text) && !is_number(form.code.text)) {
    report_no_reply(reading, node, form.code.text);
    return std::nullopt;
  }
  auto code = read_code(reading, node, form.code, groups);
  const bool same_code = !code || strip_repeated_codes(reading, node, form);
  warn_of_code_twice(reading, node, form);
  auto lines = read_lines(reading, node, form.lines, groups);
  if (!code || !lines || !same_code) return std::nullopt;
  return ReplyTemplate{std::move(*code), std::nullopt, std::move(*lines)};
}

// ---- the mapping

std::optional<TextTemplate> read_enhanced(Reading& reading, const YamlNode& node, const GroupNames& groups) {
  const auto text = read_text(reading, node, "an enhanced status code");
  if (!text) return std::nullopt;
  if (!check_characters(reading, node, *text)) return std::nullopt;
  if (has_variable(*text)) return read_template(reading, node, {*text}, groups);
  if (EnhancedCode::parse(*text)) return TextTemplate::constant(std::string(*text));
  reading.error(node, quotation(*text) + " is no enhanced status code",
                "it is class.subject.detail, such as 5.1.1; the class is 2, 4 or 5");
  return std::nullopt;
}

std::optional<std::vector<TextTemplate>> read_list_of_lines(Reading& reading, const YamlNode& node,
                                                            const GroupNames& groups) {
  if (node.kind == YamlKind::Scalar) return read_reply_lines(reading, node, groups);
  if (!check_list(reading, node, "texts")) return std::nullopt;
  if (node.items.empty()) {
    reading.error(node, "expected a list of texts, not an empty one",
                  "without 'lines' the reply gets a text that fits its code");
    return std::nullopt;
  }
  std::vector<TextTemplate> lines;
  bool good = true;
  for (const YamlNode* item : node.items) {
    auto more = read_text(reading, *item, "a text") ? read_reply_lines(reading, *item, groups) : std::nullopt;
    good = good && more.has_value();
    if (more) lines.insert(lines.end(), more->begin(), more->end());
  }
  if (!good) return std::nullopt;
  return lines;
}

std::optional<std::vector<TextTemplate>> read_text_or_lines(Reading& reading, const Keys& keys,
                                                            const GroupNames& groups) {
  const YamlNode* lines = keys["lines"];
  const YamlNode* text = keys["text"];
  if (lines != nullptr && text != nullptr) {
    reading.error(*text, "'text' and 'lines' are two ways to say the same", "keep one of them");
    return std::nullopt;
  }
  if (lines != nullptr) {
    const Reading::Step step(reading, "lines");
    return read_list_of_lines(reading, *lines, groups);
  }
  if (text == nullptr) return std::vector<TextTemplate>{};
  const Reading::Step step(reading, "text");
  if (!read_text(reading, *text, "a text")) return std::nullopt;
  return read_reply_lines(reading, *text, groups);
}

std::optional<TextTemplate> read_code_key(Reading& reading, const YamlNode& mapping, const Keys& keys,
                                          const GroupNames& groups) {
  const YamlNode* node = keys["code"];
  if (node == nullptr) {
    if (keys.all_known()) reading.error(mapping, "'code' is missing", "write it like {code: 550, text: No such user}");
    return std::nullopt;
  }
  const Reading::Step step(reading, "code");
  const auto text = read_text(reading, *node, "a reply code");
  if (!text || !check_characters(reading, *node, *text)) return std::nullopt;
  return read_code(reading, *node, {*text}, groups);
}

std::string text_of(const YamlNode* scalar) { return scalar == nullptr ? std::string() : scalar->text; }

// The codes have keys of their own here, and texts that begin with them are mostly copied from the wire.
void warn_of_codes_in_text(Reading& reading, const Keys& keys) {
  const std::string code = text_of(keys["code"]);
  const std::string enhanced = text_of(keys["enhanced"]);
  const YamlNode* lines = keys["lines"] != nullptr ? keys["lines"] : keys["text"];
  if (lines == nullptr) return;
  for (const YamlNode* item : lines->kind == YamlKind::Sequence ? lines->items : std::vector{lines}) {
    for (const TextPart& line : split_lines(item->text)) {
      const bool has_code = has_at_front(line.text, code);
      if (!has_code && !has_at_front(line.text, enhanced)) continue;
      reading.warning(
          item->offset, fmt::format("the code {} is sent twice", has_code ? code : enhanced),
          fmt::format("'{}' puts it before each line: leave it out of the text", has_code ? "code" : "enhanced"));
      return;
    }
  }
}

std::optional<What> read_mapping_form(Reading& reading, const YamlNode& node, const GroupNames& groups) {
  const auto keys = read_keys(reading, node, reply_keys, reply_key_hint);
  if (!keys) return std::nullopt;
  auto code = read_code_key(reading, node, *keys, groups);
  auto lines = read_text_or_lines(reading, *keys, groups);
  std::optional<TextTemplate> enhanced;
  if (const YamlNode* enhanced_node = (*keys)["enhanced"]) {
    const Reading::Step step(reading, "enhanced");
    enhanced = read_enhanced(reading, *enhanced_node, groups);
  }
  if (!code || !lines) return std::nullopt;
  warn_of_codes_in_text(reading, *keys);
  return ReplyTemplate{std::move(*code), std::move(enhanced), std::move(*lines)};
}

}  // namespace

bool begins_with_code(std::string_view line) {
  return line.size() >= 3 && ReplyCode::parse(line.substr(0, 3)) &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}

std::optional<std::vector<TextTemplate>> read_reply_lines(Reading& reading, const YamlNode& scalar,
                                                          const GroupNames& groups) {
  warn_of_cut_text(reading, scalar);
  if (!check_characters(reading, scalar, scalar.text)) return std::nullopt;
  return read_lines(reading, scalar, split_lines(without_final_breaks(scalar.text)), groups);
}

std::optional<What> read_reply(Reading& reading, const YamlNode& node, const GroupNames& groups) {
  const bool unquoted_template = reading.raw_text(node).starts_with("{{");
  if (node.kind == YamlKind::Mapping && !unquoted_template) return read_mapping_form(reading, node, groups);
  if (!read_text(reading, node, what_a_reply_is)) return std::nullopt;
  return read_short_form(reading, node, groups);
}

}  // namespace smtp_double
