#include "protocol/reply.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("a reply code is 100 to 599, and nothing else") {
  CHECK_FALSE(ReplyCode::from(99));
  CHECK(ReplyCode::from(100)->value() == 100);
  CHECK(ReplyCode::from(599)->value() == 599);
  CHECK_FALSE(ReplyCode::from(600));
  for (const char* wrong : {"", "25", "2500", "25x", " 25", "099", "600", "-12"}) {
    CAPTURE(wrong);
    CHECK_FALSE(ReplyCode::parse(wrong));
  }
  const ReplyCode code = *ReplyCode::parse("554");
  CHECK(code.class_digit() == 5);
  CHECK(code.category_digit() == 5);
  CHECK(code.detail_digit() == 4);
}

TEST_CASE("an enhanced code has three numbers without leading zeros") {
  CHECK(EnhancedCode::parse("5.7.515") == EnhancedCode{5, 7, 515});
  CHECK(EnhancedCode::parse("2.0.0") == EnhancedCode{2, 0, 0});
  for (const char* wrong : {"", "5", "5.7", "5.7.", "3.0.0", "5.01.1", "5.1.1000", "5.1.1 ", "5.1.1.1", "55.1.1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(EnhancedCode::parse(wrong));
  }
  CHECK(to_string(EnhancedCode{4, 2, 2}) == "4.2.2");
}

TEST_CASE("the wire form repeats the code on every line and keeps the space before an empty text") {
  CHECK(to_wire({ReplyCode::of<250>(), "OK"}) == "250 OK\r\n");
  CHECK(to_wire({ReplyCode::of<250>(), ""}) == "250 \r\n");
  CHECK(to_wire({ReplyCode::of<550>(), "5.1.1 a\n5.1.1 b\n5.1.1 c"}) ==
        "550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1 c\r\n");
  CHECK(to_wire({ReplyCode::of<250>(), "\n"}) == "250-\r\n250 \r\n");
}

TEST_CASE("the enhanced code is the first word of the text") {
  CHECK(enhanced_code_in("5.1.1 No such user") == EnhancedCode{5, 1, 1});
  CHECK(enhanced_code_in("5.1.1") == EnhancedCode{5, 1, 1});
  CHECK_FALSE(enhanced_code_in("No 5.1.1"));
  CHECK_FALSE(enhanced_code_in(""));
}
