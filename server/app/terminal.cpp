#include "app/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace smtp_double {
namespace {

// 0, or why there is none.
int try_terminal() {
  const int descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return errno;
  close(descriptor);
  return 0;
}

bool ignores_hang_up() {
  struct sigaction action{};
  return sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Terminal::Terminal() : is_there_(!ignores_hang_up() && try_terminal() == 0) {}

// Any other error says nothing of the terminal: there may be no descriptor left.
bool Terminal::is_gone() const {
  if (!is_there_) return false;
  const int error = try_terminal();
  return error == ENXIO || error == EIO;
}

}  // namespace smtp_double
