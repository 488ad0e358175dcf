#include "journal/transcript.hpp"

#include <algorithm>

#include "journal/misses_note.hpp"
#include "protocol/ascii.hpp"
#include "protocol/reply.hpp"
#include "protocol/reply_catalogue.hpp"
#include "protocol/utf8.hpp"
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

void append_sent(std::string& out, std::string_view sent) {
  while (!sent.empty()) {
    const std::size_t end = sent.find("\r\n");
    out += "S: " + printable(sent.substr(0, end)) + '\n';
    sent.remove_prefix(end == std::string_view::npos ? sent.size() : end + 2);
  }
}

// What stands in place of a handshake is an alert, mostly: its record says nothing to eyes.
void append_handshake(std::string& out, std::string_view sent) {
  constexpr std::size_t alert_size = 7;
  constexpr char alert_record = 21;
  if (sent.size() != alert_size || sent.front() != alert_record) return append_sent(out, sent);
  const auto number = static_cast<std::uint8_t>(sent.back());
  const std::string_view word = alert_name(number);
  out += "S: (the alert '" + (word.empty() ? std::to_string(number) : std::string(word)) + "')\n";
}

void append_note(std::string& out, std::string_view note) {
  for (const NotedMiss& miss : read_misses(note)) out += "   (not by " + printable(to_string(miss)) + ")\n";
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

void append_exchange(std::string& out, const JournalEntry& entry, const Scenario* scenario) {
  if (entry.stage == Stage::Message && entry.received.empty()) {
    out += "C: (content, and the dot)\n";
  } else if (!is_unasked(entry.stage)) {
    out += "C: " + printable(entry.received) + '\n';
  }
  if (!entry.rule.empty()) {
    out += "   (" + std::string(name(entry.stage)) + ": rule '" + printable(entry.rule) + '\'' +
           place_of(entry.rule, scenario) + ", hit " + std::to_string(entry.hit) + ")\n";
  }
  entry.stage == Stage::Tls ? append_handshake(out, entry.sent) : append_sent(out, entry.sent);
  if (scenario == nullptr) return;
  append_note(out, entry.note);
  const std::string explained = explained_error(entry.sent);
  if (!explained.empty()) out += "   " + explained + '\n';
}

std::string transcript_of(const Journal& journal, std::uint64_t session, const Scenario* scenario) {
  std::string out;
  journal.for_each([&](const JournalEntry& entry) {
    if (entry.session != session) return;
    switch (entry.kind) {
      case EntryKind::Opened: out += "   (connected from " + printable(entry.received) + ")\n"; break;
      case EntryKind::Exchange: append_exchange(out, entry, scenario); break;
      case EntryKind::Incomplete: out += "   (the connection ended inside the content)\n"; break;
      case EntryKind::Waited:
      case EntryKind::Message:
      case EntryKind::Authenticated:
      case EntryKind::Unsent: break;
      case EntryKind::Tls:
      case EntryKind::Note:
      case EntryKind::Closed: out += "   (" + printable(entry.received) + ")\n"; break;
    }
  });
  return out;
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
