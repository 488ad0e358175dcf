#include <algorithm>
#include <memory>
#include <utility>

#include "admin/event_stream.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/query_json.hpp"
#include "admin/query_reader.hpp"

namespace smtp_double::handlers {

HttpResponse get_events(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  QueryReader query(call.request);
  auto after = query.number("after", 0, UINT64_MAX);
  if (auto wrong = query.finish()) return std::move(*wrong);
  if (!after) after = id_in(call.request.last_event_id);  // of a browser that has lost the stream
  const auto place = call.api.place_to_wait();
  if (place == nullptr) return too_many_waiting();
  const std::shared_ptr<Double> served = found->served;
  // What has never been told may be from another life of the program.
  const std::uint64_t last = served->journal.last_sequence();
  auto events = std::make_shared<EventStream>(served, std::min(after.value_or(last), last));
  bool has_begun = false;
  return {.content_type = "text/event-stream", .stream = [events, has_begun, place](std::string& out) mutable {
            // At once: what stands between, and the reader, see that it is open.
            if (!std::exchange(has_begun, true)) {
              out += ": live\n\n";
              return true;
            }
            return events->next(out);
          }};
}

}  // namespace smtp_double::handlers
