#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace smtp_double::bench {

enum class Pipelining {
  None,     ///< every command waits for the reply to the one before
  Message,  ///< MAIL, RCPT and DATA in one write, as RFC 2920 allows; the content waits for the 354
  Deep,     ///< as Message, and the content is followed by the next message's commands in the same write
};

struct ExpectedReply {
  int code = 0;
  bool ends_message = false;

  bool operator==(const ExpectedReply&) const = default;
};

/// What is written in one go, and the replies that must have come before the next turn.
struct Turn {
  std::string text;
  std::vector<ExpectedReply> replies;

  bool operator==(const Turn&) const = default;
};

/// A session of n messages without n copies of the content: the middle is played several times.
struct SessionScript {
  std::vector<Turn> opening;
  std::vector<Turn> repeated;
  std::size_t repetitions = 0;
  std::vector<Turn> closing;

  std::size_t turn_count() const { return opening.size() + repeated.size() * repetitions + closing.size(); }
  const Turn& turn(std::size_t index) const;
};

/// Lines of at most 76 characters that together have exactly `size` octets, and the dot that ends them.
std::string message_content(std::size_t size);

/// `messages` is at least 1 with Pipelining::Deep.
SessionScript make_script(Pipelining pipelining, std::size_t messages, std::size_t size);

/// As far as the reply to EHLO: a client that said who it is and then fell silent.
SessionScript make_greeting_script();

}  // namespace smtp_double::bench
