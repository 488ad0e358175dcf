#include "admin/http_server.hpp"

#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include "admin/problem.hpp"
#include "admin/worker_pool.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t most_threads = 512;
constexpr int backlog = 1024;
constexpr auto stopping_time = std::chrono::milliseconds(1500);
constexpr std::size_t requests_per_connection = 10'000;
constexpr time_t idle_seconds = 1;      // of a connection, between requests; stopping waits for it
constexpr time_t patience_seconds = 3;  // with a client that does not send, or does not read

class Workers : public httplib::TaskQueue {
 public:
  // void in older versions of the library, bool in newer ones.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue({}));

  Enqueued enqueue(std::function<void()> work) override {
    pool_.add(std::move(work));
    return Enqueued(true);
  }
  void shutdown() override { pool_.finish(); }

 private:
  WorkerPool pool_{most_threads};
};

HttpMethod method_of(const std::string& word) {
  constexpr std::array<std::pair<std::string_view, HttpMethod>, 5> methods{{{"GET", HttpMethod::Get},
                                                                            {"HEAD", HttpMethod::Get},
                                                                            {"POST", HttpMethod::Post},
                                                                            {"PUT", HttpMethod::Put},
                                                                            {"DELETE", HttpMethod::Delete}}};
  for (const auto& [known, method] : methods) {
    if (word == known) return method;
  }
  return HttpMethod::Other;
}

std::string content_type_of(const httplib::Request& request) {
  const std::string value = request.get_header_value("Content-Type");
  std::string type = lowered(std::string_view(value).substr(0, value.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  return type;
}

HttpRequest converted(const httplib::Request& from) {
  HttpRequest request;
  request.method = method_of(from.method);
  request.content_type = content_type_of(from);
  request.accept = from.get_header_value("Accept");
  request.last_event_id = from.get_header_value("Last-Event-ID");
  request.if_none_match = from.get_header_value("If-None-Match");
  return request;
}

Caller caller_of(const httplib::Request& request) {
  return {request.get_header_value("Host"), request.get_header_value("Origin"),
          request.get_header_value("Sec-Fetch-Site"), request.get_header_value("Authorization")};
}

void answer_with(HttpResponse from, httplib::Response& response) {
  response.status = from.status;
  for (const auto& [name, value] : from.headers) response.set_header(name, value);
  if (from.stream) {
    response.set_header("Cache-Control", "no-store");
    response.set_chunked_content_provider(from.content_type,
                                          [stream = std::move(from.stream)](std::size_t, httplib::DataSink& sink) {
                                            std::string octets;
                                            const bool goes_on = stream(octets);
                                            if (!octets.empty() && !sink.write(octets.data(), octets.size()))
                                              return false;
                                            if (!goes_on) sink.done();
                                            return true;
                                          });
    return;
  }
  if (from.status == 204 || from.status == 304) return;
  response.set_content(from.body, from.content_type);
}

HttpResponse too_large() { return problem(413, "Body too large", "a body may have 4 MiB"); }

bool announces_too_much(const httplib::Request& request) {
  const std::string value = request.get_header_value("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  return error == std::errc::result_out_of_range || (error == std::errc() && length > HttpServer::largest_body);
}

// Wakes threads that wait for clients that neither send nor go: the library does not know their sockets.
void shut_down_clients(std::uint16_t port) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
    const int socket = std::atoi(entry.path().filename().c_str());
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) continue;
    const bool is_ours = (address.ss_family == AF_INET || address.ss_family == AF_INET6) &&
                         reinterpret_cast<const sockaddr_in*>(&address)->sin_port == htons(port);
    if (is_ours) shutdown(socket, SHUT_RDWR);
  }
}

}  // namespace

struct HttpServer::Implementation {
  Implementation(AdminAccess who, Handler to_call) : access(std::move(who)), handler(std::move(to_call)) {
    server.new_task_queue = [] { return new Workers; };
    server.set_socket_options([this](socket_t socket) { set_options(socket); });
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(requests_per_connection);
    server.set_keep_alive_timeout(idle_seconds);
    server.set_read_timeout(patience_seconds);
    server.set_write_timeout(patience_seconds);
    server.set_payload_max_length(largest_body);
    server.set_default_headers({{"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}});
    // Before the body is read, and before the library matches the path by a regular expression.
    server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return judge(request, response) ? httplib::Server::HandlerResponse::Handled
                                      : httplib::Server::HandlerResponse::Unhandled;
    });
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response);
    };
    server.Get(".*", answer).Post(".*", answer).Put(".*", answer).Delete(".*", answer);
    server.set_error_handler([](const httplib::Request&, httplib::Response& response) { explain(response); });
  }

  // Without SO_REUSEPORT, which the library would set: a second server on the same port is a mistake.
  void set_options(socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    listening = socket;
  }

  // Whether it has been answered.
  bool judge(const httplib::Request& from, httplib::Response& response) const {
    // Parts of answers are nobody's need, and thousands of them in one header would be everybody's memory.
    const_cast<httplib::Request&>(from).ranges.clear();
    std::optional<HttpResponse> answer;
    HttpRequest request = converted(from);
    if (from.target.size() > longest_target) {
      answer = problem(414, "Target too long", "the request target may have 4096 octets");
    } else if (!read_target(from.target, request)) {
      answer = problem(400, "Bad target", "the request target has a '%' that no two hexadecimal digits follow");
    } else if (from.has_header("Transfer-Encoding")) {
      answer = problem(411, "Length needed", "a body comes with its Content-Length: the library bounds no other");
    } else if (from.get_header_value_count("Host") > 1) {
      answer = problem(400, "Two hosts", "the request has more than one Host header");
    } else if (request.content_type.starts_with("multipart/")) {
      answer = problem(415, "Wrong content type", "a body is JSON or YAML, not '" + request.content_type + "'");
    } else {
      answer = refusal(access, caller_of(from), request);
    }
    // The library would wait for all of it, to throw it away.
    if (!answer && announces_too_much(from)) answer = too_large();
    // No route has it: who is asked says which it has.
    if (!answer && request.method == HttpMethod::Other) answer = handler(request);
    if (answer) {
      response.set_header("Connection", "close");  // a body that nobody reads may follow
      answer_with(std::move(*answer), response);
      return true;
    }
    // The library would wait for a body that nobody sends.
    const bool has_body = from.has_header("Content-Length");
    if (!has_body) serve(from, response);
    return !has_body;
  }

  void serve(const httplib::Request& from, httplib::Response& response) const {
    HttpRequest request = converted(from);
    read_target(from.target, request);
    request.body = from.body;
    try {
      answer_with(handler(request), response);
    } catch (const std::exception& error) {
      answer_with(problem(500, "Internal error", error.what()), response);
    }
  }

  // What the library refuses by itself has no body yet.
  static void explain(httplib::Response& response) {
    if (!response.body.empty()) return;
    switch (response.status) {
      case 413: answer_with(too_large(), response); return;
      case 404: answer_with(problem(404, "Not found", "there is no such resource"), response); return;
      default: answer_with(problem(response.status, "Bad request", "the request cannot be read"), response);
    }
  }

  void end() {
    {
      const std::lock_guard lock(mutex);
      ended = true;
    }
    has_ended.notify_all();
  }

  // For a moment at the least.
  bool wait_for_end(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex);
    const auto least = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    return has_ended.wait_until(lock, std::max(until, least), [this] { return ended.load(); });
  }

  AdminAccess access;
  Handler handler;
  httplib::Server server;
  socket_t listening = INVALID_SOCKET;
  std::atomic<bool> ended{false};
  std::mutex mutex;
  std::condition_variable has_ended;
  std::thread thread;
};

HttpServer::HttpServer(const std::string& host, std::uint16_t port, AdminAccess access, Handler handler)
    : implementation_(std::make_unique<Implementation>(std::move(access), std::move(handler))) {
  httplib::Server& server = implementation_->server;
  errno = 0;
  const int bound = port == 0 ? server.bind_to_any_port(host) : (server.bind_to_port(host, port) ? port : -1);
  if (bound <= 0) {
    const int why = errno != 0 ? errno : EADDRNOTAVAIL;
    const std::string shown = host.find(':') != std::string::npos ? '[' + host + ']' : host;
    throw CannotServe(std::error_code(why, std::generic_category()),
                      "cannot listen on " + shown + ':' + std::to_string(port));
  }
  port_ = static_cast<std::uint16_t>(bound);
  listen(implementation_->listening, backlog);  // the library's own is 5
}

HttpServer::~HttpServer() {
  if (!implementation_->thread.joinable()) return;
  // Told to stop before it runs, the library does not hear it.
  while (!implementation_->server.is_running() && !implementation_->ended) std::this_thread::yield();
  implementation_->server.stop();
  // Who is being answered has a moment to be told so.
  const auto patience = std::chrono::steady_clock::now() + stopping_time;
  while (!implementation_->wait_for_end(patience)) shut_down_clients(port_);
  implementation_->thread.join();
}

void HttpServer::start() {
  Implementation& server = *implementation_;
  server.thread = std::thread([&server] {
    server.server.listen_after_bind();
    server.end();
  });
}

}  // namespace smtp_double
