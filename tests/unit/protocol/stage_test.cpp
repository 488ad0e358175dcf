#include "protocol/stage.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("every stage is found by its own name") {
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto stage = static_cast<Stage>(i);
    CAPTURE(name(stage));
    CHECK(stages_named(name(stage)) == StageSet{}.set(i));
  }
  CHECK(name(Stage::Idle) == "idle");
  CHECK(name(Stage::AuthResult) == "auth-result");
}

TEST_CASE("hello and any stand for several stages") {
  const StageSet hello = *stages_named("hello");
  CHECK(hello.count() == 3);
  CHECK(hello.test(index_of(Stage::Lhlo)));
  const StageSet any = *stages_named("any");
  CHECK(any.count() == stage_count - 3);
  CHECK_FALSE(any.test(index_of(Stage::Body)));
  CHECK_FALSE(stages_named("RCPT"));
  CHECK_FALSE(stages_named(""));
}
