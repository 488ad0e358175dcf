#include <utility>

#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/json_body.hpp"
#include "admin/problem.hpp"
#include "admin/scenario_body.hpp"

namespace smtp_double::handlers {

HttpResponse get_scenario(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  if (is_yaml(call.request.accept)) {
    return {.content_type = "application/yaml", .body = found->served->served()->scenario->yaml};
  }
  return {.body = to_text(scenario_object(*found->served))};
}

HttpResponse put_scenario(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  auto source = scenario_text_in(call.request);
  if (!source) return source.error();
  auto read = scenario_of(std::move(*source), call.api.host());
  if (!read) return read.error();
  found->served->replace(std::move(read->scenario));
  return {.body = with_warnings(scenario_object(*found->served), read->warnings)};
}

}  // namespace smtp_double::handlers
