#include "app/bound_addresses.hpp"

#include <fstream>
#include <iterator>

#include "app/port_file.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

Endpoint endpoint(const char* text) { return std::get<Endpoint>(Endpoint::parse(text)); }

const std::vector<ListenerAddress>& listeners() {
  static const std::vector<ListenerAddress> all{{endpoint("127.0.0.1:24"), ListenerKind::Lmtp},
                                                {endpoint("[::1]:25"), ListenerKind::Smtp},
                                                {endpoint("unix:/run/s"), ListenerKind::Smtp}};
  return all;
}

}  // namespace

TEST_CASE("the admin port is named behind all listeners, where there is one") {
  const auto text = [](const Endpoint& it) { return to_string(it); };
  CHECK(by_kind({listeners()}, text) == std::vector<std::string>{"smtp=[::1]:25,unix:/run/s", "lmtp=127.0.0.1:24"});
  CHECK(by_kind({listeners(), endpoint("127.0.0.1:8025")}, text) ==
        std::vector<std::string>{"smtp=[::1]:25,unix:/run/s", "lmtp=127.0.0.1:24", "admin=127.0.0.1:8025"});
}

TEST_CASE("the port file has a line for the admin port") {
  const Folder folder({});
  const std::string path = folder.file("ports");
  CHECK(write_port_file(path, {listeners(), endpoint("127.0.0.1:8025")}).empty());
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "smtp=25,/run/s\nlmtp=24\nadmin=8025\n");
}
