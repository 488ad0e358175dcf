#pragma once

#include <string>

#include "idle_run.hpp"
#include "load_run.hpp"

namespace smtp_double::bench {

std::string to_json(const Load& load, const LoadResult& result);
std::string to_json(const std::string& state, const IdleResult& result);

}  // namespace smtp_double::bench
