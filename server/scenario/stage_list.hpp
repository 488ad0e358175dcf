#pragma once

#include <initializer_list>
#include <string>

#include "protocol/stage.hpp"

namespace smtp_double {

StageSet set_of(std::initializer_list<Stage> stages);

/// "rcpt, data and 3 more": six at the most by their names.
std::string names_of(const StageSet& stages);

}  // namespace smtp_double
