#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/field.hpp"

namespace smtp_double {

// What is counted, or has a state, apart: a text made of the values of the fields behind `per`.

/// Adds the value of one field. Values that compare without case are one whatever their case; one that is very long is
/// kept as a digest.
void add_to_key(std::string& key, FieldKind kind, std::string value);

/// The key as people read it: its values, several of them joined by " | "; "" where there are none.
std::string shown_key(std::string_view key);

/// The key that is shown so; nothing when the number of values is not that of the fields.
std::optional<std::string> key_from_shown(const std::vector<Field>& fields, std::string_view shown);

}  // namespace smtp_double
