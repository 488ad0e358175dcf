#include "network/event_loops.hpp"

#include <numeric>
#include <stdexcept>
#include <thread>

#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

namespace {

std::thread::id performer(EventLoops& loops, std::size_t loop) {
  std::thread::id by;
  loops.perform(loop, [&by] { by = std::this_thread::get_id(); });
  return by;
}

/// Loops that run by the time they are used; they end with it.
class Running {
 public:
  explicit Running(unsigned threads) : loops(threads), thread_([this] { loops.run(); }) {
    for (std::size_t loop = 0; loop < loops.size(); ++loop) {
      while (performer(loops, loop) == std::this_thread::get_id()) std::this_thread::yield();
    }
  }
  ~Running() { stop(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    loops.stop();
    thread_.join();
  }

  EventLoops loops;

 private:
  std::thread thread_;
};

void spin(std::chrono::milliseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

}  // namespace

TEST_CASE("loops without anything to do run until they are told to stop") {
  Running running(3);
  for (int i = 0; i < 10; ++i) {
    for (std::size_t loop = 0; loop < running.loops.size(); ++loop) {
      CHECK(performer(running.loops, loop) != std::thread::id{});
    }
  }
  running.stop();
}

TEST_CASE("what is to be performed is done by the loop's thread, or here where that does not run") {
  EventLoops loops(2);
  CHECK(performer(loops, 1) == std::this_thread::get_id());
  std::thread thread([&loops] { loops.run(); });
  // Who comes before it runs does it; who comes later sees that it does.
  std::thread::id by = performer(loops, 1);
  while (by == std::this_thread::get_id()) by = performer(loops, 1);
  CHECK(by != thread.get_id());
  CHECK_FALSE(loops.is_stopping());
  loops.stop();
  CHECK(loops.is_stopping());
  thread.join();
  CHECK(performer(loops, 1) == std::this_thread::get_id());
}

TEST_CASE("what is thrown is thrown to who asked") {
  const auto fail = [] { throw std::runtime_error("no"); };
  EventLoops idle(1);
  CHECK_THROWS_AS(idle.perform(0, fail), std::runtime_error);
  Running running(2);
  CHECK_THROWS_AS(running.loops.perform(1, fail), std::runtime_error);
}

TEST_CASE("what is asked of loops that come to their end is done all the same") {
  for (int i = 0; i < 100; ++i) {
    Running running(2);
    int done = 0;
    std::thread asking([&] {
      for (; done < 200; ++done) running.loops.perform(static_cast<std::size_t>(done % 2), [] {});
    });
    running.stop();
    asking.join();
    CHECK(done == 200);
  }
}

TEST_CASE("loops take turns") {
  EventLoops loops(3);
  std::vector<std::size_t> turns;
  for (int i = 0; i < 6; ++i) turns.push_back(loops.next());
  CHECK(turns == std::vector<std::size_t>{0, 1, 2, 0, 1, 2});
}

TEST_CASE("a loop that is kept busy is late, and that is measured once somebody asks") {
  Running running(2);
  CHECK(running.loops.lags(1ms).front().counts == MeasuredLag{}.counts);
  running.loops.perform(0, [] { spin(50ms); });
  const auto end = Clock::now() + 20s;
  MeasuredLag measured;
  while (measured.most < 40ms && Clock::now() < end) measured = running.loops.lags(1ms).front();
  CHECK(measured.most >= 40ms);
  const auto counted = [](const MeasuredLag& lag) {
    return std::accumulate(lag.counts.begin() + 3, lag.counts.end(), std::uint64_t{0});
  };
  CHECK(counted(measured) >= 1);                         // more than 20 ms
  CHECK(counted(running.loops.lags(1ms).front()) >= 1);  // and is not forgotten
}
