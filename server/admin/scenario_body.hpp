#pragma once

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>
#include <string>

#include "admin/double_host.hpp"
#include "admin/http.hpp"
#include "admin/json_text.hpp"

namespace smtp_double {

/// A scenario's text on its way to the loader.
struct ScenarioText {
  std::string yaml;
  std::string file;  ///< what diagnostics call it
};

/// What "scenario" of a request may be: a YAML document as a text, the same as an object, or {"library": NAME}.
boost::system::result<ScenarioText, HttpResponse> scenario_text(const json::value& value);

/// Whether it is {"library": NAME}.
bool is_from_library(const json::value& value);

/// A body that is a scenario: YAML, or JSON as above.
boost::system::result<ScenarioText, HttpResponse> scenario_text_in(const HttpRequest& request);

struct ReadScenario {
  std::shared_ptr<const Scenario> scenario;  ///< ready to be served
  std::vector<Diagnostic> warnings;
};

/// The scenario, or 422 with all that is wrong with it.
boost::system::result<ReadScenario, HttpResponse> scenario_of(ScenarioText source, DoubleHost& host);

}  // namespace smtp_double
