#include "protocol/parameter_values.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

struct Row {
  const char* name;
  bool (*is_value)(std::string_view value);
  std::vector<std::string> good;
  std::vector<std::string> wrong;
};

const std::string longest_keyword(1000, 'a');

const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"SIZE",
       is_size_value,
       {"0", "1", "10000000", std::string(20, '9')},
       {"", "-1", "+1", "1k", " 1", std::string(21, '1')}},
      {"BODY", is_body_value, {"7BIT", "8BITMIME", "8bitmime"}, {"", "BINARYMIME", "8BIT", "7BIT "}},
      {"BODY binary", is_binary_body_value, {"BINARYMIME", "BinaryMime"}, {"", "8BITMIME", "BINARY"}},
      {"RET", is_ret_value, {"FULL", "hdrs"}, {"", "HEADERS", "FULL,HDRS"}},
      {"ENVID",
       is_envid_value,
       {"a", "QQ314159", "a+2Bb", std::string(100, 'x')},
       {"a b", "a=b", "+2b", std::string(101, 'x')}},
      {"NOTIFY",
       is_notify_value,
       {"NEVER", "never", "SUCCESS", "failure,delay", "SUCCESS,FAILURE,DELAY", "DELAY,DELAY"},
       {"", "NEVER,DELAY", "DELAY,NEVER", "DELAY,", ",DELAY", "SUCCESS;DELAY", "ALWAYS"}},
      {"ORCPT",
       is_orcpt_value,
       {"rfc822;ann@example.com", "x;a", "utf-8;\xC3\xBC@example.com", "UTF-8;a", "rfc822;" + std::string(493, 'x')},
       {"", ";", "rfc822", "rfc822;", ";a", "rfc822;\xC3\xBC", "utf-8;\xC3", "rfc822;a=b",
        "rfc822;" + std::string(494, 'x')}},
      {"AUTH",
       is_auth_value,
       {"<>", "e+3Dmc2@example.com", "a", std::string(500, 'a')},
       {"", "a=b", "+3d", "a b", std::string(501, 'a')}},
      {"BY",
       is_by_value,
       {"1;R", "120;R", "+120;RT", "999999999;r", "-1;N", "0;NT", "-999999999;nt", "000000001;R"},
       {"",     ";",     ";R",           "1",     "1;",    "1;X", "1;RX", "1;RTT", "1;T", "1;TR", "0;R",
        "-1;R", "-1;RT", "1000000000;R", "--1;N", "+-1;N", "+;N", "1 ;R", "1;R ",  "1,R", "1;R;T"}},
      {"HOLDFOR", is_hold_for_value, {"0", "86400", "999999999"}, {"", "-1", "+1", "1000000000", "1s"}},
      {"HOLDUNTIL", is_hold_until_value, {"2026-01-01T00:00:00Z"}, {"", "2026-01-01", "1767225600"}},
      {"MT-PRIORITY",
       is_mt_priority_value,
       {"0", "1", "9", "-1", "-9"},
       {"", "-", "10", "-10", "+1", "-0", "00", "01", "a", "-a"}},
      {"SOLICIT",
       is_solicit_value,
       {"net.example:ADV", "org.example:ADV:ADLT,net.example:ADV", "a", longest_keyword},
       {"", ",", "a,", ",a", "a,,b", "1a", ".a", "a b", "a=b", "a;b", longest_keyword + 'a'}},
      {"RRVS",
       is_rrvs_value,
       {"2014-04-03T23:01:00Z", "2014-04-03T23:01:00Z;C", "2014-04-03T23:01:00+01:00;r"},
       {"", ";C", "2014-04-03", "2014-04-03T23:01:00Z;", "2014-04-03T23:01:00Z;X", "2014-04-03T23:01:00Z;CR",
        "2014-04-03T23:01:00Z;C;C", "2014-04-03T23:01:00ZC"}},
  };
  return all;
}

}  // namespace

TEST_CASE("values of ESMTP parameters") {
  for (const Row& row : rows()) {
    for (const std::string& value : row.good) {
      CAPTURE(row.name, value);
      CHECK(row.is_value(value));
    }
    for (const std::string& value : row.wrong) {
      CAPTURE(row.name, value);
      CHECK_FALSE(row.is_value(value));
    }
  }
}

TEST_CASE("BY is taken apart") {
  using Mode = DeliverBy::Mode;
  CHECK((parse_deliver_by("120;R") == DeliverBy{120, Mode::Return, false}));
  CHECK((parse_deliver_by("+98765;NT") == DeliverBy{98765, Mode::Notify, true}));
  CHECK((parse_deliver_by("-999999999;nt") == DeliverBy{-999999999, Mode::Notify, true}));
  CHECK((parse_deliver_by("-1;r") == DeliverBy{-1, Mode::Return, false}));
  CHECK_FALSE(parse_deliver_by("1;"));
}
