#include <re2/re2.h>

#include <algorithm>

#include "protocol/ascii.hpp"
#include "scenario/condition.hpp"

namespace smtp_double {
namespace {

bool same_octet(char a, char b, bool ignoring_case) { return ignoring_case ? to_lower(a) == to_lower(b) : a == b; }

bool contains(std::string_view text, std::string_view part, bool ignoring_case) {
  const auto same = [&](char a, char b) { return same_octet(a, b, ignoring_case); };
  return part.empty() || std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool equals(std::string_view a, std::string_view b, bool ignoring_case) {
  return ignoring_case ? equals_ignoring_case(a, b) : a == b;
}

struct TextMatch {
  std::string_view text;
  bool ignoring_case;
  Groups* groups;

  bool operator()(const Is& is) const { return equals(text, is.text, ignoring_case); }
  bool operator()(const Glob& glob) const { return matches_glob(glob.pattern, text, ignoring_case); }
  bool operator()(const Regex& regex) const { return regex.search(text, groups); }
  bool operator()(const Contains& part) const { return contains(text, part.text, ignoring_case); }
  bool operator()(const Starts& start) const {
    return equals(text.substr(0, start.text.size()), start.text, ignoring_case);
  }
  bool operator()(const Ends& end) const {
    return text.size() >= end.text.size() &&
           equals(text.substr(text.size() - end.text.size()), end.text, ignoring_case);
  }
  bool operator()(const InNetwork& network) const { return network.range.contains(text); }
  bool operator()(const Exists& exists) const { return exists.expected; }
  bool operator()(const Equals&) const { return false; }
  bool operator()(const Over&) const { return false; }
  bool operator()(const Under&) const { return false; }
  bool operator()(const IsTrue&) const { return false; }
};

}  // namespace

std::variant<Regex, Regex::Error> Regex::compile(std::string pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (!compiled->ok()) return Error{compiled->error()};
  Regex regex;
  regex.pattern_ = std::move(pattern);
  regex.compiled_ = std::move(compiled);
  return regex;
}

std::vector<std::string> Regex::group_names() const {
  std::vector<std::string> names;
  for (const auto& [name, number] : compiled_->NamedCapturingGroups()) names.push_back(name);
  return names;
}

bool Regex::search(std::string_view text, Groups* groups) const {
  const re2::StringPiece subject(text.data(), text.size());
  if (groups == nullptr || compiled_->NamedCapturingGroups().empty()) {
    return compiled_->Match(subject, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
  }
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(compiled_->NumberOfCapturingGroups()) + 1);
  if (!compiled_->Match(subject, 0, text.size(), re2::RE2::UNANCHORED, found.data(), static_cast<int>(found.size()))) {
    return false;
  }
  for (const auto& [name, number] : compiled_->NamedCapturingGroups()) {
    const re2::StringPiece& group = found[static_cast<std::size_t>(number)];
    if (group.data() != nullptr) groups->insert_or_assign(name, std::string(group.data(), group.size()));
  }
  return true;
}

bool matches_number(const Matcher& matcher, std::uint64_t number) {
  if (const auto* equals = std::get_if<Equals>(&matcher)) return number == equals->number;
  if (const auto* over = std::get_if<Over>(&matcher)) return number > over->number;
  if (const auto* under = std::get_if<Under>(&matcher)) return number < under->number;
  if (const auto* exists = std::get_if<Exists>(&matcher)) return exists->expected;
  return false;
}

bool matches_text(const Matcher& matcher, std::string_view text, bool ignoring_case, Groups* groups) {
  return std::visit(TextMatch{text, ignoring_case, groups}, matcher);
}

// Goes back to the last star only, which is enough for globs and takes at most |pattern| * |text| steps.
bool matches_glob(std::string_view pattern, std::string_view text, bool ignoring_case) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same_octet(pattern[p], text[t], ignoring_case))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace smtp_double
