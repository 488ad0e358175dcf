#include "admin/worker_pool.hpp"

#include <utility>

namespace smtp_double {

void WorkerPool::add(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  work_.push_back(std::move(work));
  // Those that are idle may be on their way to what was added before.
  if (work_.size() > idle_ && threads_.size() < most_threads_ && !finished_) {
    threads_.emplace_back([this] { serve(); });
  }
  has_work_.notify_one();
}

void WorkerPool::finish() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    threads.swap(threads_);
  }
  has_work_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void WorkerPool::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    has_work_.wait(lock, [this] { return !work_.empty() || finished_; });
    --idle_;
    if (work_.empty()) return;
    const std::function<void()> work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace smtp_double
