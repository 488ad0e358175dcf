#include "protocol/session_limits.hpp"

#include <ostream>

#include "support/catch.hpp"

using namespace smtp_double;

namespace smtp_double {
static std::ostream& operator<<(std::ostream& out, const SessionLimits& limits) {
  return out << limits.mail_max.value_or(0) << ' ' << limits.rcpt_max.value_or(0) << ' '
             << limits.rcpt_domain_max.value_or(0);
}
}  // namespace smtp_double

TEST_CASE("the limits of an EHLO line") {
  struct Row {
    const char* line;
    SessionLimits limits;
  };
  const std::nullopt_t none = std::nullopt;
  for (const Row& row : {Row{"LIMITS MAILMAX=5 RCPTMAX=2 RCPTDOMAINMAX=1", {5, 2, 1}},
                         {"limits rcptmax=999999", {none, 999999, none}},
                         {"LIMITS RCPTMAX=1  MAILMAX=2 ", {2, 1, none}},
                         {"LIMITS RCPTMAX=1 RCPTMAX=2", {none, 1, none}},
                         {"LIMITS X-NEW_1=a=b RCPTMAX=1", {none, 1, none}},
                         {"LIMITS MAILMAX=1000000 RCPTMAX=1", {none, 1, none}},
                         {"LIMITS MAILMAX=0 RCPTMAX=1", {none, 1, none}},
                         {"LIMITS MAILMAX=01 RCPTMAX=1", {none, 1, none}},
                         {"LIMITS MAILMAX=1x RCPTMAX=1", {none, 1, none}},
                         {"LIMITS MAILMAX=-1 RCPTMAX=1", {none, 1, none}},
                         {"LIMITS MAILMAX=x MAILMAX=2", {2, none, none}},
                         // A line of another form says nothing.
                         {"", {}},
                         {"LIMITS", {}},
                         {"LIMITS=1 RCPTMAX=1", {}},
                         {"LIMIT RCPTMAX=1", {}},
                         {"RCPTMAX=1", {}},
                         {"LIMITS RCPTMAX=1 MAILMAX", {}},
                         {"LIMITS RCPTMAX=1 MAILMAX=", {}},
                         {"LIMITS RCPTMAX=1 =2", {}},
                         {"LIMITS RCPTMAX=1;MAILMAX=2", {}},
                         {"LIMITS RCPTMAX=1 MAIL.MAX=2", {}},
                         {"LIMITS RCPTMAX=1 A=\xC3\xBC", {}},
                         {"LIMITS RCPTMAX=1 A=\t", {}}}) {
    CAPTURE(row.line);
    CHECK(parse_limits(row.line) == row.limits);
  }
}
