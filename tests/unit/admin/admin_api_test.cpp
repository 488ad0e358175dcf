#include "admin/admin_api.hpp"

#include <boost/json/parse.hpp>
#include <future>
#include <string>

#include "admin/event_stream.hpp"
#include "admin/json_text.hpp"
#include "support/catch.hpp"
#include "support/single_double_host.hpp"

using namespace smtp_double;

namespace {

constexpr const char* yaml = R"(
scenario: shop
rules:
  - {name: deferred, at: rcpt, times: 2, reply: 450}
  - {name: refused, at: data, reply: 554, goto: down, expect: 1}
)";

/// The API over doubles that nobody can connect to.
struct Asked {
  test::SingleDoubleHost host{*load_scenario(yaml, "shop.yaml").scenario};
  AdminApi api{host, "1.2.3"};

  HttpResponse ask(HttpMethod method, const std::string& target, const std::string& body = "",
                   const std::string& type = "application/json") {
    HttpRequest request;
    request.method = method;
    REQUIRE(read_target(target, request));
    request.body = body;
    request.content_type = type;
    return api.answer(request);
  }

  json::value get(const std::string& target) {
    const HttpResponse response = ask(HttpMethod::Get, target);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }
};

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

std::string first_error(const HttpResponse& response) {
  const json::value body = json::parse(response.body);
  return std::string(body.at("errors").at(0).at("detail").as_string());
}

std::string rule_names(const json::value& rules) {
  std::string names;
  for (const json::value& rule : rules.at("rules").as_array()) names += std::string(rule.at("name").as_string()) + ' ';
  return names;
}

std::shared_ptr<Message> message_from(const std::string& sender) {
  auto message = std::make_shared<Message>();
  message->session = 1;
  message->sender = sender;
  message->content = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHi\r\n";
  return message;
}

}  // namespace

TEST_CASE("a path that is none is 404, a method that a path has not is 405") {
  Asked asked;
  for (const char* target : {"/v2", "/v1", "/v1/doubles/", "/v1//doubles", "/v1/doubles/nobody", "/v1/doubles/main/x",
                             "/v1/doubles/main/messages/1/parts/", "/none.js", "/v1/library/none/none"}) {
    CAPTURE(target);
    CHECK(asked.ask(HttpMethod::Get, target).status == 404);
  }
  const HttpResponse response = asked.ask(HttpMethod::Delete, "/v1/doubles/main/scenario");
  CHECK(response.status == 405);
  CHECK(header(response, "Allow") == "GET, PUT");
}

TEST_CASE("readiness is the host's") {
  Asked asked;
  CHECK(asked.ask(HttpMethod::Get, "/readyz").status == 200);
  asked.host.ready = false;
  CHECK(asked.ask(HttpMethod::Get, "/readyz").status == 503);
  CHECK(asked.ask(HttpMethod::Get, "/livez").status == 200);
}

TEST_CASE("a bad scenario is told with every place, and changes nothing") {
  Asked asked;
  const HttpResponse response = asked.ask(HttpMethod::Put, "/v1/doubles/main/scenario",
                                          "rules:\n  - at: rcpt\n    replay: 550\n  - att: mail\n", "application/yaml");
  CHECK(response.status == 422);
  const json::value body = json::parse(response.body);
  const json::array& errors = body.at("errors").as_array();
  CHECK(errors.size() >= 2);
  CHECK(errors.at(0).at("line") == 3);
  CHECK(errors.at(0).at("pointer") == "/rules/0/replay");
  CHECK(asked.get("/v1/doubles/main/scenario").at("name") == "shop");
}

TEST_CASE("rules come on top, are replaced where they stand, and go") {
  Asked asked;
  asked.host.main().served()->progress.count_hit(0);
  const HttpResponse posted =
      asked.ask(HttpMethod::Post, "/v1/doubles/main/rules", R"({"name": "a b/c", "at": "mail", "reply": 451})");
  CHECK(posted.status == 201);
  CHECK(header(posted, "Location") == "/v1/doubles/main/rules/a%20b%2Fc");
  CHECK(rule_names(asked.get("/v1/doubles/main/rules")) == "a b/c deferred refused ");
  CHECK(asked.get("/v1/doubles/main/rules/deferred").at("hits") == 1);
  CHECK(rule_names(asked.get("/v1/doubles/main/rules?unused=true")) == "a b/c refused ");
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/rules", R"({"name": "refused", "at": "mail", "reply": 451})")
            .status == 409);
  CHECK(asked.ask(HttpMethod::Put, "/v1/doubles/main/rules/a%20b%2Fc", R"({"at": "rcpt", "reply": 452})").status ==
        200);
  CHECK(asked.get("/v1/doubles/main/rules/a%20b%2Fc").at("at").at(0) == "rcpt");
  CHECK(asked.ask(HttpMethod::Put, "/v1/doubles/main/rules/none", R"({"at": "rcpt", "reply": 452})").status == 404);
  CHECK(asked.ask(HttpMethod::Delete, "/v1/doubles/main/rules/a%20b%2Fc").status == 204);
  CHECK(asked.ask(HttpMethod::Delete, "/v1/doubles/main/rules/a%20b%2Fc").status == 404);
  CHECK(rule_names(asked.get("/v1/doubles/main/rules")) == "deferred refused ");
}

TEST_CASE("rules without a name get one each") {
  Asked asked;
  for (int i = 0; i < 2; ++i) {
    CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/rules", R"({"at": "mail", "reply": 451})").status == 201);
  }
  CHECK(rule_names(asked.get("/v1/doubles/main/rules")) == "posted-2 posted-1 deferred refused ");
}

TEST_CASE("a misspelt parameter is an error, and no filter that lets everything through") {
  Asked asked;
  const HttpResponse response = asked.ask(HttpMethod::Get, "/v1/doubles/main/messages?recipent=x");
  CHECK(response.status == 400);
  CHECK(first_error(response) == "unknown parameter 'recipent'; did you mean 'recipient'?");
  CHECK(asked.ask(HttpMethod::Get, "/v1/doubles/main/messages?limit=0").status == 400);
  CHECK(asked.ask(HttpMethod::Get, "/v1/doubles/main/sessions?outcome=good").status == 400);
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/wait", R"({"where": {"recipent": "x"}})").status == 400);
}

TEST_CASE("lists are paged, and texts compared as people read them") {
  Asked asked;
  for (const char* sender : {"a@x", "b@x", "c@y", "d@x"})
    asked.host.main().mailbox.add(message_from(sender), 0, 1'000'000);
  const json::value first = asked.get("/v1/doubles/main/messages?sender=*%40x&limit=2");
  CHECK(first.at("messages").as_array().size() == 2);
  CHECK(first.at("next") == 3);
  const json::value rest = asked.get("/v1/doubles/main/messages?sender=*%40x&limit=2&after=3");
  CHECK(rest.at("messages").at(0).at("sender") == "d@x");
  CHECK(rest.at("next").is_null());
  const json::value newest = asked.get("/v1/doubles/main/messages?sender=*%40x&limit=2&order=desc");
  CHECK(newest.at("messages").at(0).at("sender") == "d@x");
  CHECK(newest.at("next") == 2);
  const json::value oldest = asked.get("/v1/doubles/main/messages?sender=*%40x&limit=2&order=desc&after=2");
  CHECK(oldest.at("messages").as_array().size() == 1);
  CHECK(oldest.at("messages").at(0).at("sender") == "a@x");
  CHECK(oldest.at("next").is_null());
  CHECK(asked.get("/v1/doubles/main/messages?subject=Gr%C3%BC*").at("messages").as_array().size() == 4);
}

TEST_CASE("what is waited for may be there already, or comes at any moment") {
  Asked asked;
  asked.host.main().mailbox.add(message_from("a@x"), 0, 1'000'000);
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/wait", "{}").status == 200);
  auto waiting = std::async(std::launch::async, [&] {
    return asked.api.answer([] {
      HttpRequest request;
      request.method = HttpMethod::Post;
      read_target("/v1/doubles/main/wait", request);
      request.body = R"({"count": 2, "timeout": "60s"})";
      return request;
    }());
  });
  asked.host.main().mailbox.add(message_from("b@x"), 0, 1'000'000);
  CHECK(waiting.get().status == 200);
}

TEST_CASE("who waits in vain is told what came near") {
  Asked asked;
  asked.host.main().mailbox.add(message_from("a@x"), 0, 1'000'000);
  const HttpResponse response =
      asked.ask(HttpMethod::Post, "/v1/doubles/main/wait", R"({"timeout_ms": 0, "where": {"sender": "b@x"}})");
  CHECK(response.status == 408);
  CHECK(json::parse(response.body).at("nearest").at(0) == "message 1: sender is 'a@x', not 'b@x'");
}

TEST_CASE("closing the API ends who waits") {
  Asked asked;
  auto waiting = std::async(std::launch::async, [&] {
    HttpRequest request;
    request.method = HttpMethod::Post;
    read_target("/v1/doubles/main/wait", request);
    request.body = R"({"timeout": "5m"})";
    return asked.api.answer(request);
  });
  asked.api.close();
  CHECK(waiting.get().status >= 400);
  CHECK(asked.ask(HttpMethod::Get, "/livez").status == 503);
}

TEST_CASE("verify tells expected and actual") {
  Asked asked;
  const HttpResponse own = asked.ask(HttpMethod::Post, "/v1/doubles/main/verify");
  CHECK(own.status == 406);
  CHECK(json::parse(own.body).at("failed").at(0).at("expected") == "1 hit of rule 'refused'");
  asked.host.main().mailbox.add(message_from("a@x"), 0, 1'000'000);
  CHECK(asked
            .ask(HttpMethod::Post, "/v1/doubles/main/verify",
                 R"({"messages": {"count": 1, "where": {"sender": "a@*"}}, "hits": {"deferred": 0}, "unmatched": 0})")
            .status == 200);
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/verify", R"({"messages": {"count": {"min": 2}}})").status == 406);
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/verify", R"({"hits": {"none": 1}})").status == 406);
}

TEST_CASE("reset does away with what it names, and with sessions where they depend on it") {
  Asked asked;
  Double& served = asked.host.main();
  served.mailbox.add(message_from("a@x"), 0, 1'000'000);
  served.served()->progress.count_hit(0);
  REQUIRE(asked.ask(HttpMethod::Post, "/v1/doubles/main/rules", R"({"at": "mail", "reply": 451})").status == 201);
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/reset?what=mailbox").status == 204);
  CHECK(served.mailbox.messages().empty());
  CHECK(asked.host.closings == 0);
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/reset?what=progress").status == 204);
  CHECK(asked.host.closings == 1);
  CHECK(rule_names(asked.get("/v1/doubles/main/rules?unused=true")) == "posted-1 deferred refused ");
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/reset").status == 204);
  CHECK(rule_names(asked.get("/v1/doubles/main/rules")) == "deferred refused ");
  CHECK(asked.ask(HttpMethod::Post, "/v1/doubles/main/reset?what=everything").status == 400);
}

TEST_CASE("events tell of what happens, as it happens") {
  const auto served = std::make_shared<Double>(std::make_shared<const Scenario>(make_scenario({})));
  served->journal.record({.kind = EntryKind::Opened, .session = 1, .received = "192.0.2.1"});
  EventStream events(served, served->journal.last_sequence());
  served->journal.record({.stage = Stage::Mail, .code = 250, .session = 1, .received = "MAIL", .sent = "250 OK\r\n"});
  std::string out;
  REQUIRE(events.next(out));
  CHECK(out.starts_with("id: 2\nevent: entry\ndata: {\"sequence\":2,"));
  served->journal.record({.kind = EntryKind::Closed, .session = 1});
  out.clear();
  REQUIRE(events.next(out));
  CHECK(out.find("event: session\ndata: {\"id\":1,") != std::string::npos);
  CHECK(out.find("\"client\":\"192.0.2.1:0\"") != std::string::npos);
  served->resets.fetch_add(1);
  served->changes.notify();
  out.clear();
  REQUIRE(events.next(out));
  CHECK(out == "id: 3\nevent: reset\ndata: {}\n\n");
  served->changes.close();
  out.clear();
  CHECK_FALSE(events.next(out));
}

TEST_CASE("numbers are written as people write them") {
  CHECK(to_text(json::object{{"a", 11399.655}, {"b", 0.77}, {"c", 3}, {"d", {1, "x\n"}}, {"e", nullptr}}) ==
        R"({"a":11399.655,"b":0.77,"c":3,"d":[1,"x\n"],"e":null})");
}
