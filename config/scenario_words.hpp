#pragma once

#include <span>
#include <string_view>

namespace smtp_double {

/// The keys of a rule.
std::span<const std::string_view> rule_keys();
bool is_rule_key(std::string_view word);

/// A field that conditions test, or any, all, not.
bool is_condition_key(std::string_view word);

}  // namespace smtp_double
