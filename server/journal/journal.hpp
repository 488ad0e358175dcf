#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "protocol/reply.hpp"
#include "protocol/stage.hpp"

namespace smtp_double {

enum class EntryKind : std::uint8_t {
  Opened,      ///< a session began; `received` is the client's address
  Exchange,    ///< the server spoke: `received` is the command line, `sent` the octets of its reply
  Incomplete,  ///< the connection ended inside content
  Note,        ///< something else worth knowing; `received` is it: TLS is up, octets were dropped
  Closed,      ///< the session is over; `received` says how
};

/// One thing that happened. The texts are views, valid while the journal hands the entry out.
struct JournalEntry {
  EntryKind kind = EntryKind::Exchange;
  Stage stage = Stage::Unknown;
  std::uint16_t code = 0;  ///< that moved the session; 0 where there is none
  std::uint64_t session = 0;
  std::uint64_t hit = 0;              ///< of the rule
  std::chrono::microseconds time{0};  ///< wall clock, since 1970
  std::string_view received = {};
  std::string_view sent = {};
  std::string_view rule = {};  ///< its name; "" when the built-in server answered
  std::string_view note = {};  ///< lines about why no rule answered, where that was asked for
};

/// The record of all that was received and sent, the oldest overwritten first. One block of memory, taken
/// once and touched as it fills, so that writing costs a copy and never an allocation. Thread-safe.
class Journal {
 public:
  /// `capacity`: octets of the whole record. An entry's texts are cut to an eighth of it.
  explicit Journal(std::size_t capacity = 8 * 1024 * 1024);

  void record(const JournalEntry& entry);

  /// Calls `visit` with each entry, the oldest first. The journal is locked meanwhile.
  void for_each(const std::function<void(const JournalEntry&)>& visit) const;

  std::uint64_t evicted() const;

 private:
  struct Header;

  void make_room(std::size_t size);
  void drop_oldest();
  Header header_at(std::size_t offset) const;

  std::size_t capacity_;
  std::unique_ptr<char[]> memory_;
  // Entries stand from oldest_ to end_, or from oldest_ to wrapped_at_ and then from 0 to end_.
  std::size_t oldest_ = 0;
  std::size_t end_ = 0;
  std::size_t wrapped_at_ = 0;
  bool wrapped_ = false;
  std::uint64_t evicted_ = 0;
  mutable std::mutex mutex_;
};

}  // namespace smtp_double
