#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialogues/dialogue_file.hpp"
#include "scenario/message.hpp"

namespace smtp_double::test {

/// How the mailbox differs from what the dialogue expects; "" when it does not.
std::string mailbox_difference(const DialogueFile& dialogue,
                               const std::vector<std::shared_ptr<const Message>>& mailbox);

/// "expected … but got …", both escaped.
std::string difference(const std::string& what, const std::string& expected, const std::string& got);

}  // namespace smtp_double::test
