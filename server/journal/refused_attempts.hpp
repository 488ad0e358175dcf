#pragma once

#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "journal/query.hpp"

namespace smtp_double {

/// The deliveries that were refused to the end and may have been the messages asked for, the newest first, three at the
/// most: "session 3: refused at rcpt: 550 5.1.1 No such user". What a refusal came too early to tell, such as a
/// subject, speaks against none.
std::vector<std::string> refused_attempts(const Journal& journal, const MessageQuery& query);

}  // namespace smtp_double
