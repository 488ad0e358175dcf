#include "scenario/stage_list.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t most_stages_named = 6;

// Those that a rule of today can be at; the others would be news to the reader.
StageSet without_later_ones(const StageSet& stages) {
  return stages & ~set_of({Stage::Tls, Stage::AuthResponse, Stage::AuthResult});
}

}  // namespace

StageSet set_of(std::initializer_list<Stage> stages) {
  StageSet set;
  for (const Stage stage : stages) set.set(index_of(stage));
  return set;
}

std::string names_of(const StageSet& all) {
  const StageSet stages = without_later_ones(all).any() ? without_later_ones(all) : all;
  std::string out;
  std::size_t named = 0;
  for (std::size_t i = 0; i < stage_count; ++i) {
    if (!stages.test(i)) continue;
    if (named == most_stages_named) return out + " and " + std::to_string(stages.count() - named) + " more";
    if (named++ > 0) out += ", ";
    out += name(static_cast<Stage>(i));
  }
  return out;
}

}  // namespace smtp_double
