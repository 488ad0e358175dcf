#include "journal/refused_attempts.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "journal/delivery_history.hpp"
#include "scenario/condition.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t most_told = 3;

bool is_refusal(std::uint16_t code) { return code >= 400; }

struct Refusal {
  std::uint64_t session = 0;
  std::string text;
};

bool may_be(const std::optional<std::string>& glob, std::string_view value, bool ignoring_case) {
  return !glob || matches_glob(*glob, value, ignoring_case);
}

std::string told(std::uint64_t session, Stage stage, std::string_view sent) {
  std::string text = "session " + std::to_string(session) + ": refused at ";
  return text.append(name(stage)).append(": ").append(sent.substr(0, sent.find_first_of("\r\n")));
}

// Whether the mailbox has it, as far as replies tell: one that was lost, or never came, refuses nothing.
bool is_delivered(const DeliveryHistory& history, std::string_view mailbox) {
  return std::ranges::any_of(history.attempts, [&](const DeliveryAttempt& attempt) {
    return attempt.message != 0 && std::ranges::any_of(attempt.recipients, [&](const RecipientVerdict& recipient) {
             return recipient.mailbox == mailbox && !is_refusal(recipient.code);
           });
  });
}

// The last attempt that was refused, or had a recipient refused, and may have been meant.
std::optional<Refusal> last_refusal(const DeliveryHistory& history, const MessageQuery& query) {
  if (!may_be(query.sender, history.sender, true)) return std::nullopt;
  if (!history.subject.empty() && !may_be(query.subject, history.subject, false)) return std::nullopt;
  for (auto last = history.attempts.rbegin(); last != history.attempts.rend(); ++last) {
    const DeliveryAttempt& attempt = *last;
    if (query.session && *query.session != attempt.session) continue;
    if (attempt.recipients.empty() && history.accepted == 0 && is_refusal(attempt.code)) {
      return Refusal{attempt.session, told(attempt.session, attempt.stage, attempt.reply)};
    }
    for (const RecipientVerdict& recipient : attempt.recipients) {
      if (!is_refusal(recipient.code) || !may_be(query.recipient, recipient.mailbox, true)) continue;
      if (is_delivered(history, recipient.mailbox)) continue;
      if (attempt.message == 0 && recipient.code == attempt.code) {
        return Refusal{attempt.session, told(attempt.session, attempt.stage, attempt.reply)};
      }
      // The journal's summary of an attempt has the reply that decided it, which was another.
      const std::string reply = std::to_string(recipient.code) + " for " + recipient.mailbox;
      return Refusal{attempt.session, told(attempt.session, Stage::Rcpt, reply)};
    }
  }
  return std::nullopt;
}

// The last refusal of each session in which no transaction began.
class EarlyRefusals {
 public:
  void add(const JournalEntry& entry) {
    if (entry.kind != EntryKind::Exchange) return;
    if (entry.stage == Stage::Mail) {
      told_.insert_or_assign(entry.session, std::string());
    } else if (is_refusal(entry.code)) {
      const auto [known, is_new] = told_.try_emplace(entry.session);
      if (is_new || !known->second.empty()) known->second = told(entry.session, entry.stage, entry.sent);
    }
  }

  // By session; "" for one that had a transaction.
  const std::map<std::uint64_t, std::string>& all() const { return told_; }

 private:
  std::map<std::uint64_t, std::string> told_;
};

}  // namespace

std::vector<std::string> refused_attempts(const Journal& journal, const MessageQuery& query) {
  EarlyRefusals early;
  journal.for_each([&](const JournalEntry& entry) { early.add(entry); });
  std::multimap<std::uint64_t, std::string> by_session;
  for (const auto& [session, text] : early.all()) {
    if (!text.empty() && (!query.session || *query.session == session)) by_session.emplace(session, text);
  }
  for (const DeliveryHistory& history : delivery_histories(journal)) {
    if (auto refusal = last_refusal(history, query)) by_session.emplace(refusal->session, std::move(refusal->text));
  }
  std::vector<std::string> newest;
  for (auto last = by_session.rbegin(); last != by_session.rend() && newest.size() < most_told; ++last) {
    newest.push_back(std::move(last->second));
  }
  return newest;
}

}  // namespace smtp_double
