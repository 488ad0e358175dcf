#include "journal/verification.hpp"

#include <algorithm>
#include <unordered_map>

#include "journal/asked_line.hpp"
#include "journal/refused_attempts.hpp"
#include "scenario/reply_plan.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t longest_quotation = 100;  // octets of a line

std::string shortened(std::string_view line) {
  return escaped(line.substr(0, longest_quotation)) + (line.size() > longest_quotation ? "…" : "");
}

// A word, and what has blanks in it in quotes.
std::string shown(const CommandPattern& command) {
  return command.is_verb() ? command.text() : '\'' + command.text() + '\'';
}

std::string shown(const std::vector<CommandPattern>& commands) {
  std::string out;
  for (const CommandPattern& command : commands) out += (out.empty() ? "" : ", ") + shown(command);
  return out;
}

/// How far one session, or the one that came closest, has got with a sequence.
struct Reached {
  std::uint64_t session = 0;
  std::size_t commands = 0;
};

/// A line that should not have been there.
struct Finding {
  std::uint64_t session = 0;
  std::string line;
};

std::string to_string(const Finding& finding) {
  return "session " + std::to_string(finding.session) + " sent " + shortened(finding.line);
}

/// What the journal says about the expectations, from one way through it.
class Survey {
 public:
  Survey(const Expectations& expectations, const Journal& journal)
      : expectations_(expectations), best_(expectations.sequences.size()), found_(expectations.never.size()) {
    if (!expectations.unmatched && best_.empty() && found_.empty()) return;
    journal.for_each([this](const JournalEntry& entry) { look_at(entry); });
    evicted_ = journal.evicted();
  }

  std::uint64_t evicted() const { return evicted_; }
  std::uint64_t unmatched() const { return unmatched_; }
  const Finding& first_unmatched() const { return first_unmatched_; }
  const Reached& best(std::size_t sequence) const { return best_[sequence]; }
  const std::optional<Finding>& found(std::size_t forbidden) const { return found_[forbidden]; }

 private:
  void look_at(const JournalEntry& entry) {
    if (entry.kind == EntryKind::Closed) reached_.erase(entry.session);
    if (!is_asked(entry)) return;
    const std::string_view line = asked_line(entry);
    if (entry.rule.empty() && unmatched_++ == 0) first_unmatched_ = {entry.session, std::string(line)};
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (!found_[i] && expectations_.never[i].command.matches(line)) {
        found_[i] = Finding{entry.session, std::string(line)};
      }
    }
    advance(entry.session, line);
  }

  void advance(std::uint64_t session, std::string_view line) {
    if (best_.empty()) return;
    std::vector<std::size_t>& reached = reached_[session];
    reached.resize(best_.size());
    for (std::size_t i = 0; i < best_.size(); ++i) {
      const auto& commands = expectations_.sequences[i].commands;
      if (reached[i] == commands.size() || !commands[reached[i]].matches(line)) continue;
      if (++reached[i] > best_[i].commands) best_[i] = {session, reached[i]};
    }
  }

  const Expectations& expectations_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> reached_;  // in each sequence, of the sessions so far
  std::vector<Reached> best_;
  std::vector<std::optional<Finding>> found_;
  std::uint64_t unmatched_ = 0;
  Finding first_unmatched_;
  std::uint64_t evicted_ = 0;
};

/// Collects what failed.
class Verdict {
 public:
  void count(const std::optional<ExpectedCount>& expected, std::string_view thing, std::uint64_t count,
             std::string_view of = {}) {
    if (!expected || expected->range.holds(count)) return;
    fail(expected->place, to_string(expected->range, thing) + std::string(of), there_were(count));
  }

  void messages(const std::optional<ExpectedCount>& expected, std::uint64_t count, const Journal& journal) {
    this->count(expected, "accepted message", count);
    if (expected && count < expected->range.min) failed_.back().nearest = refused_attempts(journal, {});
  }

  // The entries that are gone may have been some more.
  void unmatched(const std::optional<ExpectedCount>& expected, const Survey& survey) {
    if (!expected) return;
    const std::uint64_t count = survey.unmatched();
    const std::string text = to_string(expected->range, "unmatched command");
    switch (judge_count(expected->range, count, survey.evicted())) {
      case CountVerdict::Holds: return;
      case CountVerdict::Unknowable: return fail_unknown(expected->place, text, survey);
      case CountVerdict::Fails: break;
    }
    const std::string first = count > 0 ? "; the first: " + to_string(survey.first_unmatched()) : std::string();
    const bool are_too_many = expected->range.max && count > *expected->range.max;
    fail(expected->place, text, there_were(count) + (are_too_many ? first : std::string()));
  }

  void sequence(const ExpectedSequence& expected, const Reached& best, const Survey& survey) {
    const auto& commands = expected.commands;
    if (best.commands == commands.size()) return;
    const std::string text = "a session with " + shown(commands);
    if (survey.evicted() > 0) {
      fail_unknown(expected.place, text, survey);
    } else if (best.commands == 0) {
      fail(expected.place, text, "none has even " + shown(commands.front()));
    } else {
      fail(expected.place, text,
           "session " + std::to_string(best.session) + ", the closest, has no " + shown(commands[best.commands]) +
               " after " + shown(commands[best.commands - 1]));
    }
  }

  void never(const ForbiddenCommand& forbidden, const std::optional<Finding>& found, const Survey& survey) {
    const std::string text = "no session with " + shown(forbidden.command);
    if (found) {
      fail(forbidden.place, text, to_string(*found));
    } else if (survey.evicted() > 0) {
      fail_unknown(forbidden.place, text, survey);
    }
  }

  std::vector<FailedExpectation> take() { return std::move(failed_); }

 private:
  void fail(const SourcePlace& place, std::string expected, std::string actual) {
    failed_.push_back({place, std::move(expected), std::move(actual)});
  }

  void fail_unknown(const SourcePlace& place, std::string expected, const Survey& survey) {
    fail(place, std::move(expected),
         "that cannot be known: the journal has dropped its oldest entries, " + std::to_string(survey.evicted()));
    failed_.back().is_unknowable = true;
  }

  std::vector<FailedExpectation> failed_;
};

void survey_expectations(const Expectations& expected, const Tally& tally, const Journal& journal, Verdict& verdict) {
  const Survey survey(expected, journal);
  verdict.messages(expected.messages, tally.messages, journal);
  verdict.count(expected.sessions, "session", tally.sessions);
  verdict.unmatched(expected.unmatched, survey);
  for (std::size_t i = 0; i < expected.sequences.size(); ++i) {
    verdict.sequence(expected.sequences[i], survey.best(i), survey);
  }
  for (std::size_t i = 0; i < expected.never.size(); ++i) verdict.never(expected.never[i], survey.found(i), survey);
}

// But for the hits.
Tally tally_of(const Double& served) {
  return {.hits = {}, .messages = served.mailbox.accepted(), .sessions = served.sessions_since_clear()};
}

template <class Found>
std::optional<FailedExpectation> failed_count(const ExpectedCount& expected, std::string_view thing,
                                              const std::string& query, QueryAnswer<Found> answer,
                                              std::string_view kept_by) {
  const CountVerdict verdict = judge_count(expected.range, answer.count, answer.unknown);
  if (verdict == CountVerdict::Holds) return std::nullopt;
  FailedExpectation failed{expected.place, to_string(expected.range, thing) + query, there_were(answer.count)};
  failed.nearest = std::move(answer.nearest);
  if (verdict == CountVerdict::Fails) return failed;
  failed.is_unknowable = true;
  failed.actual = "that cannot be known: the " + std::string(kept_by) + " has dropped its oldest " +
                  (kept_by == "mailbox" ? "messages, " : "entries, ") + std::to_string(answer.unknown);
  return failed;
}

}  // namespace

std::string there_were(std::uint64_t count) {
  if (count == 0) return "there was none";
  return (count == 1 ? "there was " : "there were ") + std::to_string(count);
}

std::string to_string(const FailedExpectation& failed) {
  return failed.place.file + ':' + std::to_string(failed.place.line) + ": expected " + failed.expected + ", but " +
         failed.actual;
}

std::vector<FailedExpectation> verify(const Scenario& scenario, const Tally& tally, const Journal& journal) {
  Verdict verdict;
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) {
    const Rule& rule = scenario.rules[i];
    verdict.count(rule.expected_hits, "hit", tally.hits[i], " of rule '" + rule.name + "'");
  }
  survey_expectations(scenario.expectations, tally, journal, verdict);
  return verdict.take();
}

std::vector<FailedExpectation> verify(const Double& served) {
  const std::shared_ptr<ServedScenario> current = served.served();
  const Scenario& scenario = *current->scenario;
  Tally tally = tally_of(served);
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) tally.hits.push_back(current->progress.hits(i));
  return verify(scenario, tally, served.journal);
}

std::vector<FailedExpectation> verify(const Expectations& expected, const Double& served) {
  Verdict verdict;
  survey_expectations(expected, tally_of(served), served.journal, verdict);
  return verdict.take();
}

std::optional<FailedExpectation> verify(const ExpectedCount& expected, const MessageQuery& query, const Double& served,
                                        const HeaderReader& headers) {
  MessageAnswer answer = ask(served, query, 0, headers);
  if (answer.count < expected.range.min) {
    std::vector<std::string> refused = refused_attempts(served.journal, query);
    answer.nearest.insert(answer.nearest.begin(), refused.begin(), refused.end());
  }
  return failed_count(expected, "accepted message", to_string(query), std::move(answer), "mailbox");
}

std::optional<FailedExpectation> verify(const ExpectedCount& expected, const SessionQuery& query,
                                        const Double& served) {
  return failed_count(expected, "session", to_string(query), ask(served, query, 0), "journal");
}

std::optional<std::uint64_t> hits_of(const Double& served, std::string_view rule) {
  const std::shared_ptr<ServedScenario> current = served.served();
  const auto& rules = current->scenario->rules;
  const auto found = std::ranges::find(rules, rule, &Rule::name);
  if (found == rules.end()) return std::nullopt;
  return current->progress.hits(static_cast<std::size_t>(found - rules.begin()));
}

}  // namespace smtp_double
