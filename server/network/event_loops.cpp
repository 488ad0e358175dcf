#include "network/event_loops.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <utility>

namespace smtp_double {
namespace {

constexpr auto stop_grace = std::chrono::milliseconds(1000);
constexpr auto idle_check_distance = std::chrono::milliseconds(10);

using WorkGuard = boost::asio::executor_work_guard<Executor>;

}  // namespace

/// A loop and whether its thread is there.
struct EventLoops::Runner {
  EventLoop loop;
  WorkGuard until_stop{loop.context().get_executor()};  // one without listeners may get some yet
  bool runs = false;
  std::size_t submitted = 0;  // and not done
};

struct EventLoops::IdleCheck {
  Timer timer;
  Clock::time_point deadline;
};

/// Of all loops to one question.
struct EventLoops::IdleAnswers {
  std::atomic<std::size_t> missing;
  std::atomic<bool> are_idle{true};
};

EventLoops::EventLoops(unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) runners_.push_back(std::make_unique<Runner>());
}

EventLoops::~EventLoops() = default;

EventLoop& EventLoops::at(std::size_t index) { return runners_[index]->loop; }

void EventLoops::run() {
  {
    const std::lock_guard lock(mutex_);
    for (auto& runner : runners_) runner->runs = true;
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < runners_.size(); ++i) {
    threads.emplace_back([this, i] { run(*runners_[i]); });
  }
  run(*runners_.front());
  for (std::thread& thread : threads) thread.join();
}

// What was submitted while the loop came to its end is done all the same: somebody waits for it.
void EventLoops::run(Runner& runner) {
  for (;;) {
    runner.loop.context().run();
    const std::lock_guard lock(mutex_);
    runner.runs = runner.submitted > 0;
    if (!runner.runs) return;
    runner.loop.context().restart();
  }
}

bool EventLoops::submit(Runner& runner, const std::function<void()>& action) {
  const std::lock_guard lock(mutex_);
  if (!runner.runs) {
    action();
    return false;
  }
  ++runner.submitted;
  boost::asio::post(runner.loop.context(), [this, &runner, action] {
    action();
    const std::lock_guard done(mutex_);
    --runner.submitted;
  });
  return true;
}

void EventLoops::perform(std::size_t loop, const std::function<void()>& action) {
  Runner& runner = *runners_[loop];
  if (runner.loop.context().get_executor().running_in_this_thread()) return action();
  const auto task = std::make_shared<std::packaged_task<void()>>(action);
  std::future<void> done = task->get_future();
  submit(runner, [task] { (*task)(); });
  done.get();
}

void EventLoops::end_connections(const Double& owner, Ended which) {
  const auto promise = std::make_shared<std::promise<void>>();
  const std::future<void> all_gone = promise->get_future();
  {
    const std::shared_ptr<void> gone(nullptr, [promise](void*) { promise->set_value(); });
    for (auto& runner : runners_) {
      submit(*runner, [&loop = runner->loop, &owner, which, gone] { loop.end_connections(owner, which, gone); });
    }
  }
  all_gone.wait();
}

std::vector<MeasuredLag> EventLoops::lags(std::chrono::milliseconds distance) {
  std::vector<MeasuredLag> measured;
  for (auto& runner : runners_) {
    EventLoop& loop = runner->loop;
    measured.push_back(loop.lag().take());
    boost::asio::post(loop.context(), [&loop, distance] { loop.lag().measure(distance); });
  }
  return measured;
}

void EventLoops::call_later(std::chrono::milliseconds delay, std::function<void()> action) {
  EventLoop& first = at(0);
  boost::asio::post(first.context(), [&first, delay, action = std::move(action)]() mutable {
    first.call_later(delay, std::move(action));
  });
}

void EventLoops::on_signals(const std::vector<int>& signals, std::function<void(const ReceivedSignal&)> action) {
  signals_ = std::make_unique<SignalReader>(at(0).context(), signals, std::move(action));
}

void EventLoops::stop() {
  stopping_ = true;
  for (std::size_t i = 0; i < runners_.size(); ++i) {
    boost::asio::post(at(i).context(), [this, i] {
      at(i).stop(stop_grace);
      if (i == 0 && signals_ != nullptr) signals_->close();
      runners_[i]->until_stop.reset();
    });
  }
}

void EventLoops::stop_when_idle(std::chrono::milliseconds patience) {
  boost::asio::post(at(0).context(), [this, patience] {
    if (idle_check_ != nullptr) return;
    Timer timer(at(0).context().get_executor());
    idle_check_ = std::make_unique<IdleCheck>(IdleCheck{std::move(timer), Clock::now() + patience});
    check_idle();
  });
}

// Each loop is asked on its own thread. What comes meanwhile is not waited for: it came later.
void EventLoops::check_idle() {
  const auto answers = std::make_shared<IdleAnswers>();
  answers->missing = runners_.size();
  for (auto& runner : runners_) {
    boost::asio::post(runner->loop.context(), [this, &loop = runner->loop, answers] {
      if (!loop.is_idle()) answers->are_idle = false;
      if (answers->missing.fetch_sub(1) > 1) return;
      boost::asio::post(at(0).context(), [this, answers] { take_idle_answer(answers->are_idle); });
    });
  }
}

void EventLoops::take_idle_answer(bool is_idle) {
  if (is_idle || Clock::now() >= idle_check_->deadline) return stop();
  idle_check_->timer.expires_after(idle_check_distance);
  idle_check_->timer.async_wait([this](const boost::system::error_code& error) {
    if (!error && !is_stopping()) check_idle();
  });
}

}  // namespace smtp_double
