#include "load_run.hpp"

#include <sys/epoll.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "client_stream.hpp"
#include "sockets.hpp"

namespace smtp_double::bench {

namespace {

std::chrono::nanoseconds cpu_used() {
  timespec spent{};
  checked(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent), "clock_gettime");
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

struct Slot {
  ClientStream stream;
  std::optional<ClientDialogue> dialogue;
  std::string_view unsent;
  bool awaits_space = false;  // the socket was full; EPOLLOUT is asked for
  bool finished = false;      // the last reply came; only the server's FIN is missing
};

class LoadRun {
 public:
  explicit LoadRun(const Load& load)
      : load_(load),
        tls_(load.tls ? std::optional<ClientTls>(std::in_place) : std::nullopt),
        script_(make_script(load.pipelining, load.messages_per_session, load.size)),
        slots_(std::min(load.connections, load.sessions)) {}

  LoadResult run();

 private:
  void begin_session(std::size_t index);
  void end_session(std::size_t index);
  void wake(std::size_t index, std::uint32_t events);
  void read(std::size_t index);
  void take(std::size_t index, std::string_view bytes);
  void write(std::size_t index);
  void ask_for_space(std::size_t index);
  void refused(std::size_t index, const std::string& why);
  void lost(std::size_t index, const std::string& why);
  void note(const std::string& error);

  const Load& load_;
  const std::optional<ClientTls> tls_;
  const SessionScript script_;
  std::vector<Slot> slots_;
  Poller poller_;
  std::array<char, 16384> buffer_{};
  std::size_t begun_ = 0;
  std::size_t over_ = 0;
  LoadResult result_;
};

LoadResult LoadRun::run() {
  const auto begin = Clock::now();
  const auto cpu_before = cpu_used();
  const auto deadline = begin + load_.timeout;
  for (std::size_t index = 0; index < slots_.size(); ++index) begin_session(index);
  while (over_ < load_.sessions) {
    const auto events = poller_.wait(deadline);
    if (events.empty()) break;
    for (const auto& event : events) wake(event.data.u64, event.events);
  }
  result_.elapsed = Clock::now() - begin;
  result_.client_cpu = cpu_used() - cpu_before;
  result_.unfinished = load_.sessions - over_;
  if (result_.unfinished > 0) note("time was up");
  for (const auto& slot : slots_) {
    if (slot.stream.open()) result_.messages += slot.dialogue->messages();
  }
  return std::move(result_);
}

void LoadRun::begin_session(std::size_t index) {
  Slot& slot = slots_[index];
  slot.stream = ClientStream(start_connecting(load_.target, static_cast<unsigned>(begun_ % load_.sources)), tls_);
  slot.dialogue.emplace(script_, result_.replies);
  slot.unsent = {};
  slot.awaits_space = slot.finished = false;
  ++begun_;
  poller_.add(slot.stream.fd(), EPOLLIN, index);
  ask_for_space(index);
}

void LoadRun::end_session(std::size_t index) {
  Slot& slot = slots_[index];
  result_.messages += slot.dialogue->messages();
  slot.stream.reset();
  ++over_;
  if (begun_ < load_.sessions) begin_session(index);
}

void LoadRun::wake(std::size_t index, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0 && !slots_[index].unsent.empty()) write(index);
  const bool may_read = (events & ~std::uint32_t{EPOLLOUT}) != 0 || slots_[index].stream.awaits_space();
  if (may_read && slots_[index].stream.open()) read(index);
}

void LoadRun::read(std::size_t index) {
  Slot& slot = slots_[index];
  const ReadResult result = slot.stream.read(buffer_);
  switch (result.kind) {
    case ReadResult::Kind::Bytes: return take(index, result.bytes);
    case ReadResult::Kind::Nothing: return ask_for_space(index);
    case ReadResult::Kind::Error: return lost(index, std::strerror(result.error));
    case ReadResult::Kind::End:
      if (!slot.finished) return lost(index, "the server closed too early");
      ++result_.sessions;
      return end_session(index);
  }
}

void LoadRun::take(std::size_t index, std::string_view bytes) {
  Slot& slot = slots_[index];
  if (slot.finished) return refused(index, "bytes after the last reply");
  const auto status = slot.dialogue->receive(bytes);
  if (status == ClientDialogue::Status::Waiting) return;
  if (status == ClientDialogue::Status::Failed) return refused(index, slot.dialogue->failure());
  // The last reply of a group cannot come while part of the group is still here.
  if (!slot.unsent.empty()) return refused(index, "a reply before its command");
  slot.finished = status == ClientDialogue::Status::Finished;
  if (slot.finished) return;
  slot.unsent = slot.dialogue->text();
  write(index);
}

void LoadRun::write(std::size_t index) {
  Slot& slot = slots_[index];
  const auto taken = slot.stream.write(slot.unsent);
  if (!taken) return lost(index, "the connection broke while writing");
  slot.unsent.remove_prefix(*taken);
  ask_for_space(index);
}

void LoadRun::ask_for_space(std::size_t index) {
  Slot& slot = slots_[index];
  const bool needed = !slot.unsent.empty() || slot.stream.awaits_space();
  if (std::exchange(slot.awaits_space, needed) == needed) return;
  poller_.modify(slot.stream.fd(), slot.awaits_space ? EPOLLIN | EPOLLOUT : EPOLLIN, index);
}

void LoadRun::refused(std::size_t index, const std::string& why) {
  ++result_.wrong_replies;
  note(why);
  end_session(index);
}

void LoadRun::lost(std::size_t index, const std::string& why) {
  ++result_.broken_connections;
  note(why);
  end_session(index);
}

void LoadRun::note(const std::string& error) {
  if (result_.first_error.empty()) result_.first_error = error;
}

}  // namespace

LoadResult run_load(const Load& load) { return LoadRun(load).run(); }

}  // namespace smtp_double::bench
