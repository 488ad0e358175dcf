#include "app/run_report.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "journal/session_summary.hpp"
#include "journal/transcript.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t most_sessions = 20;
constexpr std::size_t first_lines = 20;  // of a session
constexpr std::size_t last_lines = 80;

std::string counted(std::uint64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string how_it_ended(int command) {
  if (!WIFSIGNALED(command)) return fmt::format("the command ended with status {}", WEXITSTATUS(command));
  return fmt::format("the command was ended by signal {} ({})", WTERMSIG(command), strsignal(WTERMSIG(command)));
}

std::string summary(const Double& served) {
  const std::shared_ptr<const Scenario> last = served.served()->scenario;
  const Scenario& scenario = *last;
  std::string text = fmt::format("scenario {}, seed {}: {}, {} accepted", scenario.name, scenario.seed.value_or(0),
                                 counted(served.sessions, "session"), counted(served.mailbox.accepted(), "message"));
  if (const auto evicted = served.journal.evicted(); evicted > 0) {
    text += fmt::format("; the journal has dropped its oldest entries, {}", evicted);
  }
  return text;
}

// Where the n-th line of the text ends, its newline included.
std::size_t end_of_line(std::string_view text, std::size_t n) {
  std::size_t end = 0;
  while (n-- > 0) end = text.find('\n', end) + 1;
  return end;
}

// Without its last newline.
std::string shortened(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  if (lines <= first_lines + last_lines) return text;
  const std::size_t from = end_of_line(text, first_lines);
  const std::size_t to = end_of_line(text, lines - last_lines);
  return text.replace(from, to - from, fmt::format("   … {} lines …\n", lines - first_lines - last_lines));
}

void show(StartReport& report, const Double& served, std::vector<SessionSummary> sessions, std::string_view kind) {
  if (sessions.size() > most_sessions) {
    const std::size_t left_out = sessions.size() - most_sessions;
    report.note(fmt::format("these are the last {} {}, {} before them are left out", most_sessions, kind, left_out));
    sessions.erase(sessions.begin(), sessions.begin() + static_cast<std::ptrdiff_t>(left_out));
  }
  for (const SessionSummary& session : sessions) {
    report.note(
        fmt::format("session {}\n{}", session.number,
                    shortened(explained_transcript(served.journal, session.number, *served.served()->scenario))));
  }
}

}  // namespace

void report_run(StartReport& report, const RunResult& result) {
  const bool command_failed = result.command != 0;
  if (!command_failed && result.failed.empty()) return;
  if (command_failed) report.error(how_it_ended(result.command));
  for (const FailedExpectation& expectation : result.failed) report.error(to_string(expectation));
  report.note(summary(result.served));

  const std::vector<SessionSummary> all = summarize_sessions(result.served.journal);
  std::vector<SessionSummary> troubled;
  std::ranges::copy_if(all, std::back_inserter(troubled), &SessionSummary::is_troubled);
  if (!troubled.empty()) {
    show(report, result.served, troubled, "sessions with an error reply or without a proper end");
  } else if (!all.empty()) {
    report.note("no session had an error reply, and each ended with QUIT");
    // Nothing went wrong, and yet it was not what was expected.
    if (!result.failed.empty()) show(report, result.served, all, "sessions");
  }
}

}  // namespace smtp_double
