#pragma once

#include <boost/json/array.hpp>

#include "admin/json_text.hpp"
#include "journal/double.hpp"
#include "scenario/message.hpp"

namespace smtp_double {

/// Every HISTORY of the API.
json::array delivery_list(const Double& served);
/// That of one message; null when the journal has nothing of it any more.
json::value delivery_of(const Double& served, const Message& message);

}  // namespace smtp_double
