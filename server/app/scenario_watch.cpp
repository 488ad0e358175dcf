#include "app/scenario_watch.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <system_error>
#include <utility>

namespace smtp_double {
namespace {

using Clock = std::chrono::steady_clock;

// Who writes one file may write another; who never stops is not waited for.
constexpr auto quiet = std::chrono::milliseconds(50);
constexpr auto longest_wait = std::chrono::milliseconds(500);

// A thread started meanwhile never gets a signal: they are for the one that waits for them.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

// When to read after a change.
class Quiet {
 public:
  void note_change() {
    const auto now = Clock::now();
    if (!due_) latest_ = now + longest_wait;
    due_ = std::min(now + quiet, latest_);
  }
  bool is_over() const { return due_ && Clock::now() >= *due_; }
  void clear() { due_.reset(); }
  /// For poll().
  int milliseconds_left() const {
    if (!due_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due_ - Clock::now());
    return static_cast<int>(std::max(left, std::chrono::milliseconds(0)).count());
  }

 private:
  std::optional<Clock::time_point> due_;
  Clock::time_point latest_;
};

}  // namespace

ScenarioWatch::ScenarioWatch(std::function<void(Cause)> reload, std::unique_ptr<FileWatch> files)
    : reload_(std::move(reload)), files_(std::move(files)), wake_up_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (wake_up_ < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for reloads");
  if (files_) start();
}

ScenarioWatch::~ScenarioWatch() {
  stop();
  close(wake_up_);
}

void ScenarioWatch::stop() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
}

void ScenarioWatch::ask() {
  if (stopping_) return;
  asked_ = true;
  if (!thread_.joinable()) start();
  wake();
}

void ScenarioWatch::start() {
  const BlockedSignals blocked;
  thread_ = std::thread([this] { run(); });
}

void ScenarioWatch::wake() const { eventfd_write(wake_up_, 1); }

void ScenarioWatch::run() {
  Quiet change;
  std::array<pollfd, 2> ready{pollfd{.fd = wake_up_, .events = POLLIN, .revents = 0},
                              pollfd{.fd = files_ ? files_->descriptor() : -1, .events = POLLIN, .revents = 0}};
  while (!stopping_) {
    poll(ready.data(), ready.size(), change.milliseconds_left());
    eventfd_t ignored = 0;
    eventfd_read(wake_up_, &ignored);
    if (files_ && files_->take_events()) change.note_change();
    const bool asked = asked_.exchange(false);
    if (stopping_ || (!asked && !change.is_over())) continue;
    change.clear();
    read_anew(asked ? Cause::Asked : Cause::Changed);
  }
}

void ScenarioWatch::read_anew(Cause cause) {
  try {
    if (files_) files_->renew();
  } catch (const std::exception& error) {
    spdlog::warn("changes may go unnoticed: {}", error.what());
  }
  try {
    reload_(cause);
  } catch (const std::exception& error) {
    spdlog::error("the scenario is not reloaded: {}", error.what());
  }
}

}  // namespace smtp_double
