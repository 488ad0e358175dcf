#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "app/file_watch.hpp"

namespace smtp_double {

/// Has something read anew when it is asked to, or when files have changed: on a thread of its own, so that no client
/// waits for it. Without files to watch there is none until it is asked for the first time.
class ScenarioWatch {
 public:
  enum class Cause : std::uint8_t { Asked, Changed };

  /// `files` may be null.
  ScenarioWatch(std::function<void(Cause)> reload, std::unique_ptr<FileWatch> files);
  ~ScenarioWatch();
  ScenarioWatch(const ScenarioWatch&) = delete;
  ScenarioWatch& operator=(const ScenarioWatch&) = delete;

  /// Does not wait. To be called by one thread only.
  void ask();
  /// Waits for a reload that is under way; none comes after it. By the same thread.
  void stop();

 private:
  void start();
  void wake() const;
  void run();
  void read_anew(Cause cause);

  std::function<void(Cause)> reload_;
  std::unique_ptr<FileWatch> files_;
  int wake_up_;
  std::atomic<bool> asked_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace smtp_double
