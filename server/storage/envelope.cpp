#include "storage/envelope.hpp"

#include "storage/json_line.hpp"

namespace smtp_double {
namespace {

std::string recipients_json(const MessageToKeep& kept) {
  std::string json = "[";
  for (std::size_t i = 0; i < kept.recipients.size(); ++i) {
    const Recipient& recipient = kept.recipients[i];
    JsonLine line;
    line.add("mailbox", recipient.mailbox).add("parameters", recipient.parameters);
    line.add("outcome", i < kept.outcomes.size() ? kept.outcomes[i] : kept.outcome);
    if (i > 0) json += ',';
    json += line.text();
  }
  return json + ']';
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::string envelope_json(const MessageToKeep& kept, std::string_view double_name, std::string_view kept_as) {
  const Message& message = *kept.message;
  JsonLine line;
  line.add("id", kept_as).add("double", double_name).add("session", message.session).add("message", message.number);
  line.add("at", time_text(kept.at.time)).add("elapsed_ms", kept.at.elapsed);
  line.add("client", kept.client).add("helo", message.helo);
  line.add_or_null("tls", unless_empty(kept.tls)).add_or_null("auth_user", unless_empty(kept.auth_user));
  line.add_or_null("sender", message.sender).add("parameters", message.parameters);
  line.add_raw("recipients", recipients_json(kept));
  line.add("size", message.size).add_flag("whole", message.is_whole);
  line.add_or_null("outcome", unless_empty(kept.outcome));
  return line.text() + '\n';
}

}  // namespace smtp_double
