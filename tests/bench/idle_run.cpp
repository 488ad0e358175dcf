#include "idle_run.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "client_dialogue.hpp"
#include "client_stream.hpp"
#include "sockets.hpp"

namespace smtp_double::bench {

namespace {

struct Held {
  ClientStream stream;
  std::optional<ClientDialogue> dialogue;
  bool ready = false;
  bool awaits_space = false;  // EPOLLOUT is asked for
};

class IdleRun {
 public:
  explicit IdleRun(const Idle& idle)
      : idle_(idle), tls_(idle.tls ? std::optional<ClientTls>(std::in_place) : std::nullopt), held_(idle.connections) {}

  IdleResult run(const std::function<void(const IdleResult&)>& held);

 private:
  bool settled() const { return result_.ready + result_.failed == idle_.connections; }
  void open_some();
  void take_events(std::span<const epoll_event> events);
  void read(std::size_t index);
  void take(Held& connection, std::string_view bytes);
  void gone(Held& connection, const std::string& why);
  void hold(Clock::time_point deadline);

  static constexpr std::uint64_t standard_input = ~std::uint64_t{0};

  const Idle& idle_;
  const std::optional<ClientTls> tls_;
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
    Held& connection = held_[begun_];
    connection.stream =
        ClientStream(start_connecting(idle_.target, static_cast<unsigned>(begun_ % idle_.sources)), tls_);
    connection.dialogue.emplace(script_, replies_);
    connection.awaits_space = connection.stream.awaits_space();
    poller_.add(connection.stream.fd(), connection.awaits_space ? EPOLLIN | EPOLLOUT : EPOLLIN, begun_);
    ++begun_;
  }
}

void IdleRun::take_events(std::span<const epoll_event> events) {
  for (const auto& event : events) {
    if (event.data.u64 == standard_input) {
      released_ = true;
    } else {
      read(event.data.u64);
    }
  }
}

void IdleRun::read(std::size_t index) {
  Held& connection = held_[index];
  std::array<char, 2048> buffer;
  const ReadResult result = connection.stream.read(buffer);
  const bool needed = connection.stream.awaits_space();
  if (std::exchange(connection.awaits_space, needed) != needed) {
    poller_.modify(connection.stream.fd(), needed ? EPOLLIN | EPOLLOUT : EPOLLIN, index);
  }
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
    if (connection.stream.write(text) != text.size()) gone(connection, "the connection broke while writing");
  }
  connection.ready = status == ClientDialogue::Status::Finished;
  if (connection.ready) ++result_.ready;
}

void IdleRun::gone(Held& connection, const std::string& why) {
  ++(connection.ready ? result_.lost : result_.failed);
  if (result_.first_error.empty()) result_.first_error = why;
  connection.stream.reset();
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
