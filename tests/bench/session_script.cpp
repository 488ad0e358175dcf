#include "session_script.hpp"

#include <algorithm>
#include <string_view>

namespace smtp_double::bench {

namespace {

constexpr std::string_view headers =
    "From: <sender@example.org>\r\n"
    "To: <recipient@example.org>\r\n"
    "Subject: load\r\n"
    "\r\n";
constexpr std::string_view mail = "MAIL FROM:<sender@example.org>\r\n";
constexpr std::string_view rcpt = "RCPT TO:<recipient@example.org>\r\n";
constexpr std::string_view data = "DATA\r\n";
constexpr std::string_view quit = "QUIT\r\n";

Turn single(std::string_view text, int code) { return {std::string(text), {{code}}}; }

Turn content_turn(std::size_t size) { return {message_content(size), {{250, true}}}; }

Turn envelope_turn() {
  Turn turn{"", {{250}, {250}, {354}}};
  for (const auto command : {mail, rcpt, data}) turn.text += command;
  return turn;
}

Turn joined(Turn first, const Turn& second) {
  first.text += second.text;
  first.replies.insert(first.replies.end(), second.replies.begin(), second.replies.end());
  return first;
}

Turn greeting() { return {"", {{220}}}; }

Turn hello() { return single("EHLO client.example.org\r\n", 250); }

}  // namespace

const Turn& SessionScript::turn(std::size_t index) const {
  if (index < opening.size()) return opening[index];
  index -= opening.size();
  const std::size_t middle = repeated.size() * repetitions;
  return index < middle ? repeated[index % repeated.size()] : closing[index - middle];
}

std::string message_content(std::size_t size) {
  constexpr std::size_t line_octets = 78;
  std::string content;
  content.reserve(size + 3);
  if (size >= headers.size() + line_octets) content = headers;
  while (size - content.size() >= 2) {
    const std::size_t left = size - content.size();
    // One octet left over would have no room for its CRLF.
    const std::size_t octets = left == line_octets + 1 ? line_octets - 1 : std::min(left, line_octets);
    content.append(octets - 2, 'x').append("\r\n");
  }
  return content.append(".\r\n");
}

SessionScript make_script(Pipelining pipelining, std::size_t messages, std::size_t size) {
  const Turn content = content_turn(size);
  const Turn farewell = single(quit, 221);
  switch (pipelining) {
    case Pipelining::None:
      return {{greeting(), hello()},
              {single(mail, 250), single(rcpt, 250), single(data, 354), content},
              messages,
              {farewell}};
    case Pipelining::Message: return {{greeting(), hello()}, {envelope_turn(), content}, messages, {farewell}};
    case Pipelining::Deep:
      return {{greeting(), hello(), envelope_turn()},
              {joined(content, envelope_turn())},
              messages - 1,
              {joined(content, farewell)}};
  }
  return {};
}

SessionScript make_greeting_script() { return {{greeting(), hello()}, {}, 0, {}}; }

}  // namespace smtp_double::bench
