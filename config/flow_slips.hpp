#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace smtp_double {

/// What probably is wrong within the [ ] or { } at the front of `flow`, which the parser gave up `failure` octets
/// behind; "" when it has none of the common slips.
std::string flow_slip_hint(std::string_view flow, std::size_t failure);

/// Where an unquoted text has ': ' in it, which makes a mapping of it, though it is an item of a list: the hint to
/// quote it. `offset` is that of the mapping.
std::string colon_in_item_hint(std::string_view text, std::size_t offset);

}  // namespace smtp_double
