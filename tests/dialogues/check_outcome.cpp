#include "dialogues/check_outcome.hpp"

#include "scenario/reply_plan.hpp"

namespace smtp_double::test {
namespace {

std::string message_difference(const ExpectedMessage& expected, const Message& got) {
  if (got.sender.value_or("") != expected.from) return difference("sender", expected.from, got.sender.value_or(""));
  const auto joined = [](const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& one : all) text += one + ' ';
    return text;
  };
  std::vector<std::string> to;
  for (const Recipient& recipient : got.recipients) to.push_back(recipient.mailbox);
  if (to != expected.to) return difference("recipients", joined(expected.to), joined(to));
  if (expected.content && got.content != *expected.content) {
    return difference("content", *expected.content, got.content);
  }
  return {};
}

}  // namespace

std::string difference(const std::string& what, const std::string& expected, const std::string& got) {
  return what + ": expected " + escaped(expected) + "\nbut got " + escaped(got);
}

std::string mailbox_difference(const DialogueFile& dialogue,
                               const std::vector<std::shared_ptr<const Message>>& mailbox) {
  if (mailbox.size() != dialogue.messages.size()) {
    return difference("messages", std::to_string(dialogue.messages.size()), std::to_string(mailbox.size()));
  }
  for (std::size_t i = 0; i < mailbox.size(); ++i) {
    const std::string wrong = message_difference(dialogue.messages[i], *mailbox[i]);
    if (!wrong.empty()) return "message " + std::to_string(i + 1) + ", " + wrong;
  }
  return {};
}

}  // namespace smtp_double::test
