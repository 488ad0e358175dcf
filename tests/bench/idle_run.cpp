#include "idle_run.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "client_dialogue.hpp"
#include "sockets.hpp"

namespace smtp_double::bench {

namespace {

struct Held {
  Descriptor socket;
  std::optional<ClientDialogue> dialogue;
  bool ready = false;
};

class IdleRun {
 public:
  explicit IdleRun(const Idle& idle) : idle_(idle), held_(idle.connections) {}

  IdleResult run(const std::function<void(const IdleResult&)>& held);

 private:
  bool settled() const { return result_.ready + result_.failed == idle_.connections; }
  void open_some();
  void take_events(std::span<const epoll_event> events);
  void read(Held& connection);
  void take(Held& connection, std::string_view bytes);
  void gone(Held& connection, const std::string& why);
  void hold(Clock::time_point deadline);

  static constexpr std::uint64_t standard_input = ~std::uint64_t{0};

  const Idle& idle_;
  const SessionScript script_ = make_greeting_script();
  ReplyTally replies_{};
  std::vector<Held> held_;
  Poller poller_;
  std::size_t begun_ = 0;
  bool released_ = false;
  IdleResult result_;
};

IdleResult IdleRun::run(const std::function<void(const IdleResult&)>& held) {
  const auto begin = Clock::now();
  const auto deadline = begin + idle_.timeout;
  while (!settled()) {
    open_some();
    const auto events = poller_.wait(deadline);
    if (events.empty()) break;
    take_events(events);
  }
  result_.opening_took = Clock::now() - begin;
  if (!settled()) {
    if (result_.first_error.empty()) result_.first_error = "time was up";
    result_.failed = idle_.connections - result_.ready;
  }
  held(result_);
  hold(deadline);
  return result_;
}

void IdleRun::open_some() {
  while (begun_ < idle_.connections && begun_ - result_.ready - result_.failed < idle_.opening_at_once) {
    held_[begun_].socket = start_connecting(idle_.target, static_cast<unsigned>(begun_ % idle_.sources));
    held_[begun_].dialogue.emplace(script_, replies_);
    poller_.add(held_[begun_].socket.get(), EPOLLIN, begun_);
    ++begun_;
  }
}

void IdleRun::take_events(std::span<const epoll_event> events) {
  for (const auto& event : events) {
    if (event.data.u64 == standard_input) {
      released_ = true;
    } else {
      read(held_[event.data.u64]);
    }
  }
}

void IdleRun::read(Held& connection) {
  std::array<char, 2048> buffer;
  const ReadResult result = read_some(connection.socket.get(), buffer);
  switch (result.kind) {
    case ReadResult::Kind::Bytes: return take(connection, result.bytes);
    case ReadResult::Kind::Nothing: return;
    case ReadResult::Kind::End: return gone(connection, "the server closed");
    case ReadResult::Kind::Error: return gone(connection, std::strerror(result.error));
  }
}

void IdleRun::take(Held& connection, std::string_view bytes) {
  if (connection.ready) return;
  const auto status = connection.dialogue->receive(bytes);
  if (status == ClientDialogue::Status::Failed) return gone(connection, connection.dialogue->failure());
  if (status == ClientDialogue::Status::Writing) {
    // A fresh socket has room for one command.
    const std::string_view text = connection.dialogue->text();
    if (write_some(connection.socket.get(), text) != text.size())
      gone(connection, "the connection broke while writing");
  }
  connection.ready = status == ClientDialogue::Status::Finished;
  if (connection.ready) ++result_.ready;
}

void IdleRun::gone(Held& connection, const std::string& why) {
  ++(connection.ready ? result_.lost : result_.failed);
  if (result_.first_error.empty()) result_.first_error = why;
  connection.socket.reset();
}

void IdleRun::hold(Clock::time_point deadline) {
  // A file or /dev/null cannot be polled: whoever gives one wants no holding.
  try {
    poller_.add(STDIN_FILENO, EPOLLIN | EPOLLONESHOT, standard_input);
  } catch (const std::system_error&) {
    return;
  }
  while (!released_) {
    const auto events = poller_.wait(deadline);
    if (events.empty()) return;
    take_events(events);
  }
  // What the server ended before the line came counts too, in whichever order epoll tells.
  for (;;) {
    const auto events = poller_.wait(Clock::now() + std::chrono::milliseconds(1));
    if (events.empty()) return;
    take_events(events);
  }
}

}  // namespace

IdleResult run_idle(const Idle& idle, const std::function<void(const IdleResult&)>& held) {
  return IdleRun(idle).run(held);
}

}  // namespace smtp_double::bench
