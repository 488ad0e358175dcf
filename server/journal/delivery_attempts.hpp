#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "journal/delivery_history.hpp"

namespace smtp_double {

/// An attempt, and by what it is known.
struct FoundAttempt {
  DeliveryAttempt attempt;
  std::string message_id;
  std::string subject;
  std::uint64_t content_hash = 0;  ///< 0: the content is not known
  bool has_content = false;
};

/// Finds the mail transactions in the entries of the journal.
class DeliveryAttempts {
 public:
  void add(const JournalEntry& entry);
  /// In the order in which they began; those that go on as they are now.
  std::vector<FoundAttempt> take();

 private:
  struct Open {
    FoundAttempt found;
    bool mail_refused = false;
    bool is_lmtp = false;
    bool is_telling = false;         // LMTP has a reply for each recipient
    std::deque<std::size_t> untold;  // of them
  };

  void add_exchange(const JournalEntry& entry);
  void begin(const JournalEntry& entry);
  static void add_recipient(Open& open, const JournalEntry& entry);
  static void decide_all(Open& open, const JournalEntry& entry);
  // Whether that was the last of its replies.
  static bool decide_content(Open& open, const JournalEntry& entry);
  void end(std::uint64_t session);

  std::map<std::uint64_t, Open> open_;  // by session
  std::set<std::uint64_t> lmtp_;
  std::vector<FoundAttempt> ended_;
};

}  // namespace smtp_double
