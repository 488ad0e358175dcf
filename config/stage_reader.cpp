#include "config/stage_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/nearest_word.hpp"
#include "config/yaml_slips.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 26> stage_words{
    "connect",     "helo",     "ehlo", "lhlo", "hello", "mail", "rcpt",    "data", "body",
    "message",     "rset",     "noop", "vrfy", "expn",  "help", "quit",    "auth", "auth-response",
    "auth-result", "starttls", "tls",  "bdat", "etrn",  "idle", "unknown", "any"};

struct OtherName {
  std::string_view word;
  std::string_view stage;
};

// In lower case, with '-' for blanks and '_'.
constexpr std::array other_names{OtherName{"greeting", "connect"},
                                 OtherName{"greet", "connect"},
                                 OtherName{"banner", "connect"},
                                 OtherName{"connection", "connect"},
                                 OtherName{"mail-from", "mail"},
                                 OtherName{"from", "mail"},
                                 OtherName{"sender", "mail"},
                                 OtherName{"rcpt-to", "rcpt"},
                                 OtherName{"to", "rcpt"},
                                 OtherName{"recipient", "rcpt"},
                                 OtherName{"dot", "message"},
                                 OtherName{"eod", "message"},
                                 OtherName{"end-of-data", "message"},
                                 OtherName{"content", "message"},
                                 OtherName{"after-data", "message"},
                                 OtherName{"all", "any"},
                                 OtherName{"every", "any"},
                                 OtherName{"*", "any"}};

std::string in_one_spelling(std::string_view word) {
  while (word.ends_with(':')) word.remove_suffix(1);
  std::string spelled = lowered(word);
  std::replace_if(spelled.begin(), spelled.end(), [](char c) { return c == ' ' || c == '_'; }, '-');
  return spelled;
}

// "rcpt, mail", where each is a stage.
bool is_list_in_text(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return stages_named(trimmed(text)).has_value();
  return stages_named(trimmed(text.substr(0, comma))) && is_list_in_text(text.substr(comma + 1));
}

std::string stage_hint(std::string_view word) {
  if (word.find(',') != std::string_view::npos && is_list_in_text(word)) return fmt::format("write a list: [{}]", word);
  const std::string spelled = in_one_spelling(word);
  for (const OtherName& other : other_names) {
    if (other.word == spelled) return fmt::format("did you mean '{}'?", other.stage);
  }
  if (const auto nearest = nearest_word(word, stage_words)) return fmt::format("did you mean '{}'?", *nearest);
  return "stages are: " + listed(stage_words);
}

StageSet read_stage(Reading& reading, const YamlNode& node) {
  const auto word = read_text(reading, node, "a stage, such as rcpt");
  if (!word) return {};
  const auto stages = stages_named(*word);
  if (stages) return *stages;
  reading.error(node, "unknown stage " + quotation(*word), stage_hint(*word));
  return {};
}

}  // namespace

StageSet read_stages(Reading& reading, const YamlNode& node) {
  if (node.kind != YamlKind::Sequence) return read_stage(reading, node);
  if (node.items.empty()) reading.error(node, "expected at least one stage");
  StageSet stages;
  for (const YamlNode* item : node.items) stages |= read_stage(reading, *item);
  return stages;
}

}  // namespace smtp_double
