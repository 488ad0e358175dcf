#include "journal/verification.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

namespace {

using Lines = std::vector<std::string>;

constexpr std::uint64_t hits_in_all = 2;

ExpectedCount count(std::uint64_t min, std::optional<std::uint64_t> max) { return {{min, max}, {"a.yaml", 7, 3}}; }

ExpectedSequence sequence(const Lines& lines) {
  ExpectedSequence expected{{}, {"a.yaml", 8, 5}};
  for (const std::string& line : lines) expected.commands.emplace_back(line);
  return expected;
}

ForbiddenCommand forbidden(const std::string& line) { return {CommandPattern(line), {"a.yaml", 9, 5}}; }

Scenario expecting(Expectations expectations) {
  Scenario scenario;
  scenario.expectations = std::move(expectations);
  return scenario;
}

void say(Journal& journal, std::uint64_t session, Stage stage, std::string_view line, std::string_view rule = {}) {
  journal.record({.stage = stage, .code = 250, .session = session, .received = line, .rule = rule});
}

// Session 1 is greeted and delivers a message, while session 2 says less.
void fill(Journal& journal) {
  journal.record({.kind = EntryKind::Opened, .session = 1, .received = "192.0.2.1"});
  say(journal, 1, Stage::Connect, "");
  say(journal, 1, Stage::Ehlo, "ehlo a");
  journal.record({.kind = EntryKind::Opened, .session = 2, .received = "192.0.2.2"});
  say(journal, 2, Stage::Connect, "");
  say(journal, 1, Stage::Mail, "mail FROM:<me@example.org>");
  say(journal, 2, Stage::Ehlo, "EHLO b", "hello");
  say(journal, 1, Stage::Rcpt, "RCPT TO:<ann@example.com>", "busy");
  say(journal, 1, Stage::Rcpt, "RCPT TO:<bob@example.com>", "busy");
  say(journal, 2, Stage::Noop, "NOOP");
  say(journal, 1, Stage::Data, "DATA");
  say(journal, 1, Stage::Message, "");
  say(journal, 1, Stage::Quit, "QUIT");
  journal.record({.kind = EntryKind::Closed, .session = 1, .received = "closed"});
  say(journal, 2, Stage::Idle, "");
  journal.record({.kind = EntryKind::Closed, .session = 2, .received = "closed"});
}

// What is said about one expectation of the sessions above; "" when it came true.
std::string judged(Expectations expectations, const Tally& tally = {{}, 1, 2}) {
  Journal journal;
  fill(journal);
  const auto failed = verify(expecting(std::move(expectations)), tally, journal);
  REQUIRE(failed.size() <= 1);
  return failed.empty() ? "" : to_string(failed.front());
}

}  // namespace

TEST_CASE("a range holds its ends and says in words what it is") {
  const struct {
    CountRange range;
    std::string words;
    std::vector<std::uint64_t> holds;
  } cases[] = {{{0, 0}, "no hit", {0}},           {{1, 1}, "1 hit", {1}},
               {{3, 3}, "3 hits", {3}},           {{2, 4}, "2 to 4 hits", {2, 3, 4}},
               {{0, 1}, "at most 1 hit", {0, 1}}, {{3, std::nullopt}, "at least 3 hits", {3, 4, 5}}};
  for (const auto& [range, words, holds] : cases) {
    CHECK(to_string(range, "hit") == words);
    std::vector<std::uint64_t> held;
    for (std::uint64_t n = 0; n <= 5; ++n) {
      if (range.holds(n)) held.push_back(n);
    }
    CHECK(held == holds);
  }
}

TEST_CASE("a single word is a verb, anything else is the whole line") {
  const struct {
    std::string pattern;
    std::string line;
    bool matches;
  } cases[] = {{"RCPT", "rcpt TO:<a@b>", true},
               {"rcpt", "RCPT", true},
               {"RCPT", "RCPTX", false},
               {"X-FOO", "X-FOO bar", true},
               {"RCPT", " RCPT TO:<a@b>", false},
               {"RCPT\t", "RCPT\tTO:<a@b>", false},
               {"NOOP", "NOOP\tx", true},
               {"RCPT TO:<ann@*>", "rcpt to:<Ann@example.com>", true},
               {"RCPT TO:<ann@*>", "RCPT TO:<ann@example.com> NOTIFY=NEVER", false},
               {"RCPT TO:<ann@*>*", "RCPT TO:<ann@example.com> NOTIFY=NEVER", true},
               {"*", "", true},
               {".", ".", true}};
  for (const auto& [pattern, line, matches] : cases) {
    INFO(pattern << " and " << line);
    CHECK(CommandPattern(pattern).matches(line) == matches);
  }
}

TEST_CASE("messages and sessions are what was counted") {
  CHECK(judged({.messages = count(1, 1)}).empty());
  CHECK(judged({.messages = count(1, std::nullopt)}).empty());
  CHECK(judged({.messages = count(2, std::nullopt)}) ==
        "a.yaml:7: expected at least 2 accepted messages, but there was 1");
  CHECK(judged({.messages = count(1, 1)}, {{}, 0, 0}) == "a.yaml:7: expected 1 accepted message, but there was none");
  CHECK(judged({.sessions = count(0, 2)}).empty());
  CHECK(judged({.sessions = count(0, 1)}) == "a.yaml:7: expected at most 1 session, but there were 2");
}

TEST_CASE("unmatched is what the client sent and no rule answered, content included") {
  CHECK(judged({.unmatched = count(6, 6)}).empty());
  CHECK(judged({.unmatched = count(0, 0)}) ==
        "a.yaml:7: expected no unmatched command, but there were 6; the first: session 1 sent \"ehlo a\"");
  CHECK(judged({.unmatched = count(7, std::nullopt)}) ==
        "a.yaml:7: expected at least 7 unmatched commands, but there were 6");
}

TEST_CASE("a sequence stands in one session, in its order, with anything between") {
  for (const Lines& lines : std::vector<Lines>{{"EHLO"},
                                               {"EHLO", "QUIT"},
                                               {"EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"},
                                               {"RCPT", "RCPT"},
                                               {"RCPT TO:<ann@*>", "RCPT TO:<bob@*>"},
                                               {"NOOP"}}) {
    CHECK(judged({.sequences = {sequence(lines)}}).empty());
  }
  CHECK(judged({.sequences = {sequence({"EHLO", "MAIL", "RCPT", "RCPT", "RCPT"})}}) ==
        "a.yaml:8: expected a session with EHLO, MAIL, RCPT, RCPT, RCPT, but session 1, the closest, has no RCPT "
        "after RCPT");
  CHECK(judged({.sequences = {sequence({"RCPT TO:<bob@*>", "RCPT TO:<ann@*>"})}}) ==
        "a.yaml:8: expected a session with 'RCPT TO:<bob@*>', 'RCPT TO:<ann@*>', but session 1, the closest, has no "
        "'RCPT TO:<ann@*>' after 'RCPT TO:<bob@*>'");
  CHECK(judged({.sequences = {sequence({"NOOP", "QUIT"})}}) ==
        "a.yaml:8: expected a session with NOOP, QUIT, but session 2, the closest, has no QUIT after NOOP");
  CHECK(judged({.sequences = {sequence({"RSET"})}}) ==
        "a.yaml:8: expected a session with RSET, but none has even RSET");
  CHECK(judged({.sequences = {sequence({"NOOP"}), sequence({"RSET"}), sequence({"EHLO", "QUIT"})}}) != "");
}

TEST_CASE("what is never to be sent is told with the first who did") {
  CHECK(judged({.never = {forbidden("RSET"), forbidden("RCPT TO:<carol@*>")}}).empty());
  CHECK(judged({.never = {forbidden("RSET"), forbidden("RCPT TO:<*@example.com>")}}) ==
        "a.yaml:9: expected no session with 'RCPT TO:<*@example.com>', but session 1 sent \"RCPT "
        "TO:<ann@example.com>\"");
  CHECK(judged({.never = {forbidden(".")}}) == "a.yaml:9: expected no session with '.', but session 1 sent \".\"");
}

TEST_CASE("hits are those of the rule") {
  Rule rule = test::rule("rcpt", test::response(test::reply("450", {"later"})));
  rule.expected_hits = count(hits_in_all, hits_in_all);
  const Scenario scenario = test::scenario_of({test::rule("mail", {}), rule});
  const Journal journal;
  CHECK(verify(scenario, {{7, hits_in_all}, 0, 0}, journal).empty());
  const auto failed = verify(scenario, {{7, 3}, 0, 0}, journal);
  REQUIRE(failed.size() == 1);
  CHECK(to_string(failed.front()) == "a.yaml:7: expected 2 hits of rule 'rules[1]', but there were 3");
}

TEST_CASE("everything that failed is told") {
  Journal journal;
  const Expectations expectations{.messages = count(1, 1),
                                  .sessions = count(1, 1),
                                  .unmatched = count(1, 1),
                                  .sequences = {sequence({"EHLO"}), sequence({"QUIT"})},
                                  .never = {forbidden("RSET")}};
  CHECK(verify(expecting(expectations), {}, journal).size() == 5);
}

TEST_CASE("where the journal has forgotten what would tell, the expectation fails and says so") {
  Journal journal(4096);
  fill(journal);
  std::uint64_t more = 0;
  for (; journal.evicted() < 20; ++more) {
    say(journal, 3, Stage::Noop, "NOOP " + std::to_string(more), more % 2 == 0 ? "even" : "");
  }
  const std::string unknown =
      ", but that cannot be known: the journal has dropped its oldest entries, " + std::to_string(journal.evicted());
  const auto said = [&](Expectations expectations) {
    const auto failed = verify(expecting(std::move(expectations)), {}, journal);
    return failed.empty() ? "" : to_string(failed.front());
  };
  CHECK(said({.sequences = {sequence({"EHLO"})}}) == "a.yaml:8: expected a session with EHLO" + unknown);
  CHECK(said({.never = {forbidden("QUIT")}}) == "a.yaml:9: expected no session with QUIT" + unknown);
  CHECK(said({.unmatched = count(0, 1000)}) == "a.yaml:7: expected at most 1000 unmatched commands" + unknown);
  CHECK(said({.unmatched = count(1000, std::nullopt)}) ==
        "a.yaml:7: expected at least 1000 unmatched commands" + unknown);
  // What is there is enough to tell.
  CHECK(said({.sequences = {sequence({"NOOP", "NOOP"})}}).empty());
  CHECK(said({.never = {forbidden("NOOP")}}).find("session 3 sent \"NOOP ") != std::string::npos);
  CHECK(said({.unmatched = count(1, std::nullopt)}).empty());
  CHECK(said({.unmatched = count(0, 1)}).find("; the first: session 3 sent") != std::string::npos);
}

TEST_CASE("a double is judged by its own counts") {
  Scenario parts = test::scenario_of({test::rule("rcpt", test::response(test::reply("450", {"later"})))});
  parts.rules.front().expected_hits = count(1, 1);
  parts.expectations = {.messages = count(1, 1), .sessions = count(2, 2)};
  Double served(std::make_shared<const Scenario>(std::move(parts)));
  CHECK(verify(served).size() == 3);
  served.served()->progress.count_hit(0);
  served.mailbox.add(std::make_shared<Message>(), 0, 0);
  served.sessions = 2;
  CHECK(verify(served).empty());
}
