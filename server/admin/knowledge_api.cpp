
#include "admin/handlers.hpp"
#include "admin/json_text.hpp"
#include "admin/problem.hpp"
#include "admin/query_reader.hpp"
#include "config/library.hpp"
#include "config/library_search.hpp"
#include "explain/explain.hpp"

namespace smtp_double::handlers {
namespace {

json::object entry_of(const LibraryScenario& scenario) {
  return {{"name", text(scenario.name)}, {"purpose", text(scenario.purpose)}};
}

}  // namespace

HttpResponse get_explanation(const ApiCall& call) {
  QueryReader query(call.request);
  const std::string reply = query.text("reply").value_or("");
  const std::string stage = query.text("stage").value_or("");
  if (auto wrong = query.finish()) return std::move(*wrong);
  const auto explained = explain(reply, stage);
  if (!explained) return problem(400, "Nothing to explain", explained.error());
  return {.body = to_json(*explained)};
}

HttpResponse get_stages(const ApiCall&) {
  json::array stages;
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto stage = static_cast<Stage>(i);
    json::array codes;
    for (const StageReply& reply : replies_at(stage)) codes.emplace_back(reply.code.value());
    stages.push_back(json::object{{"name", text(name(stage))}, {"codes", std::move(codes)}});
  }
  return {.body = to_text(json::object{{"stages", std::move(stages)}})};
}

HttpResponse get_library(const ApiCall&) {
  json::array scenarios;
  for (const LibraryScenario& scenario : library()) scenarios.emplace_back(entry_of(scenario));
  return {.body = to_text(json::object{{"scenarios", std::move(scenarios)}})};
}

HttpResponse get_library_scenario(const ApiCall& call) {
  std::string name;
  for (const std::string_view segment : call.parameters) name += (name.empty() ? "" : "/") + std::string(segment);
  const LibraryScenario* found = find_in_library(name);
  if (found == nullptr) return problem(404, "No such scenario", library_hint(name));
  json::object scenario = entry_of(*found);
  scenario["yaml"] = text(found->yaml);
  return {.body = to_text(scenario)};
}

}  // namespace smtp_double::handlers
