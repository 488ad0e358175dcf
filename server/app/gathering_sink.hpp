#pragma once

#include <spdlog/sinks/base_sink.h>

#include <functional>
#include <mutex>
#include <string>

namespace smtp_double {

/// Gathers formatted lines and writes them to a descriptor together. It has no thread of its own (the mere
/// presence of a second one slows the allocator and every system call): somebody is asked to flush() it soon.
class GatheringSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit GatheringSink(int descriptor) : descriptor_(descriptor) {}

  /// `flush_soon` is called when there is something to write after there was nothing; it must not log.
  /// Without one each line is written at once.
  void set_flush_soon(std::function<void()> flush_soon);

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

  int descriptor_;
  std::string gathered_;
  std::function<void()> flush_soon_;
};

}  // namespace smtp_double
