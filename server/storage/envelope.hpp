#pragma once

#include <string>
#include <string_view>

#include "journal/message_keeper.hpp"

namespace smtp_double {

/// The envelope of a message as a JSON object and a line end. `kept_as` is its file's name.
std::string envelope_json(const MessageToKeep& kept, std::string_view double_name, std::string_view kept_as);

}  // namespace smtp_double
