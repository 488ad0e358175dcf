#include "network/event_loop.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>

#include "network/connection.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

TEST_CASE("a deadline that passes while the loop stops keeps nobody waiting for the next one") {
  ServerProfile profile;
  profile.limits.timeout = 20s;
  Double owner(std::make_shared<const Scenario>(test::scenario_of({}, profile)));
  EventLoop loop;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) throw std::runtime_error("no sockets");
  Socket socket(loop.context().get_executor(), Protocol(AF_UNIX, 0), ends[0]);
  Connection::start(std::make_unique<Connection>(std::move(socket), loop, owner, Peer{}));
  const auto begun = Clock::now();
  // Both are due at once: the loop is told to stop before it gets to the timer that has expired.
  loop.watch(begun - 1ms);
  boost::asio::post(loop.context(), [&] { loop.stop(100ms); });
  loop.context().run();
  CHECK(Clock::now() - begun < 10s);
  close(ends[1]);
}
