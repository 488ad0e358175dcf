#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <csignal>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace smtp_double {

/// What a command is to find as we found it, though we change it for ourselves.
struct Inheritance {
  sigset_t blocked{};
  rlimit descriptors{};

  /// As it is now.
  static Inheritance of_this_process();
};

/// Thrown with the reason when there is no such command, or it cannot be run.
class CommandNotStarted : public std::system_error {
 public:
  explicit CommandNotStarted(int error) : std::system_error(error, std::generic_category()) {}

  /// 127 for a command that is not there, 126 for any other reason (POSIX, "Exit Status for Commands").
  int exit_status() const;
};

/// A command that runs with our standard streams, in our process group. It never outlives its owner.
class ChildProcess {
 public:
  /// Looks the command up as a shell does; `variables` ("NAME=value") come before those of the environment.
  /// SIGCHLD tells when it has ended, and is to be blocked before. No other thread may be running yet.
  ChildProcess(const std::vector<std::string>& command, const std::vector<std::string>& variables,
               const Inheritance& inheritance);
  /// One that is still running is told to end, and waited for.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Sends it a signal, if it has not ended.
  void send(int signal) const;
  /// The status as waitpid() gives it, once it has ended.
  std::optional<int> poll();

 private:
  pid_t pid_;
  std::optional<int> ended_;
};

/// As a shell gives it: that of the command, or 128 and the signal that ended it.
int exit_status(int wait_status);

}  // namespace smtp_double
