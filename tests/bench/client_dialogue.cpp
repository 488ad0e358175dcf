#include "client_dialogue.hpp"

#include <algorithm>
#include <utility>

namespace smtp_double::bench {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 0 when the line does not begin with a reply code.
int code_of(std::string_view head) {
  if (head.size() < 3 || !std::all_of(head.begin(), head.begin() + 3, is_digit)) return 0;
  return (head[0] - '0') * 100 + (head[1] - '0') * 10 + (head[2] - '0');
}

}  // namespace

ClientDialogue::Status ClientDialogue::receive(std::string_view bytes) {
  status_ = Status::Waiting;
  while (!bytes.empty() && status_ != Status::Failed) {
    // Nothing is outstanding once a turn is over: one more reply was never asked for.
    if (status_ != Status::Waiting) {
      fail("an unexpected further reply");
      break;
    }
    const std::size_t line_end = bytes.find('\n');
    const std::string_view line = bytes.substr(0, line_end);
    const std::size_t kept = std::min(line.size(), head_.size() - head_length_);
    std::copy_n(line.begin(), kept, head_.begin() + static_cast<std::ptrdiff_t>(head_length_));
    head_length_ += kept;
    if (line_end == std::string_view::npos) break;
    bytes.remove_prefix(line_end + 1);
    take_line_end();
  }
  return status_;
}

void ClientDialogue::take_line_end() {
  const bool more_lines = head_length_ == head_.size() && head_.back() == '-';
  if (!more_lines) take_reply();
  head_length_ = 0;
}

void ClientDialogue::take_reply() {
  const int code = code_of({head_.data(), head_length_});
  ++(*tally_)[static_cast<std::size_t>(code)];
  const Turn& turn = script_->turn(turn_);
  const ExpectedReply& expected = turn.replies[replies_of_turn_];
  if (code != expected.code) {
    return fail("expected " + std::to_string(expected.code) + ", got " + std::to_string(code));
  }
  if (expected.ends_message) ++messages_;
  if (++replies_of_turn_ < turn.replies.size()) return;
  replies_of_turn_ = 0;
  const bool last = turn_ + 1 == script_->turn_count();
  if (!last) ++turn_;
  status_ = last ? Status::Finished : Status::Writing;
}

void ClientDialogue::fail(std::string why) {
  status_ = Status::Failed;
  failure_ = std::move(why);
}

}  // namespace smtp_double::bench
