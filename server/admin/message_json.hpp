#pragma once

#include <boost/json/object.hpp>

#include "admin/json_text.hpp"
#include "scenario/message.hpp"

namespace smtp_double {

/// MESSAGE-SUMMARY of the API. A message that was too large to keep has no headers.
json::object summary_object(const Message& message);

/// MESSAGE of the API, without its delivery.
json::object message_object(const Message& message);

/// "<id@x>" with the brackets, or nothing.
std::optional<std::string> message_id(const Message& message);

}  // namespace smtp_double
