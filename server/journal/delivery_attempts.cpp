#include "journal/delivery_attempts.hpp"

#include <algorithm>
#include <utility>

#include "protocol/command_parser.hpp"
#include "protocol/path_parser.hpp"

namespace smtp_double {
namespace {

bool refuses(std::uint16_t code) { return code >= 400; }

std::string first_line(std::string_view sent) { return std::string(sent.substr(0, sent.find_first_of("\r\n"))); }

// A path as the envelope has it, of a line that may be wrong in other respects.
std::string path_in(std::string_view line) {
  const ParsedLine parsed = parse_command({line});
  if (const auto* mail = std::get_if<Mail>(&parsed.command)) return std::string(mail->reverse_path);
  if (const auto* rcpt = std::get_if<Rcpt>(&parsed.command)) return std::string(rcpt->forward_path);
  const std::string_view argument =
      parsed.argument.substr(std::min(parsed.argument.find(':') + 1, parsed.argument.size()));
  return std::string(parse_path(argument, PathKind::Forward).mailbox);
}

void note_reply(DeliveryAttempt& attempt, const JournalEntry& entry) {
  attempt.stage = entry.stage;
  attempt.code = entry.code;
  attempt.reply = first_line(entry.sent);
  attempt.decided = entry.elapsed;
}

bool all_refused(const DeliveryAttempt& attempt) {
  return !attempt.recipients.empty() &&
         std::ranges::all_of(attempt.recipients, [](const auto& recipient) { return refuses(recipient.code); });
}

}  // namespace

void DeliveryAttempts::add(const JournalEntry& entry) {
  if (entry.kind == EntryKind::Opened) {
    if (entry.note == "lmtp") lmtp_.insert(entry.session);
  } else if (entry.kind == EntryKind::Closed) {
    end(entry.session);
    lmtp_.erase(entry.session);
  } else if (entry.kind == EntryKind::Exchange) {
    add_exchange(entry);
  } else if (const auto open = open_.find(entry.session); open != open_.end() && entry.kind == EntryKind::Message) {
    FoundAttempt& found = open->second.found;
    found.message_id = entry.received;
    found.subject = entry.note;
    found.content_hash = entry.content_hash;
    found.has_content = true;
    found.attempt.message = entry.message;
  }
}

void DeliveryAttempts::add_exchange(const JournalEntry& entry) {
  if (entry.stage == Stage::Mail) return begin(entry);
  if (is_hello(entry.stage) || entry.stage == Stage::Rset || entry.stage == Stage::Quit) return end(entry.session);
  const auto found = open_.find(entry.session);
  if (found == open_.end()) return;
  Open& open = found->second;
  if (entry.stage == Stage::Rcpt) {
    add_recipient(open, entry);
  } else if (entry.stage == Stage::Message) {
    if (decide_content(open, entry)) end(entry.session);
  } else if ((entry.stage == Stage::Data || entry.stage == Stage::Bdat || entry.stage == Stage::Idle) &&
             refuses(entry.code)) {
    decide_all(open, entry);
  }
}

// MAIL within a transaction is refused, and that one goes on.
void DeliveryAttempts::begin(const JournalEntry& entry) {
  const auto running = open_.find(entry.session);
  if (running != open_.end() && !running->second.mail_refused && refuses(entry.code)) return;
  end(entry.session);
  Open& open = open_[entry.session];
  open.is_lmtp = lmtp_.contains(entry.session);
  open.mail_refused = refuses(entry.code);
  DeliveryAttempt& attempt = open.found.attempt;
  attempt.session = entry.session;
  attempt.sequence = entry.sequence;
  attempt.at = {entry.time, entry.elapsed};
  attempt.sender = path_in(entry.received);
  note_reply(attempt, entry);
}

// After a refused MAIL, one that comes all the same is refused for want of it: MAIL's reply is what it was told.
void DeliveryAttempts::add_recipient(Open& open, const JournalEntry& entry) {
  DeliveryAttempt& attempt = open.found.attempt;
  attempt.recipients.push_back({path_in(entry.received), open.mail_refused ? attempt.code : entry.code});
  if (!open.mail_refused && (refuses(entry.code) || !refuses(attempt.code))) note_reply(attempt, entry);
}

// Those that were refused keep their own reply.
void DeliveryAttempts::decide_all(Open& open, const JournalEntry& entry) {
  DeliveryAttempt& attempt = open.found.attempt;
  if (open.mail_refused || all_refused(attempt)) return;
  for (RecipientVerdict& recipient : attempt.recipients) {
    if (!refuses(recipient.code)) recipient.code = entry.code;
  }
  note_reply(attempt, entry);
}

// LMTP has one reply for each that was accepted, in their order (RFC 2033 4.2); one that it does not come to is none.
bool DeliveryAttempts::decide_content(Open& open, const JournalEntry& entry) {
  DeliveryAttempt& attempt = open.found.attempt;
  if (open.is_lmtp && !std::exchange(open.is_telling, true)) {
    for (std::size_t i = 0; i < attempt.recipients.size(); ++i) {
      if (refuses(attempt.recipients[i].code)) continue;
      attempt.recipients[i].code = 0;
      open.untold.push_back(i);
    }
  }
  if (open.untold.empty()) {
    decide_all(open, entry);
    return true;
  }
  attempt.recipients[open.untold.front()].code = entry.code;
  open.untold.pop_front();
  note_reply(attempt, entry);
  return open.untold.empty();
}

void DeliveryAttempts::end(std::uint64_t session) {
  const auto open = open_.find(session);
  if (open == open_.end()) return;
  ended_.push_back(std::move(open->second.found));
  open_.erase(open);
}

std::vector<FoundAttempt> DeliveryAttempts::take() {
  while (!open_.empty()) end(open_.begin()->first);
  std::ranges::sort(ended_, {}, [](const FoundAttempt& found) { return found.attempt.sequence; });
  return std::exchange(ended_, {});
}

}  // namespace smtp_double
