#include "app/gathering_sink.hpp"

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace smtp_double {
namespace {

constexpr std::size_t enough = 64 * 1024;

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;  // nobody to tell
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void GatheringSink::set_flush_soon(std::function<void()> flush_soon) {
  const std::lock_guard lock(mutex_);
  flush_();
  flush_soon_ = std::move(flush_soon);
}

void GatheringSink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  const bool first = gathered_.empty();
  gathered_.append(line.data(), line.size());
  if (!flush_soon_ || gathered_.size() >= enough) {
    flush_();
  } else if (first) {
    flush_soon_();
  }
}

void GatheringSink::flush_() {
  write_all(descriptor_, gathered_);
  gathered_.clear();
}

}  // namespace smtp_double
