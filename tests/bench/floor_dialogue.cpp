#include "floor_dialogue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace smtp_double::bench {

namespace {

constexpr std::string_view hello = "250-floor.test\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n250 8BITMIME\r\n";
constexpr std::string_view fine = "250 2.0.0 Ok\r\n";
constexpr std::string_view go_ahead = "354 End data with <CR><LF>.<CR><LF>\r\n";
constexpr std::string_view bye = "221 2.0.0 Bye\r\n";

}  // namespace

bool FloorDialogue::take(std::string_view bytes, std::string& replies) {
  while (!bytes.empty()) bytes = in_data_ ? take_data(bytes, replies) : take_line(bytes, replies);
  return is_over_;
}

std::string_view FloorDialogue::take_line(std::string_view bytes, std::string& replies) {
  if (first_letter_ == 0) first_letter_ = bytes.front();
  const std::size_t line_end = bytes.find('\n');
  if (line_end == std::string_view::npos) return {};
  answer(std::exchange(first_letter_, char{0}), replies);
  return bytes.substr(line_end + 1);
}

void FloorDialogue::answer(char first_letter, std::string& replies) {
  switch (first_letter) {
    case 'E': replies += hello; break;
    case 'D':
      replies += go_ahead;
      in_data_ = true;
      // The CRLF of the DATA line is the one an empty message ends with.
      kept_ = {'\r', '\n'};
      kept_length_ = 2;
      break;
    case 'Q':
      replies += bye;
      is_over_ = true;
      break;
    default: replies += fine;
  }
}

/// Where in `bytes` the end of data is complete, when it began in the bytes before them; 0 when it did not.
std::size_t FloorDialogue::end_across(std::string_view bytes) const {
  const std::string_view kept(kept_.data(), kept_length_);
  for (std::size_t before = kept.size(); before > 0; --before) {
    const std::string_view rest = end_of_data.substr(before);
    if (kept.substr(kept.size() - before) == end_of_data.substr(0, before) && bytes.starts_with(rest)) {
      return rest.size();
    }
  }
  return 0;
}

std::string_view FloorDialogue::take_data(std::string_view bytes, std::string& replies) {
  std::size_t end = end_across(bytes);
  if (end == 0) {
    const void* const found = memmem(bytes.data(), bytes.size(), end_of_data.data(), end_of_data.size());
    if (found != nullptr)
      end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + end_of_data.size();
  }
  if (end > 0) {
    in_data_ = false;
    replies += fine;
    return bytes.substr(end);
  }
  std::string tail(kept_.data(), kept_length_);
  tail += bytes.substr(bytes.size() - std::min(bytes.size(), kept_.size()));
  tail.erase(0, tail.size() - std::min(tail.size(), kept_.size()));
  tail.copy(kept_.data(), tail.size());
  kept_length_ = static_cast<std::uint8_t>(tail.size());
  return {};
}

}  // namespace smtp_double::bench
