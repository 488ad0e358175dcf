#include "dialogues/check_outcome.hpp"

#include <algorithm>

#include "scenario/reply_plan.hpp"

namespace smtp_double::test {
namespace {

constexpr std::size_t much = 4096;  // octets; of longer texts only what differs is shown

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
  const auto ends = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
  const auto same = static_cast<std::size_t>(ends.first - expected.begin());
  if (std::max(expected.size(), got.size()) < much) {
    return what + ": expected " + escaped(expected) + "\nbut got " + escaped(got);
  }
  const auto shown = [&](const std::string& text) {
    return escaped(std::string_view(text).substr(same, much)) + " of " + std::to_string(text.size()) + " octets";
  };
  return what + ": behind octet " + std::to_string(same) + " expected " + shown(expected) + "\nbut got " + shown(got);
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
