#include "app/doubles.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"

using namespace smtp_double;
using test::RunningServer;
using test::TcpClient;

namespace {

std::shared_ptr<const Scenario> plain() {
  Scenario parts;
  parts.name = "plain";
  return std::make_shared<const Scenario>(make_scenario(std::move(parts)));
}

ServeSettings with_seed(std::optional<std::uint64_t> seed) {
  ServeSettings settings;
  settings.seed = seed;
  return settings;
}

struct Host {
  explicit Host(const ServeSettings& settings = {})
      : doubles(server.loops(), server.certificates(), ScenarioPreparation(settings, 100, server.certificates()),
                server.shared_owner(), server.bound(), std::make_shared<DoubleRegistry>()) {}

  HostedDouble made(NewDouble wanted) {
    wanted.scenario = plain();
    auto outcome = doubles.create(std::move(wanted));
    if (auto* error = std::get_if<HostError>(&outcome)) throw std::runtime_error(error->text);
    return std::get<HostedDouble>(std::move(outcome));
  }
  HostError refused(NewDouble wanted) {
    wanted.scenario = plain();
    return std::get<HostError>(doubles.create(std::move(wanted)));
  }

  RunningServer server{*plain(), 2};
  Doubles doubles;
};

std::string said_by(std::uint16_t port) {
  TcpClient client(port);
  client.send("QUIT\r\n");
  return client.read_all();
}

std::vector<std::string> names(const Doubles& doubles) {
  std::vector<std::string> all;
  for (const HostedDouble& hosted : doubles.all()) all.push_back(hosted.name);
  return all;
}

}  // namespace

TEST_CASE("main is one of the doubles, and stays") {
  Host host;
  const auto main = host.doubles.find("main");
  REQUIRE(main);
  CHECK(main->served == host.server.shared_owner());
  REQUIRE(main->listeners.size() == 1);
  CHECK(main->listeners.front().kind == "smtp");
  CHECK(main->listeners.front().address == "127.0.0.1:" + std::to_string(host.server.port()));
  CHECK(main->listeners.front().host == "127.0.0.1");
  CHECK(main->listeners.front().port == host.server.port());
  CHECK_FALSE(host.doubles.remove("main"));
  CHECK(names(host.doubles) == std::vector<std::string>{"main"});
  CHECK(host.doubles.is_ready());
}

TEST_CASE("a double serves when it is made, and has gone when it is removed") {
  Host host;
  const HostedDouble made = host.made({.name = "t1", .listen = {"smtp", "lmtp", "smtp"}});
  CHECK(made.name == "t1");
  REQUIRE(made.listeners.size() == 3);
  CHECK(made.listeners[1].kind == "lmtp");
  CHECK(said_by(made.listeners[0].port).starts_with("220 "));
  CHECK(said_by(made.listeners[2].port).starts_with("220 "));
  CHECK(made.served->sessions == 2);
  CHECK(names(host.doubles) == std::vector<std::string>{"main", "t1"});
  CHECK(host.doubles.find("t1")->served == made.served);
  CHECK(host.doubles.remove("t1"));
  CHECK(made.served->connections == 0);
  CHECK_THROWS(said_by(made.listeners[0].port));
  CHECK_FALSE(host.doubles.find("t1"));
  CHECK_FALSE(host.doubles.remove("t1"));
}

TEST_CASE("names are made up where none is given, and none is there twice") {
  Host host;
  host.made({.name = "d2", .listen = {"smtp"}});
  CHECK(host.made({.listen = {"smtp"}}).name == "d1");
  CHECK(host.made({.listen = {"smtp"}}).name == "d3");
  const HostError error = host.refused({.name = "d1", .listen = {"smtp"}});
  CHECK(error.kind == HostError::Kind::NameTaken);
  CHECK(error.text == "there is a double 'd1' already");
  CHECK(host.refused({.name = "main", .listen = {"smtp"}}).kind == HostError::Kind::NameTaken);
  CHECK(host.doubles.remove("d1"));
  CHECK(host.made({.name = "d1", .listen = {"smtp"}}).name == "d1");
}

TEST_CASE("a selector is of one double, which needs no listener") {
  using By = DoubleSelector::By;
  Host host;
  const HostedDouble made = host.made({.name = "t1", .select = DoubleSelector{By::Helo, "Worker.test"}});
  CHECK(made.listeners.empty());
  CHECK(made.select == DoubleSelector{By::Helo, "Worker.test"});
  const HostError error = host.refused({.name = "t2", .select = DoubleSelector{By::Helo, "worker.TEST"}});
  CHECK(error.kind == HostError::Kind::SelectorTaken);
  CHECK(error.text == "helo 'worker.TEST' selects double 't1' already");
  host.made({.name = "t2", .select = DoubleSelector{By::RecipientTag, "ann"}});
  host.made({.name = "t3", .select = DoubleSelector{By::RecipientTag, "Ann"}});
  host.made({.name = "t4", .select = DoubleSelector{By::AuthUser, "ann"}});
  CHECK(host.doubles.remove("t1"));
  host.made({.name = "t5", .select = DoubleSelector{By::Helo, "worker.test"}});
}

TEST_CASE("a double that cannot listen leaves its name to others") {
  RunningServer server(*plain());
  Doubles doubles(server.loops(), server.certificates(), ScenarioPreparation({}, 100, server.certificates()),
                  server.shared_owner(), {{test::endpoint("192.0.2.1:25")}}, std::make_shared<DoubleRegistry>());
  for (int i = 0; i < 2; ++i) {
    const auto outcome = doubles.create({.name = "t1", .scenario = plain(), .listen = {"smtp"}});
    const auto* error = std::get_if<HostError>(&outcome);
    REQUIRE(error != nullptr);
    CHECK(error->kind == HostError::Kind::CannotListen);
    CHECK(error->text == "cannot listen on 192.0.2.1:0: Cannot assign requested address");
  }
  CHECK(names(doubles) == std::vector<std::string>{"main"});
}

TEST_CASE("there is a bound on how many there are") {
  Host host;
  using By = DoubleSelector::By;
  for (std::size_t i = 0; i < Doubles::most; ++i)
    host.made({.select = DoubleSelector{By::AuthUser, std::to_string(i)}});
  CHECK(host.refused({}).kind == HostError::Kind::TooMany);
  CHECK(host.doubles.remove("d7"));
  CHECK(host.made({}).name == "d1001");
}

TEST_CASE("who makes a double of the same name at the same time is told, but for one") {
  Host host;
  std::atomic<int> made{0};
  std::atomic<int> removed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        auto outcome = host.doubles.create({.name = "t1", .scenario = plain(), .listen = {"smtp"}});
        if (std::holds_alternative<HostedDouble>(outcome)) ++made;
        if (host.doubles.remove("t1")) ++removed;
        host.doubles.all();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (host.doubles.remove("t1")) ++removed;
  CHECK(made > 0);
  CHECK(made == removed);
}

TEST_CASE("sessions of what is not served any more are closed by name of their double") {
  Host host;
  const HostedDouble made = host.made({.name = "t1", .listen = {"smtp"}});
  TcpClient client(made.listeners[0].port);
  client.read_until("\r\n");
  host.doubles.close_sessions(*made.served);
  client.send("NOOP\r\n");
  CHECK(client.read_until("\r\n") == "250 2.0.0 OK\r\n");
  made.served->replace(plain());
  host.doubles.close_sessions(*made.served);
  CHECK(made.served->connections == 0);
  CHECK(client.read_all().empty());
}

TEST_CASE("a scenario is prepared as one of the command line is") {
  Host given(with_seed(7));
  CHECK(given.doubles.prepare("seed: 3\n", "x.yaml").scenario->seed == 7);
  Host host;
  CHECK(host.doubles.prepare("seed: 3\n", "x.yaml").scenario->seed == 3);
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 8; ++i) drawn.insert(host.doubles.prepare("{}", "x.yaml").scenario->seed.value());
  CHECK(drawn.size() > 1);
  CHECK(host.doubles.prepare("{}", "a/posted.yaml").scenario->name == "posted");
  CHECK(host.doubles.prepare("{}", "x").scenario->server.limits.connections == 100);
  const LoadedScenario wrong = host.doubles.prepare("rules: [{at: rctp, reply: 550}]\n", "x.yaml");
  CHECK_FALSE(wrong.scenario);
  REQUIRE(wrong.diagnostics.size() == 1);
  CHECK(wrong.diagnostics.front().file == "x.yaml");
  CHECK(wrong.diagnostics.front().path == "rules[0].at");
  const LoadedScenario no_certificate =
      host.doubles.prepare("server: {tls: {certificate: {file: /nonexistent.pem}}}\n", "x.yaml");
  CHECK_FALSE(no_certificate.scenario);
  CHECK_FALSE(no_certificate.diagnostics.empty());
}

TEST_CASE("what is stopping is not ready") {
  Host host;
  host.server.loops().stop();
  CHECK_FALSE(host.doubles.is_ready());
  const HostError error = host.refused({.listen = {"smtp"}});
  CHECK(error.kind == HostError::Kind::CannotListen);
}
