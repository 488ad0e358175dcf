#pragma once

#include "app/logging.hpp"
#include "app/scenario_reader.hpp"
#include "app/scenario_watch.hpp"
#include "journal/double.hpp"

namespace smtp_double {

/// Has the double serve what is read now, or go on as it was when that cannot be served. The log tells either, in the
/// format that it has. A change that changed no text is none.
void reload(ScenarioReader& reader, Double& served, ScenarioWatch::Cause cause, LogFormat format);

}  // namespace smtp_double
