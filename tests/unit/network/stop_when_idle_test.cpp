#include <chrono>
#include <string>
#include <thread>

#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::RunningServer;
using test::scenario_of;
using test::TcpClient;
using test::whole_session;

TEST_CASE("a server that is to stop when idle hears all that was sent before, however it waits") {
  for (const unsigned threads : {1U, 2U}) {
    RunningServer server(scenario_of({}), threads, {"127.0.0.1:0"}, RunningServer::Start::Later);
    for (int i = 0; i < 50; ++i) TcpClient(server.port()).send(whole_session);
    server.start();
    server.stop_when_idle(1h);
    CHECK(server.owner().sessions == 50);
    CHECK(server.owner().mailbox.accepted() == 50);
  }
}

TEST_CASE("a server that is to stop when idle waits for a session that goes on") {
  RunningServer server(scenario_of({}));
  TcpClient client(server.port());
  client.read_until("\r\n");
  std::thread talk([&client] {
    client.send(whole_session);
    client.read_all();
  });
  server.stop_when_idle(1h);
  talk.join();
  CHECK(server.owner().mailbox.accepted() == 1);
}

TEST_CASE("patience has its end, and whoever is there then is told") {
  RunningServer server(scenario_of({}));
  TcpClient client(server.port());
  client.read_until("\r\n");
  std::string said;
  std::thread listen([&] { said = client.read_all(); });
  server.stop_when_idle(1ms);
  listen.join();
  CHECK(said.starts_with("421 4.3.2 "));
}
