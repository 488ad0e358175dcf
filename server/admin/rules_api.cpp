#include <algorithm>
#include <utility>

#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/json_body.hpp"
#include "admin/query_reader.hpp"
#include "admin/unknown_rule.hpp"
#include "config/rules_loader.hpp"
#include "scenario/scenario_edit.hpp"

namespace smtp_double::handlers {
namespace {

constexpr const char* posted_rule = "rule.yaml";

HttpResponse refused(const EditError& error, const Scenario& scenario) {
  switch (error.kind) {
    case EditError::Kind::NameTaken:
      return problem(409, "Name taken", "there is a rule '" + error.name + "' already", "/name");
    case EditError::Kind::NoSuchRule: return no_such_rule(scenario, error.name);
    case EditError::Kind::TooManyStates:
      return problem(422, "Too many states", "there is no room for another named state");
  }
  return problem(422, "Not changed", "the rules cannot be changed so");
}

// Files are read, and looked at, with the scenario that names them.
bool names_certificate_file(const Rule& rule) {
  return std::ranges::any_of(rule.responses, [](const Response& response) {
    return response.tls && response.tls->certificate && !response.tls->certificate->file.empty();
  });
}

/// What came of changing the rules by those of a body, or the answer that says what is wrong.
struct RuleChange {
  std::vector<std::string> names;
  std::vector<Diagnostic> warnings;
};
using ChangedRules = boost::system::result<RuleChange, HttpResponse>;

/// `change` makes the edit of the scenario and the rules that were read for it. They are read while nobody else changes
/// the scenario, as their names, where none is given, depend on it.
template <class Change>
ChangedRules change_rules(Double& served, const HttpRequest& request, const RuleNames& names, Change change) {
  if (!is_yaml(request.content_type) && !may_be_json(request.content_type)) {
    return problem(415, "Wrong content type", "a rule is JSON or YAML, not " + request.content_type);
  }
  LoadedRules loaded;
  std::vector<std::string> changed;
  bool names_file = false;
  const auto error = served.edit([&](const Scenario& scenario) -> ScenarioEdit {
    loaded = load_rules(request.body, posted_rule, scenario, names);
    if (loaded.rules.empty()) return EditError{};
    names_file = std::ranges::any_of(loaded.rules, names_certificate_file);
    if (names_file) return EditError{};
    for (Rule& rule : loaded.rules) {
      rule.posted = true;
      changed.push_back(rule.name);
    }
    return change(scenario, std::move(loaded.rules));
  });
  if (has_errors(loaded.diagnostics)) return problems_of(loaded.diagnostics);
  if (names_file) {
    return problem(422, "Bad rule", "a certificate in a file is for a scenario to name: PUT …/scenario takes one",
                   "/tls");
  }
  if (error) return refused(*error, *served.served()->scenario);
  return RuleChange{std::move(changed), std::move(loaded.diagnostics)};
}

HttpResponse rule_answer(const Double& served, std::string_view name, const std::vector<Diagnostic>& warnings = {}) {
  const std::shared_ptr<ServedScenario> current = served.served();
  const auto number = find_rule(*current->scenario, name);
  if (!number) return no_such_rule(*current->scenario, name);
  return {.body = with_warnings(rule_object(*current, *number), warnings)};
}

// Those that are still there: another client may have been quicker.
json::object rules_named(const Double& served, const std::vector<std::string>& names) {
  const std::shared_ptr<ServedScenario> current = served.served();
  json::array rules;
  for (const std::string& name : names) {
    if (const auto number = find_rule(*current->scenario, name)) rules.emplace_back(rule_object(*current, *number));
  }
  return {{"rules", std::move(rules)}};
}

std::string path_of(std::string_view name) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string path;
  for (const char c : name) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      path += c;
    } else {
      path += {'%', hex[octet >> 4U], hex[octet & 15U]};
    }
  }
  return path;
}

}  // namespace

HttpResponse get_rules(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  QueryReader query(call.request);
  const bool unused_only = query.flag("unused").value_or(false);
  if (auto wrong = query.finish()) return std::move(*wrong);
  const std::shared_ptr<ServedScenario> current = found->served->served();
  json::array rules;
  for (std::size_t i = 0; i < current->scenario->rules.size(); ++i) {
    if (!unused_only || current->progress.hits(i) == 0) rules.emplace_back(rule_object(*current, i));
  }
  return {.body = to_text(json::object{{"rules", std::move(rules)}})};
}

HttpResponse post_rules(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const ChangedRules changed = change_rules(
      *found->served, call.request, {},
      [](const Scenario& scenario, std::vector<Rule> rules) { return with_rules_on_top(scenario, std::move(rules)); });
  if (!changed) return changed.error();
  HttpResponse response{.status = 201,
                        .body = with_warnings(rules_named(*found->served, changed->names), changed->warnings)};
  if (changed->names.size() == 1) {
    response.headers.emplace_back("Location",
                                  "/v1/doubles/" + found->name + "/rules/" + path_of(changed->names.front()));
  }
  return response;
}

HttpResponse get_rule(const ApiCall& call) {
  const auto found = found_double(call);
  return found ? rule_answer(*found->served, call.parameters[1]) : found.error();
}

HttpResponse put_rule(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const std::string_view name = call.parameters[1];
  const std::shared_ptr<ServedScenario> current = found->served->served();
  if (!find_rule(*current->scenario, name)) return no_such_rule(*current->scenario, name);
  const ChangedRules changed = change_rules(*found->served, call.request, {.replaced = std::string(name)},
                                            [&](const Scenario& scenario, std::vector<Rule> rules) {
                                              return with_rule_replaced(scenario, name, std::move(rules.front()));
                                            });
  return changed ? rule_answer(*found->served, changed->names.front(), changed->warnings) : changed.error();
}

HttpResponse delete_rule(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto error =
      found->served->edit([&](const Scenario& scenario) { return without_rule(scenario, call.parameters[1]); });
  if (error) return refused(*error, *found->served->served()->scenario);
  return {.status = 204};
}

}  // namespace smtp_double::handlers
