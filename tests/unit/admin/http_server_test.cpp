#include "admin/http_server.hpp"

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "admin/problem.hpp"
#include "admin/worker_pool.hpp"
#include "support/catch.hpp"
#include "support/tcp_client.hpp"

using namespace smtp_double;

namespace {

HttpResponse echo(const HttpRequest& request) {
  std::string path;
  for (const std::string& segment : request.path) path += '/' + segment;
  return {.content_type = "text/plain", .body = std::string(name(request.method)) + path + '|' + request.body};
}

std::string answer_to(const HttpServer& server, const std::string& octets) {
  test::TcpClient client(server.port());
  client.send(octets);
  return client.read_all();
}

std::string request(const std::string& line, const std::string& headers = "", const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + headers +
         (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + body;
}

bool has_status(const std::string& answer, int status) {
  return answer.starts_with("HTTP/1.1 " + std::to_string(status) + ' ');
}

}  // namespace

TEST_CASE("requests are handed over and answered") {
  HttpServer server("127.0.0.1", 0, {}, echo);
  server.start();
  const std::string answer = answer_to(server, request("POST /a/b%20c", "", "the body"));
  CHECK(has_status(answer, 200));
  CHECK(answer.ends_with("POST/a/b c|the body"));
  CHECK(answer.find("X-Content-Type-Options: nosniff") != std::string::npos);
  CHECK(answer_to(server, request("GET /x")).ends_with("GET/x|"));
  CHECK(answer_to(server, request("PUT /x", "", "1")).ends_with("PUT/x|1"));
  CHECK(answer_to(server, request("DELETE /x")).ends_with("DELETE/x|"));
  CHECK(answer_to(server, request("HEAD /x")).ends_with("\r\n\r\n"));
}

TEST_CASE("a port that is taken is a clear error") {
  const HttpServer first("127.0.0.1", 0, {}, echo);
  CHECK_THROWS_WITH(HttpServer("127.0.0.1", first.port(), {}, echo),
                    "cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": Address already in use");
}

TEST_CASE("what cannot be taken is refused, with the reason") {
  HttpServer server("127.0.0.1", 0, {}, echo);
  server.start();
  CHECK(has_status(answer_to(server, request("GET /%zz")), 400));
  CHECK(answer_to(server, request("PATCH /x")).ends_with("/x|"));  // as a method that no route has
  CHECK(has_status(answer_to(server, request("GET /x", "Host: localhost\r\n")), 400));
  CHECK(has_status(answer_to(server, request("GET /" + std::string(5000, 'x'))), 414));
  CHECK(
      has_status(answer_to(server, request("POST /x", "Content-Type: multipart/form-data; boundary=b\r\n", "1")), 415));
  CHECK(has_status(answer_to(server, "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n"), 400));
  CHECK(has_status(answer_to(server, "GET /x HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), 403));
  const std::string large =
      answer_to(server, "POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5000000\r\n\r\n");
  CHECK(has_status(large, 413));
  CHECK(large.find("4 MiB") != std::string::npos);
}

TEST_CASE("what a handler throws is an answer, too") {
  HttpServer server("127.0.0.1", 0, {}, [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("oops"); });
  server.start();
  const std::string answer = answer_to(server, request("GET /"));
  CHECK(has_status(answer, 500));
  CHECK(answer.find("oops") != std::string::npos);
}

TEST_CASE("a stream goes on until it has no more") {
  HttpServer server("127.0.0.1", 0, {}, [](const HttpRequest&) {
    auto left = std::make_shared<int>(3);
    return HttpResponse{.content_type = "text/event-stream", .stream = [left](std::string& out) {
                          out += "data: " + std::to_string(*left) + "\n\n";
                          return --*left > 0;
                        }};
  });
  server.start();
  const std::string answer = answer_to(server, request("GET /"));
  CHECK(answer.find("data: 3\n\n") < answer.find("data: 1\n\n"));
  CHECK(answer.ends_with("0\r\n\r\n"));
}

TEST_CASE("a request that takes long keeps no other one waiting") {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  HttpServer server("127.0.0.1", 0, {}, [released](const HttpRequest& request) {
    if (request.path.front() == "slow") released.wait();
    return echo(request);
  });
  server.start();
  std::vector<std::future<std::string>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::async(std::launch::async, [&] { return answer_to(server, request("GET /slow")); }));
  }
  CHECK(answer_to(server, request("GET /fast")).ends_with("GET/fast|"));
  release.set_value();
  for (auto& answer : slow) CHECK(answer.get().ends_with("GET/slow|"));
}

TEST_CASE("a server that never started, or has just, can be destroyed") {
  const HttpServer idle("127.0.0.1", 0, {}, echo);
  for (int i = 0; i < 20; ++i) {
    HttpServer server("127.0.0.1", 0, {}, echo);
    server.start();
  }
}

TEST_CASE("a pool does all that it was given before it ends, on no more threads than it may have") {
  std::atomic<int> done{0};
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  {
    WorkerPool pool(3);
    for (int i = 0; i < 200; ++i) {
      pool.add([&] {
        const int now = ++at_once;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --at_once;
        ++done;
      });
    }
  }
  CHECK(done == 200);
  CHECK(most <= 3);
}
