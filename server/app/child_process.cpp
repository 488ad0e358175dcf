#include "app/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace smtp_double {
namespace {

// Text of ours as exec takes it; the strings have to stay.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

std::vector<std::string> environment_with(std::vector<std::string> variables) {
  const std::size_t ours = variables.size();
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    bool replaced = false;
    for (std::size_t i = 0; i < ours; ++i) replaced = replaced || name_of(variables[i]) == name_of(*entry);
    if (!replaced) variables.emplace_back(*entry);
  }
  return variables;
}

/// Tells the parent why there is no command; it is closed by exec.
class ErrorPipe {
 public:
  ErrorPipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  }
  ~ErrorPipe() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  ErrorPipe(const ErrorPipe&) = delete;
  ErrorPipe& operator=(const ErrorPipe&) = delete;

  void tell(int error) const {
    const ssize_t ignored = write(ends_[1], &error, sizeof error);
    static_cast<void>(ignored);
  }

  /// 0 when the command runs.
  int wait() {
    close(ends_[1]);
    ends_[1] = -1;
    int error = 0;
    ssize_t got = 0;
    do {
      got = read(ends_[0], &error, sizeof error);
    } while (got < 0 && errno == EINTR);
    return got == sizeof error ? error : 0;
  }

 private:
  std::array<int, 2> ends_{};
};

// In the child, between fork and exec: system calls only.
void restore(const Inheritance& inheritance, pid_t parent) {
  // One whose owner is killed would be nobody's, and wait for a server that is gone.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(128 + SIGTERM);
  std::signal(SIGPIPE, SIG_DFL);  // exec would leave it ignored
  setrlimit(RLIMIT_NOFILE, &inheritance.descriptors);
  sigprocmask(SIG_SETMASK, &inheritance.blocked, nullptr);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

int CommandNotStarted::exit_status() const { return code().value() == ENOENT ? 127 : 126; }

Inheritance Inheritance::of_this_process() {
  Inheritance inheritance;
  sigprocmask(SIG_SETMASK, nullptr, &inheritance.blocked);
  getrlimit(RLIMIT_NOFILE, &inheritance.descriptors);
  return inheritance;
}

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::vector<std::string>& variables,
                           const Inheritance& inheritance) {
  const std::vector<std::string> environment = environment_with(variables);
  const std::vector<char*> words = pointers(command);
  const std::vector<char*> entries = pointers(environment);
  std::signal(SIGCHLD, SIG_DFL);  // ignored, it would leave no status behind
  ErrorPipe pipe;
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw CommandNotStarted(errno);
  if (pid_ == 0) {
    restore(inheritance, parent);
    execvpe(words.front(), words.data(), entries.data());
    pipe.tell(errno);
    _exit(127);
  }
  if (const int error = pipe.wait(); error != 0) {
    wait_for(pid_);
    throw CommandNotStarted(error);
  }
}

ChildProcess::~ChildProcess() {
  if (ended_) return;
  send(SIGTERM);
  wait_for(pid_);
}

void ChildProcess::send(int signal) const {
  if (!ended_) kill(pid_, signal);
}

std::optional<int> ChildProcess::poll() {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) ended_ = status;
  return ended_;
}

int exit_status(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace smtp_double
