#pragma once

#include <boost/json/object.hpp>

#include "admin/json_text.hpp"
#include "journal/session_record.hpp"
#include "journal/session_summary.hpp"
#include "journal/unmatched.hpp"

namespace smtp_double {

/// SESSION of the API.
json::object session_object(const SessionSummary& session);

/// ENTRY of the API: the keys of its kind.
json::object entry_object(const JournalEntry& entry, std::optional<std::uint64_t> left_octets);

json::object unmatched_object(const Unmatched& unmatched);

}  // namespace smtp_double
