#include "journal/transcript.hpp"

#include <algorithm>

namespace smtp_double {
namespace {

// What a terminal would act on is not shown as it came.
std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return out;
}

void append_sent(std::string& out, std::string_view sent) {
  while (!sent.empty()) {
    const std::size_t end = sent.find("\r\n");
    out += "S: " + printable(sent.substr(0, end)) + '\n';
    sent.remove_prefix(end == std::string_view::npos ? sent.size() : end + 2);
  }
}

// The greeting and a farewell; an empty line of the client's is a line all the same.
bool is_unasked(Stage stage) { return stage == Stage::Connect || stage == Stage::Idle; }

void append_exchange(std::string& out, const JournalEntry& entry) {
  if (entry.stage == Stage::Message) {
    out += "C: (content, and the dot)\n";
  } else if (!is_unasked(entry.stage)) {
    out += "C: " + printable(entry.received) + '\n';
  }
  if (!entry.rule.empty()) {
    out += "   (" + std::string(name(entry.stage)) + ": rule '" + printable(entry.rule) + "', hit " +
           std::to_string(entry.hit) + ")\n";
  }
  append_sent(out, entry.sent);
}

}  // namespace

std::string transcript(const Journal& journal, std::uint64_t session) {
  std::string out;
  journal.for_each([&](const JournalEntry& entry) {
    if (entry.session != session) return;
    switch (entry.kind) {
      case EntryKind::Opened: out += "   (connected from " + printable(entry.received) + ")\n"; break;
      case EntryKind::Exchange: append_exchange(out, entry); break;
      case EntryKind::Incomplete: out += "   (the connection ended inside the content)\n"; break;
      case EntryKind::Closed: out += "   (" + printable(entry.received) + ")\n"; break;
    }
  });
  return out;
}

}  // namespace smtp_double
