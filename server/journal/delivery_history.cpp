#include "journal/delivery_history.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "journal/delivery_attempts.hpp"

namespace smtp_double {
namespace {

constexpr auto least_backoff = std::chrono::seconds(1);

bool is_success(std::uint16_t code) { return code / 100 == 2; }
bool is_transient(std::uint16_t code) { return code / 100 == 4; }
bool is_permanent(std::uint16_t code) { return code / 100 == 5; }

bool delivers(const DeliveryAttempt& attempt, const RecipientVerdict& recipient) {
  return is_success(recipient.code) && (attempt.message != 0 || attempt.stage == Stage::Message);
}

// A key for maps: no address has a line break in it.
std::string joined(const std::string& first, std::string_view second) { return first + '\n' + std::string(second); }

std::string hex(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; number >>= 4U) text[i] = digits[number & 15U];
  return text;
}

std::string time_text(std::chrono::microseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

/// Sorts attempts into deliveries.
class Grouping {
 public:
  void add(FoundAttempt found) {
    const std::vector<std::string> keys = content_keys(found);
    const std::size_t place = place_of(found, keys);
    Group& group = groups_[place];
    DeliveryHistory& history = group.history;
    if (found.has_content && history.by == DeliveryKey::Envelope) identify(place, found);
    for (const std::string& key : keys) by_content_.try_emplace(key, place);
    if (history.subject.empty()) history.subject = found.subject;
    note_recipients(place, found.attempt);
    history.attempts.push_back(std::move(found.attempt));
  }

  std::vector<DeliveryHistory> take() {
    std::vector<DeliveryHistory> histories;
    histories.reserve(groups_.size());
    for (Group& group : groups_) histories.push_back(std::move(group.history));
    return histories;
  }

 private:
  struct Group {
    DeliveryHistory history;
    std::unordered_map<std::string, bool> delivered;  // by recipient
  };

  std::size_t place_of(const FoundAttempt& found, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
      if (const auto known = by_content_.find(key); known != by_content_.end()) return known->second;
    }
    const auto waiting = waiting_place(found);
    return waiting ? *waiting : begin(found.attempt);
  }

  // The last one that all the recipients are still waited for. One that is known by its content takes no other.
  std::optional<std::size_t> waiting_place(const FoundAttempt& found) const {
    const DeliveryAttempt& attempt = found.attempt;
    const std::string& first = attempt.recipients.empty() ? none_ : attempt.recipients.front().mailbox;
    auto candidate = last_of_.find(joined(attempt.sender, first));
    // A MAIL that was refused may have been alone.
    if (candidate == last_of_.end()) candidate = last_of_.find(joined(attempt.sender, none_));
    if (candidate == last_of_.end()) return std::nullopt;
    const Group& group = groups_[candidate->second];
    if (found.has_content && group.history.by != DeliveryKey::Envelope) return std::nullopt;
    const auto waits = [&](const RecipientVerdict& recipient) {
      const auto known = group.delivered.find(recipient.mailbox);
      return group.delivered.empty() || (known != group.delivered.end() && !known->second);
    };
    const bool waits_for_any = group.delivered.empty() ||
                               std::ranges::any_of(group.delivered, [](const auto& known) { return !known.second; });
    if (!waits_for_any || !std::ranges::all_of(attempt.recipients, waits)) return std::nullopt;
    return candidate->second;
  }

  std::size_t begin(const DeliveryAttempt& attempt) {
    Group& group = groups_.emplace_back();
    group.history.sender = attempt.sender;
    group.history.key = envelope_text(attempt);
    return groups_.size() - 1;
  }

  void identify(std::size_t place, const FoundAttempt& found) {
    DeliveryHistory& history = groups_[place].history;
    if (!found.message_id.empty()) {
      history.by = DeliveryKey::MessageId;
      history.key = found.message_id;
    } else if (found.content_hash != 0) {
      history.by = DeliveryKey::Content;
      history.key = hex(found.content_hash);
    }
  }

  void note_recipients(std::size_t place, const DeliveryAttempt& attempt) {
    Group& group = groups_[place];
    last_of_[joined(attempt.sender, none_)] = place;
    for (const RecipientVerdict& recipient : attempt.recipients) {
      const auto [known, is_new] = group.delivered.try_emplace(recipient.mailbox, false);
      if (is_new) group.history.recipients.push_back(recipient.mailbox);
      known->second = known->second || delivers(attempt, recipient);
      last_of_[joined(attempt.sender, recipient.mailbox)] = place;
    }
  }

  // The same text to somebody else is another mail, unless a Message-ID says that it is the same.
  static std::vector<std::string> content_keys(const FoundAttempt& found) {
    if (!found.has_content) return {};
    if (!found.message_id.empty()) return {"i" + found.message_id};
    if (found.content_hash == 0) return {};
    const std::string text = joined("c" + hex(found.content_hash), found.attempt.sender);
    std::vector<std::string> keys;
    keys.reserve(found.attempt.recipients.size());
    for (const RecipientVerdict& recipient : found.attempt.recipients) keys.push_back(joined(text, recipient.mailbox));
    return keys;
  }

  static std::string envelope_text(const DeliveryAttempt& attempt) {
    std::vector<std::string> recipients;
    recipients.reserve(attempt.recipients.size());
    for (const RecipientVerdict& recipient : attempt.recipients) recipients.push_back(recipient.mailbox);
    std::ranges::sort(recipients);
    std::string text = "<" + attempt.sender + "> to ";
    for (const std::string& recipient : recipients) text += (text.ends_with(' ') ? "<" : ", <") + recipient + ">";
    return text;
  }

  const std::string none_;
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::size_t> by_content_;
  std::unordered_map<std::string, std::size_t> last_of_;  // by sender and recipient, and by sender alone
};

/// What clients should not have done, from one delivery's attempts.
class Judgement {
 public:
  explicit Judgement(DeliveryHistory& history) : history_(history) {}

  void judge() {
    const DeliveryAttempt* before = nullptr;
    for (DeliveryAttempt& attempt : history_.attempts) {
      if (before != nullptr) attempt.gap = since(before->decided, attempt);
      before = &attempt;
      for (const RecipientVerdict& recipient : attempt.recipients) judge(attempt, recipient);
      if (attempt.message != 0 || (attempt.stage == Stage::Message && is_success(attempt.code))) ++history_.accepted;
      attempt.recipients.empty() ? judge_alone(attempt) : alone_.reset();
    }
    if (retried_refused_) history_.findings.emplace_back("retried after a 5yz reply");
    if (shortest_) history_.findings.push_back("no backoff: retried after " + time_text(*shortest_));
    if (delivered_twice_) history_.findings.emplace_back("delivered twice");
  }

 private:
  struct Last {
    std::uint16_t code = 0;
    std::chrono::microseconds decided{0};
    bool is_delivered = false;
    bool may_retry_at_once = false;
  };

  static std::chrono::microseconds since(std::chrono::microseconds decided, const DeliveryAttempt& attempt) {
    return std::max(attempt.at.elapsed - decided, std::chrono::microseconds(0));
  }

  void judge(const DeliveryAttempt& attempt, const RecipientVerdict& recipient) {
    Last& last = last_.try_emplace(recipient.mailbox, alone_.value_or(Last{})).first->second;
    const bool is_delivered = delivers(attempt, recipient);
    delivered_twice_ = delivered_twice_ || (last.is_delivered && is_delivered);
    judge_retry(last, attempt);
    // "Too many recipients" is about this transaction only, and the others go their way (RFC 5321 4.5.3.1.10).
    const bool is_too_many = (recipient.code == 452 || recipient.code == 552) && has_others(attempt, recipient);
    last = {recipient.code, attempt.decided, last.is_delivered || is_delivered, is_too_many};
  }

  // MAIL was refused, and nobody said for whom it was.
  void judge_alone(const DeliveryAttempt& attempt) {
    if (alone_) judge_retry(*alone_, attempt);
    alone_ = Last{attempt.code, attempt.decided, false, false};
    for (auto& [mailbox, last] : last_) {
      judge_retry(last, attempt);
      last = {attempt.code, attempt.decided, last.is_delivered, false};
    }
  }

  void judge_retry(const Last& last, const DeliveryAttempt& attempt) {
    if (last.is_delivered || last.may_retry_at_once) return;
    retried_refused_ = retried_refused_ || is_permanent(last.code);
    const auto gap = since(last.decided, attempt);
    if (is_transient(last.code) && gap < least_backoff) shortest_ = std::min(shortest_.value_or(gap), gap);
  }

  static bool has_others(const DeliveryAttempt& attempt, const RecipientVerdict& recipient) {
    return std::ranges::any_of(attempt.recipients,
                               [&](const RecipientVerdict& other) { return other.code != recipient.code; });
  }

  DeliveryHistory& history_;
  std::unordered_map<std::string, Last> last_;  // by recipient
  std::optional<Last> alone_;
  bool retried_refused_ = false;
  bool delivered_twice_ = false;
  std::optional<std::chrono::microseconds> shortest_;
};

}  // namespace

std::string_view name(DeliveryKey key) {
  switch (key) {
    case DeliveryKey::MessageId: return "message-id";
    case DeliveryKey::Content: return "content";
    case DeliveryKey::Envelope: return "envelope";
  }
  return {};
}

std::vector<DeliveryHistory> delivery_histories(const Journal& journal) {
  DeliveryAttempts attempts;
  journal.for_each([&](const JournalEntry& entry) { attempts.add(entry); });
  Grouping grouping;
  for (FoundAttempt& found : attempts.take()) grouping.add(std::move(found));
  std::vector<DeliveryHistory> histories = grouping.take();
  for (DeliveryHistory& history : histories) Judgement(history).judge();
  return histories;
}

}  // namespace smtp_double
