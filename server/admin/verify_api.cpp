#include <utility>

#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/query_json.hpp"
#include "admin/unknown_rule.hpp"
#include "journal/verification.hpp"

namespace smtp_double::handlers {
namespace {

// Where an expectation of a request is: it has no file.
const SourcePlace nowhere{};

/// What a request expects.
struct Wanted {
  struct Messages {
    ExpectedCount count;
    MessageQuery where;
  };
  struct Sessions {
    ExpectedCount count;
    SessionQuery where;
  };
  struct Hits {
    std::string rule;
    ExpectedCount count;
  };

  std::optional<Messages> messages;
  std::optional<Sessions> sessions;
  std::vector<Hits> hits;
  Expectations rest;
  bool is_scenarios_own = false;
};

/// 2, or {"min": 1, "max": 3}.
std::optional<ExpectedCount> read_count(ObjectReader& reader, std::string_view key, std::vector<Problem>& wrong) {
  const json::value* value = reader.member(key);
  if (value == nullptr) return std::nullopt;
  ExpectedCount expected{{}, nowhere};
  if (const json::object* range = value->if_object()) {
    ObjectReader bounds(*range, wrong, reader.pointer_to(key));
    expected.range.min = bounds.number("min").value_or(0);
    const auto most = bounds.number("max");
    expected.range.max = most;
    if (most && *most < expected.range.min) {
      bounds.complain("max", "'max' is less than 'min'");
    }
    bounds.finish();
    return expected;
  }
  const auto exactly = reader.number(key);
  if (!exactly) return std::nullopt;
  expected.range.min = *exactly;
  expected.range.max = exactly;
  return expected;
}

template <class Counted, class Read>
std::optional<Counted> read_counted(ObjectReader& reader, std::string_view key, std::vector<Problem>& wrong,
                                    Read read_where) {
  const json::value* value = reader.member(key);
  if (value == nullptr) return std::nullopt;
  const auto has = [value](const char* member) { return value->is_object() && value->get_object().contains(member); };
  if (value->is_number() || has("min") || has("max")) {  // all of them
    const auto count = read_count(reader, key, wrong);
    return count ? std::optional(Counted{*count, {}}) : std::nullopt;
  }
  const json::object* object = reader.object(key);
  if (object == nullptr) return std::nullopt;
  ObjectReader members(*object, wrong, reader.pointer_to(key));
  const auto count = read_count(members, "count", wrong);
  Counted counted{count.value_or(ExpectedCount{{1, std::nullopt}, nowhere}), {}};
  if (const json::object* where = members.object("where")) {
    ObjectReader parts(*where, wrong, members.pointer_to("where"));
    counted.where = read_where(parts, *where);
    parts.finish();
  }
  members.finish();
  return counted;
}

void read_hits(ObjectReader& reader, std::vector<Problem>& wrong, Wanted& wanted) {
  const json::object* object = reader.object("hits");
  if (object == nullptr) return;
  ObjectReader rules(*object, wrong, "/hits");
  for (const auto& [key, value] : *object) {
    const std::string_view name(key.data(), key.size());
    if (const auto count = read_count(rules, name, wrong)) wanted.hits.push_back({std::string(name), *count});
  }
}

void read_commands(ObjectReader& reader, Wanted& wanted) {
  if (const auto sequence = reader.texts("sequence"); sequence && !sequence->empty()) {
    ExpectedSequence expected;
    for (const std::string& command : *sequence) expected.commands.emplace_back(command);
    wanted.rest.sequences.push_back(std::move(expected));
  }
  if (const auto never = reader.texts("never")) {
    for (const std::string& command : *never) wanted.rest.never.push_back({CommandPattern(command), nowhere});
  }
}

boost::system::result<Wanted, HttpResponse> read_wanted(const json::object& body) {
  std::vector<Problem> wrong;
  ObjectReader reader(body, wrong);
  Wanted wanted;
  wanted.is_scenarios_own = body.empty();
  wanted.messages = read_counted<Wanted::Messages>(
      reader, "messages", wrong,
      [](ObjectReader& where, const json::object& object) { return read_message_query(where, object); });
  wanted.sessions = read_counted<Wanted::Sessions>(
      reader, "sessions", wrong, [](ObjectReader& where, const json::object&) { return read_session_query(where); });
  read_hits(reader, wrong, wanted);
  read_commands(reader, wanted);
  wanted.rest.unmatched = read_count(reader, "unmatched", wrong);
  reader.finish();
  if (!wrong.empty()) return problems(400, wrong);
  return wanted;
}

std::optional<FailedExpectation> verify_hits(const Wanted::Hits& wanted, const Double& served) {
  const std::string expected = to_string(wanted.count.range, "hit") + " of rule '" + wanted.rule + "'";
  const auto hits = hits_of(served, wanted.rule);
  if (!hits) return FailedExpectation{nowhere, expected, unknown_rule(*served.served()->scenario, wanted.rule)};
  if (wanted.count.range.holds(*hits)) return std::nullopt;
  return FailedExpectation{nowhere, expected, there_were(*hits)};
}

std::vector<FailedExpectation> verify_all(const Wanted& wanted, const Double& served) {
  if (wanted.is_scenarios_own) return verify(served);
  std::vector<FailedExpectation> failed = verify(wanted.rest, served);
  const auto add = [&](std::optional<FailedExpectation> one) {
    if (one) failed.push_back(std::move(*one));
  };
  if (wanted.messages) add(verify(wanted.messages->count, wanted.messages->where, served, decoded_header_values));
  if (wanted.sessions) add(verify(wanted.sessions->count, wanted.sessions->where, served));
  for (const Wanted::Hits& hits : wanted.hits) add(verify_hits(hits, served));
  return failed;
}

std::string place_of(const FailedExpectation& failed) {
  return failed.place.file.empty() ? "" : failed.place.file + ':' + std::to_string(failed.place.line);
}

// A diff for people: what was expected, what was there, and what came near.
std::string text_of(const std::vector<FailedExpectation>& failed) {
  std::string text;
  for (const FailedExpectation& one : failed) {
    const std::string place = place_of(one);
    text += "expected " + one.expected + (place.empty() ? "" : "  (" + place + ')') + "\n but     " + one.actual + '\n';
    for (const std::string& near : one.nearest) text += "         " + near + '\n';
  }
  return text;
}

json::object object_of(const FailedExpectation& failed) {
  json::array nearest;
  for (const std::string& one : failed.nearest) nearest.emplace_back(text(one));
  return {{"expected", text(failed.expected)},
          {"actual", text(failed.actual)},
          {"place", text_or_null(std::string_view(place_of(failed)))},
          {"unknowable", failed.is_unknowable},
          {"nearest", std::move(nearest)}};
}

HttpResponse not_as_expected(const std::vector<FailedExpectation>& failed, const Double& served) {
  json::array list;
  json::array errors;
  for (const FailedExpectation& one : failed) {
    list.emplace_back(object_of(one));
    errors.push_back(json::object{{"title", "Not as expected"},
                                  {"detail", text("expected " + one.expected + ", but " + one.actual)}});
  }
  return {.status = 406,
          .body = to_text(json::object{{"errors", std::move(errors)},
                                       {"verified", false},
                                       {"failed", std::move(list)},
                                       {"text", text(text_of(failed))},
                                       {"evicted", evicted_of(served)}})};
}

}  // namespace

HttpResponse post_verify(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto body = json_object_in(call.request);
  if (!body) return body.error();
  const auto wanted = read_wanted(*body);
  if (!wanted) return wanted.error();
  const auto failed = verify_all(*wanted, *found->served);
  if (call.request.accept == "text/plain") {
    return {.status = failed.empty() ? 200 : 406,
            .content_type = "text/plain; charset=utf-8",
            .body = failed.empty() ? "as expected\n" : text_of(failed)};
  }
  if (!failed.empty()) return not_as_expected(failed, *found->served);
  return {.body = to_text(json::object{{"verified", true}, {"evicted", evicted_of(*found->served)}})};
}

}  // namespace smtp_double::handlers
