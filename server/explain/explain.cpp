#include "explain/explain.hpp"

#include <algorithm>
#include <numeric>
#include <ostream>

#include "explain/pasted_reply.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

using Failure = std::string;

constexpr std::string_view accepted =
    "Accepted: a reply code (550), an enhanced code (4.2.2), both (\"450 4.2.2\"), a reply line "
    "(\"550-5.1.1 No such user\"), or --stage with a stage (--stage rcpt).";

std::string in_quotes(std::string_view word) { return "'" + std::string(word) + "'"; }

std::vector<Stage> members(StageSet set) {
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < stage_count; ++i) {
    if (set.test(i)) stages.push_back(static_cast<Stage>(i));
  }
  return stages;
}

std::vector<std::string_view> stage_words() {
  std::vector<std::string_view> words;
  for (Stage stage : members(~StageSet{})) words.push_back(name(stage));
  words.insert(words.end(), {"hello", "any"});
  return words;
}

// Levenshtein's distance: how many letters to change, add or leave out.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

Failure unknown_stage(const std::string& word) {
  const std::vector<std::string_view> words = stage_words();
  const auto nearest =
      std::ranges::min_element(words, {}, [&word](std::string_view known) { return distance(word, known); });
  std::string text = in_quotes(word) + " is no stage; did you mean " + in_quotes(*nearest) + "?\nStages:";
  for (std::string_view known : words) text.append(" ").append(known);
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view without_mark(std::string_view text) {
  text = trimmed(text);
  return text.starts_with("S:") ? trimmed(text.substr(2)) : text;
}

Failure no_enhanced_code(std::string_view word) {
  return in_quotes(word) +
         " is no enhanced code: those are class.subject.detail, with class 2, 4 or 5 and no leading zeros.";
}

Failure no_reply_code(std::string_view word) {
  if (word.size() != 3 || !std::ranges::all_of(word, is_digit)) return in_quotes(word) + " is no reply code.";
  std::string text = std::string(word) + " is no reply code: those go from 100 to 599.";
  for (const FieldUse& use : field_uses(std::stoi(std::string(word)))) {
    text.append(" In ").append(use.who).append(" it stands for: ").append(use.meaning);
  }
  return text;
}

std::string class_mismatch(ReplyCode code, EnhancedCode enhanced) {
  return "The classes differ: the reply code begins with " + std::to_string(code.class_digit()) +
         ", the enhanced code with " + std::to_string(enhanced.class_digit) +
         ". They must be the same (RFC 2034 4); a client ignores the enhanced code and goes by " +
         std::to_string(code.value()) + ".";
}

std::vector<std::string> oddities(const PastedReply& reply) {
  std::vector<std::string> notes;
  const int class_digit = reply.code.class_digit();
  if (reply.more_lines) {
    notes.emplace_back(
        "The '-' behind the code says that more lines of this reply follow; the last one has "
        "a space there.");
  }
  if (!reply.odd_word.empty()) {
    notes.push_back(no_enhanced_code(reply.odd_word));
  } else if (reply.enhanced && (class_digit == 3 || class_digit == 1)) {
    notes.emplace_back("Only 2yz, 4yz and 5yz replies carry an enhanced code (RFC 2034 4).");
  } else if (reply.enhanced && class_digit != reply.enhanced->class_digit) {
    notes.push_back(class_mismatch(reply.code, *reply.enhanced));
  }
  return notes;
}

boost::system::result<Explanation, Failure> read_query(std::string_view query) {
  const std::string_view text = without_mark(query);
  const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
  Explanation explanation;
  explanation.enhanced = EnhancedCode::parse(word);
  if (explanation.enhanced) return explanation;

  std::optional<PastedReply> reply = reply_at_front(text);
  if (!reply) reply = find_reply(text);
  if (!reply) {
    return (looks_like_enhanced_code(word) ? no_enhanced_code(word) : no_reply_code(word)) + '\n' +
           std::string(accepted);
  }
  explanation.code = reply->code;
  explanation.enhanced = reply->enhanced;
  explanation.notes = oddities(*reply);
  return explanation;
}

std::string name_of_use(ReplyCode code, Stage stage) {
  for (const FieldUse& use : field_uses(code.value())) {
    if (use.seen.test(index_of(stage))) return std::string(use.who) + ": " + std::string(use.meaning);
  }
  return std::string(find_code(code)->name);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

}  // namespace

boost::system::result<Explanation, std::string> explain(std::string_view query, std::string_view stage) {
  Explanation explanation;
  if (!trimmed(query).empty()) {
    auto read = read_query(query);
    if (read.has_error()) return read.error();
    explanation = *std::move(read);
  }
  if (!stage.empty()) {
    const std::string word = lowered(stage);
    const auto stages = stages_named(word);
    if (!stages) return unknown_stage(word);
    explanation.stages = members(*stages);
  }
  if (!explanation.code && !explanation.enhanced && explanation.stages.empty()) {
    return "Nothing to explain.\n" + std::string(accepted);
  }
  return explanation;
}

std::vector<StageReply> replies_at(Stage stage) {
  std::vector<StageReply> replies;
  if (stage == Stage::Tls) return replies;
  for (int number = 100; number <= 599; ++number) {
    const ReplyCode code = *ReplyCode::from(number);
    const Listing by = listing(code, stage);
    if (by == Listing::Nobody) continue;
    replies.push_back({code, by, by == Listing::Field ? name_of_use(code, stage) : std::string(find_code(code)->name)});
  }
  return replies;
}

std::vector<ReplyCode> goes_with(EnhancedCode code) {
  std::vector<ReplyCode> codes;
  const EnhancedLookup lookup = find_enhanced(code);
  if (lookup.match != EnhancedMatch::Exact) return codes;
  for (std::string_view list = lookup.entry->basic; !list.empty();) {
    const ReplyCode basic = *ReplyCode::parse(list.substr(0, 3));
    if (basic.class_digit() == code.class_digit) codes.push_back(basic);
    list.remove_prefix(std::min<std::size_t>(4, list.size()));
  }
  return codes;
}

std::string example_reply(ReplyCode code, Stage stage) {
  constexpr std::string_view hostname = "{{hostname}}";
  std::string text(short_text(code, stage));
  if (text.starts_with(hostname)) text.replace(0, hostname.size(), "mx.example.test");
  const auto enhanced = default_enhanced(code, stage);
  return std::to_string(code.value()) + ' ' + (enhanced ? to_string(*enhanced) + ' ' : "") + text;
}

int run_explain(const ExplainOptions& options, std::ostream& out, std::ostream& err) {
  const auto explanation = explain(joined(options.query), options.stage);
  if (explanation.has_error()) {
    err << "smtp-double: " << explanation.error() << '\n';
    return 2;
  }
  if (options.json) {
    out << to_json(*explanation) << '\n';
  } else {
    out << to_text(*explanation, options.width, options.colour ? Colour::Always : Colour::Never);
  }
  return 0;
}

}  // namespace smtp_double
