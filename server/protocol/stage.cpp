#include "protocol/stage.hpp"

#include <array>

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, stage_count> names{
    "connect",     "helo", "ehlo", "lhlo", "starttls", "tls",     "auth",    "auth-response",
    "auth-result", "mail", "rcpt", "data", "body",     "message", "bdat",    "rset",
    "noop",        "vrfy", "expn", "help", "quit",     "etrn",    "unknown", "idle",
};

StageSet set_of(std::initializer_list<Stage> stages) {
  StageSet set;
  for (Stage stage : stages) set.set(index_of(stage));
  return set;
}

}  // namespace

std::string_view name(Stage stage) { return names[index_of(stage)]; }

std::optional<StageSet> stages_named(std::string_view word) {
  if (word == "hello") return set_of({Stage::Helo, Stage::Ehlo, Stage::Lhlo});
  if (word == "any") return ~set_of({Stage::Tls, Stage::Body, Stage::Idle});
  for (std::size_t i = 0; i < stage_count; ++i) {
    if (names[i] == word) return StageSet{}.set(i);
  }
  return std::nullopt;
}

}  // namespace smtp_double
