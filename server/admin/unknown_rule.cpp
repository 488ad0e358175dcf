#include "admin/unknown_rule.hpp"

#include <utility>
#include <vector>

#include "admin/problem.hpp"
#include "config/diagnostic.hpp"
#include "config/nearest_word.hpp"

namespace smtp_double {

std::string unknown_rule(const Scenario& scenario, std::string_view name) {
  std::vector<std::string_view> known;
  known.reserve(scenario.rules.size());
  for (const Rule& rule : scenario.rules) known.emplace_back(rule.name);
  return "there is no rule " + quotation(name) + "; " + (known.empty() ? "there are none" : suggestion(name, known));
}

HttpResponse no_such_rule(const Scenario& scenario, std::string_view name, std::string pointer) {
  return problem(404, "No such rule", unknown_rule(scenario, name), std::move(pointer));
}

}  // namespace smtp_double
