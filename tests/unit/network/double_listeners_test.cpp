#include "network/double_listeners.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/made_double.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::MadeDouble;
using test::RunningServer;
using test::scenario_of;
using test::TcpClient;
using test::whole_session;

namespace {

std::string said_to_message(std::uint16_t port) {
  TcpClient client(port);
  client.send(whole_session);
  return client.read_all();
}

bool is_refused(std::uint16_t port) {
  try {
    const TcpClient client(port);
    return false;
  } catch (const std::runtime_error&) {
    return true;
  }
}

}  // namespace

TEST_CASE("a double is made while others serve, and has what it received to itself") {
  for (const unsigned threads : {1U, 3U}) {
    RunningServer server(scenario_of({}), threads);
    MadeDouble made(server, scenario_of({}));
    CHECK(said_to_message(made.port()).find("Message accepted") != std::string::npos);
    CHECK(made.owner().mailbox.accepted() == 1);
    CHECK(made.owner().sessions == 1);
    CHECK(server.owner().sessions == 0);
    said_to_message(server.port());
    CHECK(server.owner().mailbox.accepted() == 1);
    CHECK(made.owner().mailbox.accepted() == 1);
  }
}

TEST_CASE("three hundred doubles each serve a message, and go without a trace") {
  RunningServer server(scenario_of({}), 2);
  std::vector<std::unique_ptr<MadeDouble>> made;
  for (int i = 0; i < 300; ++i) made.push_back(std::make_unique<MadeDouble>(server, scenario_of({})));
  for (const auto& one : made) {
    REQUIRE(said_to_message(one->port()).find("Message accepted") != std::string::npos);
    REQUIRE(one->owner().mailbox.accepted() == 1);
  }
  for (auto& one : made) {
    const std::uint16_t port = one->port();
    const std::weak_ptr<Double> owner = one->shared_owner();
    one->end();
    REQUIRE(one->transcript(1).ends_with("   (closed)\n"));
    REQUIRE(is_refused(port));
    one.reset();
    REQUIRE(owner.expired());
  }
  said_to_message(server.port());
  CHECK(server.owner().mailbox.accepted() == 1);
}

TEST_CASE("doubles are made and ended by many threads at once") {
  RunningServer server(scenario_of({}), 2);
  std::atomic<int> in_all{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        MadeDouble made(server, scenario_of({}));
        said_to_message(made.port());
        made.end();
        in_all += static_cast<int>(made.owner().mailbox.accepted());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(in_all == 80);
}

TEST_CASE("a double whose address is taken is not made, and what it had bound is free again") {
  RunningServer server(scenario_of({}), 2);
  const auto owner = server.shared_owner();
  const ListenerAddress taken{server.bound().front().endpoint};
  const std::uint16_t free = MadeDouble(server, scenario_of({})).port();
  const ListenerAddress other{test::endpoint("127.0.0.1:" + std::to_string(free))};
  CHECK_THROWS_AS(
      DoubleListeners(server.loops(), owner, server.certificates(), {other, taken}, DoubleListeners::Share::OneLoop),
      CannotListen);
  CHECK(is_refused(free));
  CHECK_NOTHROW(
      DoubleListeners(server.loops(), owner, server.certificates(), {other}, DoubleListeners::Share::OneLoop));
}

TEST_CASE("the sessions of all doubles are told when the process stops") {
  RunningServer server(scenario_of({}), 2);
  MadeDouble made(server, scenario_of({}));
  TcpClient client(made.port());
  client.read_until("\r\n");
  server.stop();
  CHECK(client.read_all().starts_with("421 4.3.2 "));
  CHECK(made.owner().connections == 0);
  CHECK(is_refused(made.port()));
}

TEST_CASE("a double can be made before the loops run, and ended before and after") {
  RunningServer server(scenario_of({}), 2, {"127.0.0.1:0"}, RunningServer::Start::Later);
  MadeDouble ended(server, scenario_of({}));
  MadeDouble kept(server, scenario_of({}));
  ended.end();
  CHECK(is_refused(ended.port()));
  server.start();
  CHECK(said_to_message(kept.port()).find("Message accepted") != std::string::npos);
  server.stop();
  kept.end();
}

TEST_CASE("no double is made by loops that have been told to stop, and they end") {
  RunningServer server(scenario_of({}), 2);
  server.stop();
  CHECK_THROWS_AS(MadeDouble(server, scenario_of({})), CannotListen);
}

TEST_CASE("a double that is being made when the process stops keeps nobody waiting") {
  for (int i = 0; i < 20; ++i) {
    RunningServer server(scenario_of({}), 2);
    std::thread making([&server] {
      try {
        for (;;) MadeDouble(server, scenario_of({})).end();
      } catch (const CannotListen&) {
      }
    });
    said_to_message(server.port());
    server.stop();
    making.join();
  }
}
