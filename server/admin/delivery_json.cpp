#include "admin/delivery_json.hpp"

#include <algorithm>
#include <utility>

#include "journal/delivery_history.hpp"
#include "mime/gmime_decoding.hpp"

namespace smtp_double {
namespace {

json::object object_of(const DeliveryAttempt& attempt) {
  json::array recipients;
  for (const RecipientVerdict& verdict : attempt.recipients) {
    recipients.push_back(json::object{{"mailbox", text(verdict.mailbox)},
                                      {"code", verdict.code == 0 ? json::value(nullptr) : json::value(verdict.code)}});
  }
  json::object object{{"session", attempt.session},         {"sequence", attempt.sequence},
                      {"at", rfc3339(attempt.at.time)},     {"elapsed_ms", milliseconds(attempt.at.elapsed)},
                      {"stage", text(name(attempt.stage))}, {"recipients", std::move(recipients)}};
  object["gap_ms"] = attempt.gap ? json::value(milliseconds(*attempt.gap)) : json::value(nullptr);
  object["code"] = attempt.code == 0 ? json::value(nullptr) : json::value(attempt.code);
  object["reply"] = text_or_null(std::string_view(attempt.reply));
  object["message"] = attempt.message == 0 ? json::value(nullptr) : json::value(attempt.message);
  return object;
}

json::array texts(const std::vector<std::string>& list) {
  json::array array;
  for (const std::string& one : list) array.emplace_back(text(one));
  return array;
}

json::object object_of(const DeliveryHistory& history) {
  json::array attempts;
  for (const DeliveryAttempt& attempt : history.attempts) attempts.emplace_back(object_of(attempt));
  return {{"key", text(history.key)},
          {"by", text(name(history.by))},
          {"sender", text(history.sender)},
          {"recipients", texts(history.recipients)},
          {"subject", text_or_null(std::string_view(decode_header_value(history.subject)))},
          {"accepted", history.accepted},
          {"findings", texts(history.findings)},
          {"attempts", std::move(attempts)}};
}

}  // namespace

json::array delivery_list(const Double& served) {
  json::array list;
  for (const DeliveryHistory& history : delivery_histories(served.journal)) list.emplace_back(object_of(history));
  return list;
}

json::value delivery_of(const Double& served, const Message& message) {
  for (const DeliveryHistory& history : delivery_histories(served.journal)) {
    const bool is_its =
        std::ranges::any_of(history.attempts, [&](const auto& attempt) { return attempt.message == message.id; });
    if (is_its) return object_of(history);
  }
  return nullptr;
}

}  // namespace smtp_double
