#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/reading.hpp"
#include "config/template_reader.hpp"
#include "protocol/stage.hpp"
#include "scenario/response.hpp"

namespace smtp_double {

/// The keys of a response; `repeat` besides, in a list of them.
std::span<const std::string_view> response_keys();

/// The response that a mapping with these keys holds; contradictions are reported. `at`: the rule's stages.
Response read_response(Reading& reading, const Keys& keys, const StageSet& at, const GroupNames& groups);

/// A list of mappings, or of replies in short: `[450, 450, default]`.
std::vector<Response> read_responses(Reading& reading, const YamlNode& node, const StageSet& at,
                                     const GroupNames& groups);

}  // namespace smtp_double
