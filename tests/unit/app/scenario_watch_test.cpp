#include "app/scenario_watch.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;
using Cause = ScenarioWatch::Cause;

namespace {

// What was asked of the one who reads.
class Reads {
 public:
  void note(Cause cause) {
    const std::lock_guard lock(mutex_);
    causes_.push_back(cause);
    changed_.notify_all();
  }
  bool come_to(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return causes_.size() >= count; });
  }
  std::vector<Cause> causes() {
    const std::lock_guard lock(mutex_);
    return causes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Cause> causes_;
};

}  // namespace

TEST_CASE("it is read anew when that is asked for, and never unless it is") {
  Reads reads;
  const auto note = [&](Cause cause) { reads.note(cause); };
  {
    const ScenarioWatch idle(note, nullptr);
  }
  CHECK(reads.causes().empty());
  ScenarioWatch watch(note, nullptr);
  watch.ask();
  REQUIRE(reads.come_to(1));
  watch.ask();
  REQUIRE(reads.come_to(2));
  CHECK(reads.causes() == std::vector{Cause::Asked, Cause::Asked});
}

TEST_CASE("one that fails does not keep the next from being read") {
  spdlog::set_level(spdlog::level::off);
  Reads reads;
  ScenarioWatch watch(
      [&](Cause cause) {
        reads.note(cause);
        throw std::runtime_error("no memory");
      },
      nullptr);
  watch.ask();
  REQUIRE(reads.come_to(1));
  watch.ask();
  CHECK(reads.come_to(2));
}

TEST_CASE("a change is read once it is quiet, and without quiet in the end") {
  const Folder folder({{"a.yaml", "{}\n"}});
  Reads reads;
  const ScenarioWatch watch([&](Cause cause) { reads.note(cause); },
                            std::make_unique<FileWatch>(std::vector{folder.path()}));
  std::ofstream(folder.file("b.yaml")) << "{}\n";
  REQUIRE(reads.come_to(1));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (reads.causes().size() < 3 && std::chrono::steady_clock::now() < end) {
    std::ofstream(folder.file("a.yaml")) << "{}\n";
  }
  CHECK(reads.causes().size() >= 3);
  CHECK(reads.causes().back() == Cause::Changed);
}
