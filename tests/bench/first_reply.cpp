#include "first_reply.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <thread>

#include "sockets.hpp"

namespace smtp_double::bench {

namespace {

/// A child process that does not outlive this object.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (ended()) return;
    kill(pid_, SIGTERM);
    for (int tries = 0; tries < 200 && !ended(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (ended()) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  bool ended() {
    if (!ended_) ended_ = waitpid(pid_, nullptr, WNOHANG) != 0;
    return ended_;
  }

 private:
  pid_t pid_;
  bool ended_ = false;
};

[[noreturn]] void become(const FirstReply& order, char* const* arguments) {
  if (order.command_cpu) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<std::size_t>(*order.command_cpu), &cores);
    sched_setaffinity(0, sizeof cores, &cores);
  }
  const int nowhere = open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, fd);
  execvp(arguments[0], arguments);
  _exit(127);
}

/// Whether bytes came in time; the 220 comes in one piece from any server that wants to be fast.
bool greeted(int fd, Clock::time_point deadline) {
  pollfd waiting{fd, POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) <= 0) return false;
  std::array<char, 1024> buffer;
  return read_some(fd, buffer).bytes.starts_with("220");
}

}  // namespace

std::optional<std::chrono::nanoseconds> time_first_reply(const FirstReply& order) {
  auto command = order.command;
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const auto begin = Clock::now();
  const auto deadline = begin + order.timeout;
  const pid_t pid = checked(fork(), "fork");
  if (pid == 0) become(order, arguments.data());
  Child child(pid);
  while (!child.ended() && Clock::now() < deadline) {
    // A refused loopback connect is over at once: trying again without a pause is what makes this exact.
    const Descriptor socket = start_connecting(order.target, 0);
    if (greeted(socket.get(), deadline)) return Clock::now() - begin;
  }
  return std::nullopt;
}

}  // namespace smtp_double::bench
