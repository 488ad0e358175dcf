#pragma once

#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace smtp_double {

/// Gathers formatted lines and writes them to a descriptor together. It has no thread of its own (the mere
/// presence of a second one slows the allocator and every system call): somebody is asked to flush() it soon.
///
/// Nobody waits for a reader of the log that has stopped reading. Up to 1 MiB is kept for it; lines beyond
/// that are lost, and the next ones that are read say how many.
class GatheringSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit GatheringSink(int descriptor) : descriptor_(descriptor) {}

  /// `flush_soon` is called when there is something to write after there was nothing; it must not log.
  /// Without one each line is written at once, and a reader is given a moment.
  void set_flush_soon(std::function<void()> flush_soon);

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;
  void gather(const spdlog::details::log_msg& message);
  void ask_for_flush();
  void write_gathered();

  int descriptor_;
  std::string gathered_;
  std::uint64_t lost_ = 0;
  bool stuck_ = false;  // what was written last did not fit
  bool asked_ = false;
  std::function<void()> flush_soon_;
};

}  // namespace smtp_double
