#include "storage/journal_recorder.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "storage/entry_line.hpp"

namespace smtp_double {
namespace {

// How long what happens may stay in memory alone. In the shorter time no journal fills up.
constexpr auto shortest_pause = std::chrono::milliseconds(5);
constexpr auto longest_pause = std::chrono::milliseconds(50);

struct Followed {
  std::string name;
  std::shared_ptr<Double> served;
  JournalCursor cursor{1};
};

}  // namespace

struct JournalRecorder::Shared {
  Shared(std::string folder, std::uint64_t most_octets, Complaints::Report report)
      : files(std::move(folder), most_octets), complaints(std::move(report)) {}

  void run();
  bool write_some();
  void write_all_of(const Double& served);
  bool write_slice(Followed& from);

  std::mutex mutex;  // of all that follows
  std::condition_variable changed;
  bool is_stopping = false;
  RecordFiles files;
  Complaints complaints;
  std::vector<Followed> followed;
};

void JournalRecorder::Shared::run() {
  auto pause = shortest_pause;
  std::unique_lock lock(mutex);
  while (!is_stopping) {
    pause = write_some() ? shortest_pause : std::min(2 * pause, longest_pause);
    // Others may have their turn in between: who follows another double, who clears a journal.
    changed.wait_for(lock, pause, [this] { return is_stopping; });
  }
  while (write_some()) {
  }
}

// A part of each: one that never comes to its end must not keep the others waiting. Whether there was something.
bool JournalRecorder::Shared::write_some() {
  bool has_written = false;
  std::erase_if(followed, [&](Followed& each) {
    const bool is_gone = each.served.use_count() == 1;  // nothing is recorded in it any more
    has_written = write_slice(each) || has_written;
    while (is_gone && write_slice(each)) {
    }
    return is_gone;
  });
  return has_written;
}

// What it has by now.
void JournalRecorder::Shared::write_all_of(const Double& served) {
  const std::uint64_t last = served.journal.last_sequence();
  const auto found = std::ranges::find_if(followed, [&](const Followed& each) { return each.served.get() == &served; });
  while (found != followed.end() && found->cursor.next <= last && write_slice(*found)) {
  }
}

// What cannot be written is read again the next time, as long as the journal has it.
bool JournalRecorder::Shared::write_slice(Followed& from) {
  JournalCursor behind = from.cursor;
  const JournalSlice slice = from.served->journal.read(behind);
  if (slice.empty() && slice.lost() == 0) return false;
  std::string lines = slice.lost() > 0 ? lost_line(from.name, slice.lost()) : std::string();
  for (const JournalEntry& entry : slice) lines += entry_line(from.name, entry);
  try {
    files.append(lines);
  } catch (const std::exception& error) {
    complaints.tell(std::string(error.what()) + ": the journal is not kept");
    return false;
  }
  from.cursor = behind;
  return true;
}

JournalRecorder::JournalRecorder(std::string folder, Complaints::Report report, std::uint64_t most_octets)
    : shared_(std::make_shared<Shared>(std::move(folder), most_octets, std::move(report))) {}

JournalRecorder::~JournalRecorder() { stop(); }

void JournalRecorder::start() {
  thread_ = std::jthread([shared = shared_] { shared->run(); });
}

void JournalRecorder::follow(std::string name, std::shared_ptr<Double> followed) {
  // The journal is the double's: it is there when it is cleared.
  followed->journal.before_clear([weak = std::weak_ptr(shared_), of = followed.get()] {
    const auto shared = weak.lock();
    if (shared == nullptr) return;
    const std::lock_guard lock(shared->mutex);
    shared->write_all_of(*of);
  });
  const std::lock_guard lock(shared_->mutex);
  shared_->followed.push_back({std::move(name), std::move(followed)});
}

void JournalRecorder::stop() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_stopping = true;
  }
  shared_->changed.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace smtp_double
