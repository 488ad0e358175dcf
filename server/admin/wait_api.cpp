#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/message_json.hpp"
#include "admin/query_json.hpp"
#include "admin/session_json.hpp"
#include "admin/unknown_rule.hpp"
#include "journal/verification.hpp"

// A long poll: the answer comes at the moment when what is waited for is there.

namespace smtp_double::handlers {
namespace {

using Clock = Changes::Clock;

constexpr auto usual_patience = std::chrono::seconds(10);
constexpr auto longest_patience = std::chrono::minutes(5);
constexpr std::size_t most_told = 1000;

struct RuleHits {
  std::string rule;
};

struct Wish {
  std::variant<MessageQuery, SessionQuery, RuleHits> what;
  std::uint64_t count = 1;
  std::chrono::microseconds patience = usual_patience;
};

/// How much of it there is by now.
struct Progressed {
  std::uint64_t count = 0;
  json::object told;  ///< what there is, for the answer
  std::vector<std::string> nearest;
};

struct Look {
  const Double& served;

  Progressed operator()(const MessageQuery& query) const {
    MessageAnswer answer = ask(served, query, most_told, decoded_header_values);
    json::array messages;
    for (const auto& message : answer.found) messages.emplace_back(summary_object(*message));
    return {answer.count, {{"messages", std::move(messages)}}, std::move(answer.nearest)};
  }
  Progressed operator()(const SessionQuery& query) const {
    SessionAnswer answer = ask(served, query, most_told);
    json::array sessions;
    for (const SessionSummary& session : answer.found) sessions.emplace_back(session_object(session));
    return {answer.count, {{"sessions", std::move(sessions)}}, std::move(answer.nearest)};
  }
  Progressed operator()(const RuleHits& hits) const {
    const std::uint64_t count = hits_of(served, hits.rule).value_or(0);
    return {count, {{"hits", count}}, {}};
  }
};

void read_patience(ObjectReader& reader, Wish& wish) {
  const auto in_ms = reader.duration("timeout_ms");
  const auto in_words = reader.duration("timeout");
  if (in_ms && in_words) reader.complain("timeout", "'timeout' and 'timeout_ms' are the same: give one of them");
  wish.patience = in_words.value_or(in_ms.value_or(usual_patience));
  if (wish.patience > longest_patience) {
    reader.complain(in_words ? "timeout" : "timeout_ms", "nobody waits for more than 5 minutes");
  }
}

boost::system::result<Wish, HttpResponse> read_wish(const json::object& body) {
  std::vector<Problem> wrong;
  ObjectReader reader(body, wrong);
  Wish wish;
  const std::string what = reader.text("for").value_or("messages");
  wish.count = reader.number("count").value_or(1);
  read_patience(reader, wish);
  const json::object* given = reader.object("where");
  const json::object none;
  const json::object& object = given != nullptr ? *given : none;
  ObjectReader where(object, wrong, "/where");
  if (what == "messages") {
    wish.what = read_message_query(where, object);
  } else if (what == "sessions") {
    wish.what = read_session_query(where);
  } else if (what == "hits") {
    const auto rule = where.text("rule");
    if (!rule) where.complain("rule", "'rule' is to be the name of a rule");
    wish.what = RuleHits{rule.value_or("")};
  } else {
    reader.complain("for", "'for' is messages, sessions or hits");
  }
  if (what == "messages" || what == "sessions" || what == "hits") where.finish();
  reader.finish();
  if (!wrong.empty()) return problems(400, wrong);
  return wish;
}

HttpResponse timed_out(const Progressed& progressed, const Wish& wish) {
  json::array nearest;
  for (const std::string& one : progressed.nearest) nearest.emplace_back(text(one));
  const std::string detail = "there " + std::string(progressed.count == 1 ? "is " : "are ") +
                             std::to_string(progressed.count) + " of the " + std::to_string(wish.count) +
                             " that were waited for";
  json::array errors{json::object{{"title", "Timed out"}, {"detail", text(detail)}}};
  return {.status = 408,
          .body = to_text(json::object{
              {"errors", std::move(errors)}, {"count", progressed.count}, {"nearest", std::move(nearest)}})};
}

}  // namespace

HttpResponse post_wait(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto body = json_object_in(call.request);
  if (!body) return body.error();
  const auto wish = read_wish(*body);
  if (!wish) return wish.error();
  Double& served = *found->served;
  if (const auto* hits = std::get_if<RuleHits>(&wish->what); hits != nullptr && !hits_of(served, hits->rule)) {
    return no_such_rule(*served.served()->scenario, hits->rule, "/where/rule");
  }
  const Clock::time_point deadline = Clock::now() + wish->patience;
  while (true) {
    const std::uint64_t seen = served.changes.version();
    Progressed progressed = std::visit(Look{served}, wish->what);
    if (progressed.count >= wish->count) {
      json::object answer = std::move(progressed.told);
      answer["count"] = progressed.count;
      answer["evicted"] = evicted_of(served);
      return {.body = to_text(answer)};
    }
    if (served.changes.is_closed()) return problem(404, "No such double", "the double was deleted meanwhile");
    if (Clock::now() >= deadline) return timed_out(progressed, *wish);
    served.changes.wait(seen, deadline);
  }
}

}  // namespace smtp_double::handlers
