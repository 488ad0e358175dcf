// A request as octets: METHOD TARGET, a line with its content type, and the body.

#include <boost/json/parse.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "admin/admin_api.hpp"
#include "config/scenario_loader.hpp"
#include "require.hpp"
#include "support/single_double_host.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

std::string_view take_line(std::string_view& octets) {
  const std::size_t end = std::min(octets.find('\n'), octets.size());
  const std::string_view line = octets.substr(0, end);
  octets.remove_prefix(std::min(end + 1, octets.size()));
  return line;
}

HttpMethod method_called(std::string_view word) {
  for (const HttpMethod method : {HttpMethod::Get, HttpMethod::Post, HttpMethod::Put, HttpMethod::Delete}) {
    if (name(method) == word) return method;
  }
  return HttpMethod::Other;
}

Scenario scenario() {
  return std::move(
      *load_scenario("states: {per: [sender]}\nrules: [{name: a, at: rcpt, goto: up, reply: 450, expect: 2}]",
                     "fuzz.yaml")
           .scenario);
}

void record_something(Double& served) {
  auto message = std::make_shared<Message>();
  message->sender = "ann@example.com";
  message->recipients = {{"bob@example.com", ""}};
  message->content =
      "Subject: =?utf-8?q?x?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n";
  served.mailbox.add(message, 0, UINT64_MAX);
  served.journal.record({.kind = EntryKind::Opened, .session = 1, .received = "192.0.2.1"});
  served.journal.record(
      {.stage = Stage::Mail, .code = 250, .session = 1, .received = "MAIL FROM:<a@b>", .sent = "250 \xff\r\n"});
  served.journal.record({.kind = EntryKind::Closed, .session = 1});
}

// Nobody is to wait here: there is nobody who would wake him.
void shorten(HttpRequest& request) {
  if (!request.path.empty() && request.path.back() == "wait") request.path.back() = "verify";
}

void check(const HttpRequest& request, const HttpResponse& response) {
  require(response.status >= 200 && response.status < 600, "a status is one of HTTP");
  if (response.stream || response.content_type != "application/json" || response.status == 204) return;
  const auto value = boost::json::parse(response.body);
  if (response.status < 400) return;
  const auto& errors = value.at("errors").as_array();
  require(!errors.empty() || request.method == HttpMethod::Get, "an error says what is wrong");
  for (const auto& error : errors) {
    require(!error.at("title").as_string().empty() && !error.at("detail").as_string().empty(), "and says it in words");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view octets(reinterpret_cast<const char*>(data), size);
  const std::string_view first = take_line(octets);
  const std::size_t blank = first.find(' ');
  HttpRequest request;
  request.method = method_called(first.substr(0, blank));
  if (blank == std::string_view::npos || !read_target(first.substr(blank + 1), request)) return 0;
  shorten(request);
  request.content_type = take_line(octets);
  request.body = octets;

  static const Scenario served = scenario();
  test::SingleDoubleHost host(served);
  record_something(host.main());
  const AdminApi api(host, "0");
  check(request, api.answer(request));
  // Whatever was changed, it is whole.
  for (const char* target : {"/v1/doubles", "/v1/doubles/main/rules", "/v1/doubles/main/state", "/metrics"}) {
    HttpRequest next;
    read_target(target, next);
    const HttpResponse response = api.answer(next);
    require(response.status == 200, "the API goes on");
    check(next, response);
  }
  return 0;
}
