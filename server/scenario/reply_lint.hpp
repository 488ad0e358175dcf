#pragma once

#include <string>
#include <vector>

#include "protocol/stage.hpp"
#include "scenario/response.hpp"

namespace smtp_double {

/// What is unusual about a reply that can be given at these stages: a code that no RFC lists there, or that the grammar
/// does not have, a long line, an enhanced code of another class. What depends on variables is not judged.
std::vector<std::string> notes_on_reply(const ReplyTemplate& reply, const StageSet& at);

}  // namespace smtp_double
