#include "network/event_loop.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>
#include <utility>

#include "network/connection.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

namespace {

// A connection of the loop; the other end of it.
int connect(EventLoop& loop, const std::shared_ptr<Double>& owner) {
  static CertificateStore certificates;
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) throw std::runtime_error("no sockets");
  Socket socket(loop.context().get_executor(), Protocol(AF_UNIX, 0), ends[0]);
  Connection::start(std::make_unique<Connection>(std::move(socket), loop, owner, certificates, Arrival{}));
  return ends[1];
}

}  // namespace

TEST_CASE("a deadline that passes while the loop stops keeps nobody waiting for the next one") {
  ServerProfile profile;
  profile.limits.timeout = 20s;
  const auto owner = std::make_shared<Double>(std::make_shared<const Scenario>(test::scenario_of({}, profile)));
  EventLoop loop;
  const int client = connect(loop, owner);
  const auto begun = Clock::now();
  // Both are due at once: the loop is told to stop before it gets to the timer that has expired.
  loop.watch(begun - 1ms);
  boost::asio::post(loop.context(), [&] { loop.stop(100ms); });
  loop.context().run();
  CHECK(Clock::now() - begun < 10s);
  close(client);
}

TEST_CASE("the only client of a loop is looked for as long as its delay lasts") {
  Rule slow = test::rule("connect", test::response(DefaultReply{}, std::nullopt, 1h));
  const auto owner = std::make_shared<Double>(std::make_shared<const Scenario>(test::scenario_of({slow})));
  EventLoop loop;
  const int client = connect(loop, owner);
  loop.context().run_for(2500ms);  // twice in vain
  CHECK(owner->connections == 1);
  close(client);
  const auto end = Clock::now() + 20s;
  while (owner->connections != 0 && Clock::now() < end) loop.context().run_one_for(1s);
  CHECK(owner->connections == 0);
}

TEST_CASE("a call that replaces one that is due is made once") {
  EventLoop loop;
  Timer first(loop.context().get_executor());
  int calls = 0;
  first.expires_after(1ms);
  // Both timers have expired by the time the loop looks: the other call is on its way when it is replaced.
  first.async_wait([&](const auto&) { loop.call_later(1ms, [&] { ++calls; }); });
  loop.call_later(1ms, [] {});
  boost::asio::post(loop.context(), [end = Clock::now() + 5ms] {
    while (Clock::now() < end) {
    }
  });
  loop.context().run();
  CHECK(calls == 1);
}
