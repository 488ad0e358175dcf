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
#include "journal/refused_attempts.hpp"
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

/// Counts what there is, from where it stopped the last time: everything that happens wakes it.
class Count {
 public:
  explicit Count(const Double& served) : served_(served) {}

  std::uint64_t operator()(const MessageQuery& query) {
    begin_anew_after_reset();
    if (query.is_for_all()) return served_.mailbox.accepted();
    for (auto slice = served_.mailbox.read(after_); !slice.empty(); slice = served_.mailbox.read(after_)) {
      for (const auto& message : slice) {
        if (why_not(query, *message, decoded_header_values).empty()) ++messages_;
        after_ = message->id;
      }
    }
    return messages_;
  }
  std::uint64_t operator()(const SessionQuery& query) {
    begin_anew_after_reset();
    if (query.is_for_all()) return served_.sessions_since_clear();
    for (auto slice = served_.journal.read(cursor_); !slice.empty(); slice = served_.journal.read(cursor_)) {
      for (const JournalEntry& entry : slice) sessions_.add(entry);
    }
    std::uint64_t count = 0;
    sessions_.for_each([&](const SessionSummary& session) {
      if (why_not(query, session).empty()) ++count;
    });
    return count;
  }
  std::uint64_t operator()(const RuleHits& hits) { return hits_of(served_, hits.rule).value_or(0); }

 private:
  void begin_anew_after_reset() {
    if (const std::uint64_t resets = served_.resets.load(); resets != resets_) {
      resets_ = resets;
      messages_ = 0;
      sessions_ = {};
    }
  }

  const Double& served_;
  std::uint64_t resets_ = served_.resets.load();
  std::uint64_t after_ = 0;
  std::uint64_t messages_ = 0;
  JournalCursor cursor_;
  SessionSummaries sessions_;
};

// Whoever waits leaves the time to those that something happens to.
Clock::time_point next_look(Clock::time_point begun) {
  constexpr auto least = std::chrono::milliseconds(2);
  constexpr auto most = std::chrono::milliseconds(250);
  const auto took = Clock::now() - begun;
  return begun + std::clamp<Clock::duration>(10 * took, least, most);
}

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

HttpResponse timed_out(const Progressed& progressed, const Wish& wish, const Double& served) {
  json::array nearest;
  if (const auto* query = std::get_if<MessageQuery>(&wish.what)) {
    for (const std::string& one : refused_attempts(served.journal, *query)) nearest.emplace_back(text(one));
  }
  for (const std::string& one : progressed.nearest) nearest.emplace_back(text(one));
  const std::string detail = "there " + std::string(progressed.count == 1 ? "is " : "are ") +
                             std::to_string(progressed.count) + " of the " + std::to_string(wish.count) +
                             " that were waited for";
  json::array errors{json::object{{"title", "Timed out"}, {"detail", text(detail)}}};
  return {.status = 408,
          .body = to_text(json::object{{"errors", std::move(errors)},
                                       {"count", progressed.count},
                                       {"nearest", std::move(nearest)},
                                       {"evicted", evicted_of(served)}})};
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
  const auto place = call.api.place_to_wait();
  if (place == nullptr) return too_many_waiting();
  const Clock::time_point deadline = Clock::now() + wish->patience;
  Count count(served);
  while (true) {
    const std::uint64_t seen = served.changes.version();
    const Clock::time_point begun = Clock::now();
    const bool is_last_look = served.changes.is_closed() || begun >= deadline;
    const bool is_enough = std::visit(count, wish->what) >= wish->count;
    Progressed progressed = is_enough || is_last_look ? std::visit(Look{served}, wish->what) : Progressed{};
    if (is_enough && progressed.count >= wish->count) {
      json::object answer = std::move(progressed.told);
      answer["count"] = progressed.count;
      answer["evicted"] = evicted_of(served);
      return {.body = to_text(answer)};
    }
    if (served.changes.is_closed()) return problem(404, "No such double", "the double was deleted meanwhile");
    if (is_last_look) return timed_out(progressed, *wish, served);
    served.changes.wait(seen, deadline);
    served.changes.rest(std::min(next_look(begun), deadline));
  }
}

}  // namespace smtp_double::handlers
