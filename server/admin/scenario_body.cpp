#include "admin/scenario_body.hpp"

#include <utility>

#include "admin/json_body.hpp"
#include "admin/problem.hpp"
#include "config/library_search.hpp"

namespace smtp_double {
namespace {

constexpr const char* posted_scenario = "scenario.yaml";

boost::system::result<ScenarioText, HttpResponse> from_library(std::string_view name) {
  const LibraryScenario* found = find_in_library(name);
  if (found == nullptr) {
    return problem(422, "No such scenario", "'" + std::string(name) + "' is not in the library; " + library_hint(name),
                   "/scenario/library");
  }
  return ScenarioText{std::string(found->yaml), std::string(found->name) + ".yaml"};
}

}  // namespace

bool is_from_library(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* name = object != nullptr && object->size() == 1 ? object->if_contains("library") : nullptr;
  return name != nullptr && name->is_string();
}

boost::system::result<ScenarioText, HttpResponse> scenario_text(const json::value& value) {
  if (const json::string* yaml = value.if_string()) {
    const std::string_view text(yaml->data(), yaml->size());
    if (find_in_library(text) != nullptr) {
      return problem(422, "Bad scenario",
                     "the text '" + std::string(text) +
                         "' is no YAML; for the one of the library write {\"library\": \"" + std::string(text) + "\"}",
                     "/scenario");
    }
    return ScenarioText{std::string(text), posted_scenario};
  }
  const json::object* object = value.if_object();
  if (object == nullptr) {
    return problem(400, "Bad request", "a scenario is a YAML text, an object, or {\"library\": NAME}", "/scenario");
  }
  if (is_from_library(value)) {
    const json::string& name = object->at("library").get_string();
    return from_library({name.data(), name.size()});
  }
  return ScenarioText{to_text(*object), posted_scenario};
}

boost::system::result<ScenarioText, HttpResponse> scenario_text_in(const HttpRequest& request) {
  if (is_yaml_body(request)) return ScenarioText{request.body, posted_scenario};
  const auto object = json_object_in(request);
  if (!object) return object.error();
  // Nothing at all would be the scenario without a rule: more likely something was forgotten.
  if (request.body.empty())
    return problem(400, "No body", "a scenario is a YAML text, an object, or {\"library\": NAME}");
  return scenario_text(*object);
}

boost::system::result<ReadScenario, HttpResponse> scenario_of(ScenarioText source, DoubleHost& host) {
  LoadedScenario loaded = host.prepare(std::move(source.yaml), std::move(source.file));
  if (!loaded.scenario) return problems_of(loaded.diagnostics);
  return ReadScenario{std::make_shared<const Scenario>(std::move(*loaded.scenario)), std::move(loaded.diagnostics)};
}

}  // namespace smtp_double
