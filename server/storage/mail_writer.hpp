#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "journal/message_keeper.hpp"
#include "storage/complaints.hpp"
#include "storage/mail_folder.hpp"

namespace smtp_double {

struct MailOptions {
  bool is_durable = false;  ///< a message is on the disk before it is acknowledged, or it is not
  /// What may wait to be written. Who brings more has to wait until it is.
  std::uint64_t most_octets = 64UL * 1024 * 1024;
  std::size_t most_messages = 10'000;
};

/// Writes messages into Maildirs, on a thread of its own: that of `main` into the folder itself, those of other doubles
/// into ".NAME" below it, as Maildir++ has it.
class MailWriter {
 public:
  /// Throws std::system_error, which names what cannot be used. `report` is told of errors, from the writer's thread.
  MailWriter(std::string folder, MailOptions options, Complaints::Report report);
  ~MailWriter();
  MailWriter(const MailWriter&) = delete;
  MailWriter& operator=(const MailWriter&) = delete;

  /// Begins to write, on its thread: what is to be kept waits until then.
  void start();

  /// What keeps the messages of that double. It may outlive the writer: then nothing is kept any more. Throws as the
  /// constructor does.
  std::shared_ptr<MessageKeeper> keeper_of(const std::string& double_name);

  /// Writes what waits; nothing is kept behind that.
  void stop();

  std::uint64_t kept() const;
  std::uint64_t lost() const;

 private:
  class Keeper;
  struct Shared;

  std::string folder_;
  std::shared_ptr<Shared> shared_;
  std::jthread thread_;
};

}  // namespace smtp_double
