#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "session_script.hpp"

namespace smtp_double::bench {

/// How many replies of each code came; index 0 collects what has no code.
using ReplyTally = std::array<std::uint64_t, 1000>;

/// The client's side of one session, without its socket: bytes that came in, the text to write out.
class ClientDialogue {
 public:
  enum class Status {
    Waiting,   ///< for the rest of the replies to what was written
    Writing,   ///< text() is due
    Finished,  ///< every reply of the script came; the server closes now
    Failed,    ///< a reply other than the expected one; failure() names it
  };

  /// Both outlive the dialogue.
  ClientDialogue(const SessionScript& script, ReplyTally& tally) : script_(&script), tally_(&tally) {}

  Status receive(std::string_view bytes);

  /// What the present turn writes. Empty in the first turn: the server speaks first.
  std::string_view text() const { return script_->turn(turn_).text; }

  std::size_t messages() const { return messages_; }
  const std::string& failure() const { return failure_; }

 private:
  void take_line_end();
  void take_reply();
  void fail(std::string why);

  const SessionScript* script_;
  ReplyTally* tally_;
  std::size_t turn_ = 0;
  std::size_t replies_of_turn_ = 0;
  std::size_t messages_ = 0;
  Status status_ = Status::Waiting;
  std::array<char, 4> head_{};  // all of a reply line that decides anything
  std::size_t head_length_ = 0;
  std::string failure_;
};

}  // namespace smtp_double::bench
