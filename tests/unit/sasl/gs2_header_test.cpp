#include "sasl/gs2_header.hpp"

#include "support/catch.hpp"

using namespace smtp_double::sasl;

TEST_CASE("a header is taken off the front of the message") {
  struct Row {
    std::string_view message;
    std::string_view header;
    std::string_view authzid;
  };
  for (const Row& row : {Row{"n,,rest", "n,,", ""},
                         {"y,,", "y,,", ""},
                         {"n,a=tim,n=tim", "n,a=tim,", "tim"},
                         {"y,a=a=2Cb=3Dc,", "y,a=a=2Cb=3Dc,", "a,b=c"},
                         {"n,,,", "n,,", ""}}) {
    CAPTURE(row.message);
    std::string_view rest = row.message;
    const Gs2Header header = take_gs2_header(rest);
    CHECK(header.error.empty());
    CHECK(header.text == row.header);
    CHECK(header.authzid == row.authzid);
    CHECK(rest == row.message.substr(row.header.size()));
  }
}

TEST_CASE("a header of another form is not taken") {
  for (const std::string_view message : {"", "n", "n,", "n,x", ",,", "x,,", "N,,", "p=tls-unique,,", "n,tim,", "n,a=,",
                                         "n,a==,", "n,a=a=2c,", "n,a=a=2,", "n,a=\xFF,", "n,user=tim,"}) {
    CAPTURE(message);
    std::string_view rest = message;
    CHECK_FALSE(take_gs2_header(rest).error.empty());
    CHECK(rest == message);
  }
}

TEST_CASE("names with commas and equals signs") {
  CHECK(decode_saslname("tim") == "tim");
  CHECK(decode_saslname("=2C=3D") == ",=");
  CHECK(decode_saslname("\xC3\xBC") == "\xC3\xBC");
  for (const std::string_view wrong :
       {std::string_view(""), std::string_view("a,b"), std::string_view("="), std::string_view("a=3"),
        std::string_view("=3d"), std::string_view("=41"), std::string_view("\xC3"), std::string_view("a\0b", 3)}) {
    CAPTURE(wrong);
    CHECK_FALSE(decode_saslname(wrong));
  }
}
