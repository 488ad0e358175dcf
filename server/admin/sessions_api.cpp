#include <algorithm>
#include <array>
#include <utility>

#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/query_json.hpp"
#include "admin/session_json.hpp"
#include "journal/transcript.hpp"

namespace smtp_double::handlers {
namespace {

HttpResponse no_such_session(std::string_view id) {
  return problem(404, "No such session", "the journal has nothing of a session " + std::string(id));
}

/// A page of the sessions, which are by number.
struct Page {
  std::uint64_t limit = usual_page;
  std::uint64_t after = 0;
  bool newest_first = false;
};

json::object page_of(std::vector<SessionSummary> sessions, const SessionQuery& wanted, const Page& page) {
  if (page.newest_first) std::ranges::reverse(sessions);
  json::array found;
  json::value next = nullptr;
  std::uint64_t last = 0;
  for (const SessionSummary& session : sessions) {
    const bool is_past =
        page.newest_first ? page.after != 0 && session.number >= page.after : session.number <= page.after;
    if (is_past || !why_not(wanted, session).empty()) continue;
    if (found.size() == page.limit) {
      next = last;
      break;
    }
    found.emplace_back(session_object(session));
    last = session.number;
  }
  return {{"sessions", std::move(found)}, {"next", std::move(next)}};
}

}  // namespace

HttpResponse get_sessions(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  constexpr std::array<std::string_view, 2> orders{"asc", "desc"};
  QueryReader query(call.request);
  Page page;
  page.limit = query.page_limit();
  page.after = query.number("after", 0, UINT64_MAX).value_or(0);
  page.newest_first = query.one_of("order", orders) == "desc";
  const SessionQuery wanted = read_session_query(query);
  if (auto wrong = query.finish()) return std::move(*wrong);
  json::object answer = page_of(summarize_sessions(found->served->journal), wanted, page);
  answer["evicted"] = evicted_of(*found->served);
  return {.body = to_text(answer)};
}

HttpResponse delete_sessions(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  found->served->clear_journal();
  found->served->resets.fetch_add(1);
  found->served->changes.notify();
  return {.status = 204};
}

HttpResponse get_session(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto id = id_in(call.parameters[1]);
  const auto session = id ? read_session(found->served->journal, *id) : std::nullopt;
  if (!session) return no_such_session(call.parameters[1]);
  json::object object = session_object(session->summary);
  json::array entries;
  for (const EntryRecord& record : session->entries) {
    entries.emplace_back(entry_object(record.entry, record.left_octets));
  }
  object["entries"] = std::move(entries);
  object["evicted"] = evicted_of(*found->served);
  return {.body = to_text(object)};
}

HttpResponse get_transcript(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto id = id_in(call.parameters[1]);
  std::string text =
      id ? explained_transcript(found->served->journal, *id, *found->served->served()->scenario) : std::string();
  if (text.empty()) return no_such_session(call.parameters[1]);
  return {.content_type = "text/plain; charset=utf-8", .body = std::move(text)};
}

HttpResponse get_unmatched(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  QueryReader query(call.request);
  const std::uint64_t limit = query.page_limit();
  if (auto wrong = query.finish()) return std::move(*wrong);
  json::array list;
  for (const Unmatched& one : last_unmatched(found->served->journal, limit)) list.emplace_back(unmatched_object(one));
  return {.body = to_text(json::object{{"unmatched", std::move(list)}, {"evicted", evicted_of(*found->served)}})};
}

}  // namespace smtp_double::handlers
