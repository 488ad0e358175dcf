#pragma once

#include <string>
#include <string_view>

#include "admin/http.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// "there is no rule 'x'; did you mean 'y'?", or with the names that there are.
std::string unknown_rule(const Scenario& scenario, std::string_view name);

/// 404 with it; `pointer` is where the request has the name, when that is its body.
HttpResponse no_such_rule(const Scenario& scenario, std::string_view name, std::string pointer = {});

}  // namespace smtp_double
