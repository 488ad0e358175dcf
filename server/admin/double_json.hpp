#pragma once

#include <boost/json/object.hpp>

#include "admin/double_host.hpp"
#include "admin/json_text.hpp"

namespace smtp_double {

/// DOUBLE of the API.
json::object object_of(const HostedDouble& hosted);

/// The bounds' toll so far: {"entries", "messages"}.
json::object evicted_of(const Double& served);

/// SCENARIO of the API: what is served now, with its rules and how often they have answered.
json::object scenario_object(const Double& served);

/// RULE of the API; `number` is its place in the scenario.
json::object rule_object(const ServedScenario& served, std::size_t number);

}  // namespace smtp_double
