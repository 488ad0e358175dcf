#include "admin/message_json.hpp"

#include <utility>

#include "mime/mime_message.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

json::object summary_of(const Message& message, const MimeMessage& mime) {
  json::array recipients;
  for (const Recipient& recipient : message.recipients) recipients.emplace_back(text(recipient.mailbox));
  const auto header = [&](std::string_view name) {
    for (const MimeHeader& field : mime.headers) {
      if (equals_ignoring_case(field.name, name)) return std::optional(field.value);
    }
    return std::optional<std::string>();
  };
  return {{"id", message.id},
          {"session", message.session},
          {"at", rfc3339(message.time)},
          {"elapsed_ms", milliseconds(message.elapsed)},
          {"sender", text_or_null(message.sender)},
          {"recipients", std::move(recipients)},
          {"subject", text_or_null(header("Subject"))},
          {"size", message.size},
          {"outcome", text_or_null(std::string_view(message.outcome))},
          {"message_id", text_or_null(header("Message-ID"))},
          {"attachments", mime.attachments()}};
}

json::array recipient_details(const Message& message) {
  json::array details;
  for (std::size_t i = 0; i < message.recipients.size(); ++i) {
    const Recipient& recipient = message.recipients[i];
    const std::string& outcome = i < message.outcomes.size() ? message.outcomes[i] : message.outcome;
    details.push_back(json::object{{"mailbox", text(recipient.mailbox)},
                                   {"parameters", text(recipient.parameters)},
                                   {"outcome", text_or_null(std::string_view(outcome))}});
  }
  return details;
}

json::array header_list(const MimeMessage& mime) {
  json::array headers;
  for (const MimeHeader& header : mime.headers) {
    headers.push_back(
        json::object{{"name", text(header.name)}, {"value", text(header.value)}, {"raw", text(header.raw)}});
  }
  return headers;
}

json::array part_list(const MimeMessage& mime) {
  json::array parts;
  for (const MimePart& part : mime.parts) {
    parts.push_back(json::object{{"index", text(part.index)},
                                 {"type", text(part.type)},
                                 {"file_name", text_or_null(part.file_name)},
                                 {"disposition", text(part.disposition)},
                                 {"size", part.size},
                                 {"content_id", text_or_null(part.content_id)}});
  }
  return parts;
}

json::array finding_list(const Message& message, const MimeMessage& mime) {
  json::array findings;
  const auto add = [&](const char* what, const std::optional<std::uint64_t>& at) {
    if (at) findings.emplace_back(what + std::string(" at octet ") + std::to_string(*at));
  };
  add("a bare CR", message.findings.bare_cr);
  add("a bare LF", message.findings.bare_lf);
  add("a NUL", message.findings.nul);
  if (!message.is_whole) findings.emplace_back("it was too large to keep");
  if (mime.is_cut) findings.emplace_back("it has more parts or headers than are shown");
  return findings;
}

}  // namespace

json::object summary_object(const Message& message) { return summary_of(message, parse_mime(message.content)); }

json::object message_object(const Message& message) {
  const MimeMessage mime = parse_mime(message.content);
  json::object object = summary_of(message, mime);
  object["helo"] = text(message.helo);
  object["parameters"] = text(message.parameters);
  object["recipients_detail"] = recipient_details(message);
  object["tls"] = text_or_null(std::string_view(message.tls));
  object["auth_user"] = text_or_null(std::string_view(message.auth_user));
  object["headers"] = header_list(mime);
  object["text"] = text_or_null(mime.text);
  object["html"] = text_or_null(mime.html);
  object["parts"] = part_list(mime);
  object["whole"] = message.is_whole;
  object["findings"] = finding_list(message, mime);
  return object;
}

}  // namespace smtp_double
