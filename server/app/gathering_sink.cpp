#include "app/gathering_sink.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>
#include <utility>

namespace smtp_double {
namespace {

constexpr std::size_t enough = 64 * 1024;
constexpr std::size_t most = 1024 * 1024;
constexpr int moment = 200;  // milliseconds

// How many octets were written before it would have had to wait for longer. A pipe that has room has it for PIPE_BUF.
std::size_t write_what_fits(int descriptor, std::string_view text, int patience) {
  std::size_t done = 0;
  while (done < text.size()) {
    pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
    if (poll(&room, 1, patience) <= 0) break;
    const ssize_t written = write(descriptor, text.data() + done, std::min<std::size_t>(text.size() - done, PIPE_BUF));
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      return text.size();  // nobody to tell
    }
  }
  return done;
}

}  // namespace

void GatheringSink::set_flush_soon(std::function<void()> flush_soon) {
  const std::lock_guard lock(mutex_);
  flush_soon_ = nullptr;
  flush_();
  flush_soon_ = std::move(flush_soon);
}

void GatheringSink::sink_it_(const spdlog::details::log_msg& message) {
  if (gathered_.size() >= most) {
    ++lost_;
    return;
  }
  gather(message);
  if (!flush_soon_ || (gathered_.size() >= enough && !stuck_)) {
    flush_();
  } else {
    ask_for_flush();
  }
}

void GatheringSink::gather(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  gathered_.append(line.data(), line.size());
}

void GatheringSink::ask_for_flush() {
  if (asked_ || !flush_soon_) return;
  asked_ = true;
  flush_soon_();
}

void GatheringSink::write_gathered() {
  gathered_.erase(0, write_what_fits(descriptor_, gathered_, flush_soon_ ? 0 : moment));
  stuck_ = !gathered_.empty();
}

void GatheringSink::flush_() {
  asked_ = false;
  write_gathered();
  if (!stuck_ && lost_ > 0) {
    const std::string note = fmt::format("{} log lines were lost: nobody read them", std::exchange(lost_, 0));
    gather({"smtp-double", spdlog::level::warn, note});
    write_gathered();
  }
  if (stuck_) ask_for_flush();
}

}  // namespace smtp_double
