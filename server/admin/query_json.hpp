#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "admin/json_body.hpp"
#include "admin/query_reader.hpp"
#include "journal/query.hpp"

// Which messages and sessions a request means: as parameters of a list, or as `where` of a body.

namespace smtp_double {

MessageQuery read_message_query(QueryReader& query);
SessionQuery read_session_query(QueryReader& query);

/// All members are read; finish() is the caller's. With `object`, that is what `header.NAME` is looked for in.
MessageQuery read_message_query(ObjectReader& where, const json::object& object);
SessionQuery read_session_query(ObjectReader& where);

/// A header's values as people see them: encoded words decoded.
std::vector<std::string> decoded_header_values(const Message& message, std::string_view name);

/// A number in a path; nothing for anything else.
std::optional<std::uint64_t> id_in(std::string_view text);

}  // namespace smtp_double
