#include "journal/transcript.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "journal/misses_note.hpp"
#include "journal/session_record.hpp"
#include "protocol/ascii.hpp"
#include "protocol/reply.hpp"
#include "protocol/reply_catalogue.hpp"
#include "protocol/utf8.hpp"
#include "scenario/duration.hpp"
#include "scenario/tls_settings.hpp"

namespace smtp_double {
namespace {

// What a terminal would act on is not shown as it came.
std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), is_control, '?');
  if (!is_utf8(out)) std::replace_if(out.begin(), out.end(), is_eight_bit, '?');
  // In UTF-8 there are controls of two octets, U+0080 to U+009F.
  for (std::size_t at = out.find('\xC2'); at != std::string::npos; at = out.find('\xC2', at + 1)) {
    if (at + 1 < out.size() && static_cast<unsigned char>(out[at + 1]) < 0xA0) out.replace(at, 2, "?");
  }
  return out;
}

std::vector<std::string> lines_of(std::string_view sent) {
  std::vector<std::string> lines;
  while (!sent.empty()) {
    const std::size_t end = sent.find("\r\n");
    lines.push_back(printable(sent.substr(0, end)));
    sent.remove_prefix(end == std::string_view::npos ? sent.size() : end + 2);
  }
  return lines;
}

// What stands in place of a handshake is an alert, mostly: its record says nothing to eyes.
std::vector<std::string> handshake_lines(std::string_view sent) {
  constexpr std::size_t alert_size = 7;
  constexpr char alert_record = 21;
  if (sent.size() != alert_size || sent.front() != alert_record) return lines_of(sent);
  const auto number = static_cast<std::uint8_t>(sent.back());
  const std::string_view word = alert_name(number);
  return {"(the alert '" + (word.empty() ? std::to_string(number) : std::string(word)) + "')"};
}

// "2.005s"
std::string seconds(std::chrono::microseconds time) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  const std::string fraction = std::to_string(1000 + milliseconds % 1000).substr(1);
  return std::to_string(milliseconds / 1000) + '.' + fraction + 's';
}

// " (greylisting.yaml:12)"; `scenario` may be null.
std::string place_of(std::string_view rule, const Scenario* scenario) {
  if (scenario == nullptr) return {};
  const auto found = std::ranges::find(scenario->rules, rule, &Rule::name);
  if (found == scenario->rules.end()) return {};
  return " (" + found->place.file + ':' + std::to_string(found->place.line) + ')';
}

// The first sentence, to go on with in the middle of a line: "There is none. Stop." -> "there is none"
std::string as_clause(std::string_view sentences) {
  std::string_view first = sentences.substr(0, sentences.find(". "));
  if (first.ends_with('.')) first.remove_suffix(1);
  std::string clause(first);
  const bool is_name = clause.size() > 1 && to_upper(clause[1]) == clause[1] && is_alpha(clause[1]);
  if (!clause.empty() && !is_name) clause[0] = to_lower(clause[0]);
  return clause;
}

// A client ignores the enhanced code of another class (RFC 2034 4).
std::optional<EnhancedCode> telling_code(ReplyCode code, std::string_view text) {
  const auto enhanced = enhanced_code_in(text);
  if (!enhanced || enhanced->class_digit != code.class_digit()) return std::nullopt;
  return enhanced;
}

std::string meaning_of(ReplyCode code, const std::optional<EnhancedCode>& enhanced) {
  if (enhanced && enhanced->detail != 0) {
    const EnhancedLookup found = find_enhanced(*enhanced);
    if (found.match == EnhancedMatch::Exact) return as_clause(found.entry->meaning);
  }
  if (const CodeEntry* entry = find_code(code)) return as_clause(entry->name);
  const auto uses = field_uses(code.value());
  return uses.empty() ? "in no RFC" : as_clause(uses.front().meaning);
}

/// Writes one session down. What explains and times it is there for those who have the scenario.
class Writer {
 public:
  Writer(const SessionRecord& record, const Scenario* scenario) : record_(record), scenario_(scenario) {}

  std::string write() {
    for (at_ = 0; at_ < record_.entries.size(); ++at_) {
      const JournalEntry& entry = record_.entries[at_].entry;
      time_ = entry.elapsed - record_.summary.opened.elapsed;
      write(entry);
    }
    return std::move(out_);
  }

 private:
  void write(const JournalEntry& entry) {
    switch (entry.kind) {
      case EntryKind::Opened: remark("connected from " + printable(entry.received)); break;
      case EntryKind::Exchange: write_exchange(entry); break;
      case EntryKind::Incomplete: remark("the connection ended inside the content"); break;
      case EntryKind::Waited: write_wait(entry); break;
      case EntryKind::Unsent:
        if (explains()) remark(std::to_string(entry.octets) + " octets of what is above were never sent");
        break;
      case EntryKind::Message:
      case EntryKind::Authenticated: break;
      case EntryKind::Tls:
      case EntryKind::Note:
      case EntryKind::Closed: remark(printable(entry.received)); break;
    }
  }

  void write_exchange(const JournalEntry& entry) {
    if (entry.stage == Stage::Message && entry.received.empty()) {
      line("C: (content, and the dot)");
    } else if (!is_unasked(entry.stage)) {
      line("C: " + printable(entry.received));
    }
    if (!entry.rule.empty()) {
      remark(std::string(name(entry.stage)) + ": rule '" + printable(entry.rule) + '\'' +
             place_of(entry.rule, scenario_) + ", hit " + std::to_string(entry.hit));
    }
    write_delay();
    for (const std::string& said : entry.stage == Stage::Tls ? handshake_lines(entry.sent) : lines_of(entry.sent)) {
      line("S: " + said);
    }
    if (!explains()) return;
    for (const NotedMiss& miss : read_misses(entry.note)) remark("not by " + printable(to_string(miss)));
    const std::string explained = explained_error(entry.sent);
    if (!explained.empty()) line("   " + explained);
  }

  // A pause before the reply is told of before it, though it is recorded behind.
  void write_delay() {
    if (at_ + 1 >= record_.entries.size()) return;
    const JournalEntry& next = record_.entries[at_ + 1].entry;
    if (next.kind != EntryKind::Waited || next.octets != 0) return;
    ++at_;
    write_wait(next);
    time_ = next.elapsed - record_.summary.opened.elapsed;
  }

  void write_wait(const JournalEntry& entry) {
    if (!explains()) return;
    remark("waited " + seconds(entry.measured) + ", asked for " + to_string(entry.asked));
  }

  bool explains() const { return scenario_ != nullptr; }
  void remark(const std::string& text) { line("   (" + text + ')'); }

  // Those who want to know why get a column with the time since the session began.
  void line(const std::string& text) {
    if (explains()) {
      std::string time = seconds(time_);
      if (time_ == shown_time_) time.clear();
      shown_time_ = time_;
      out_.append(std::max<std::size_t>(time_width, time.size()) - time.size(), ' ').append(time).append("  ");
    }
    out_ += text + '\n';
  }

  static constexpr std::size_t time_width = 9;

  const SessionRecord& record_;
  const Scenario* scenario_;  // may be null
  std::size_t at_ = 0;
  std::chrono::microseconds time_{0};
  std::chrono::microseconds shown_time_{-1};
  std::string out_;
};

std::string transcript_of(const Journal& journal, std::uint64_t session, const Scenario* scenario) {
  const auto record = read_session(journal, session);
  return record ? Writer(*record, scenario).write() : std::string();
}

}  // namespace

bool is_unasked(Stage stage) {
  return stage == Stage::Connect || stage == Stage::Tls || stage == Stage::Idle || stage == Stage::Body;
}

std::string transcript(const Journal& journal, std::uint64_t session) {
  return transcript_of(journal, session, nullptr);
}

std::string explained_transcript(const Journal& journal, std::uint64_t session, const Scenario& scenario) {
  return transcript_of(journal, session, &scenario);
}

std::string explained_error(std::string_view reply) {
  const auto code = ReplyCode::parse(reply.substr(0, 3));
  if (!code || code->class_digit() < 4) return {};
  const std::string_view first_line = reply.substr(0, reply.find('\r'));
  const auto enhanced = telling_code(*code, first_line.substr(std::min<std::size_t>(first_line.size(), 4)));
  std::string out = std::to_string(code->value());
  if (enhanced) out += ' ' + to_string(*enhanced);
  return out + ": " + meaning_of(*code, enhanced) + " (" + as_clause(first_digit_meaning(*code).name) + ')';
}

}  // namespace smtp_double
