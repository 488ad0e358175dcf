#include "scenario/rule_index.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "scenario/event.hpp"
#include "scenario/field_values.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {
namespace {

// Fields whose value is cheap to get at; a message's header section would have to be read for a look-up.
bool is_cheap(FieldKind kind) {
  return type_of(kind) == FieldType::Text && kind != FieldKind::Header && kind != FieldKind::Subject &&
         kind != FieldKind::Body;
}

// The literals one of which the test demands; none when it can hold without.
std::vector<std::string_view> demanded_literals(const FieldTest& test) {
  if (!is_cheap(test.field.kind)) return {};
  std::vector<std::string_view> literals;
  for (const std::vector<Matcher>& all : test.alternatives) {
    const auto is =
        std::find_if(all.begin(), all.end(), [](const Matcher& m) { return std::holds_alternative<Is>(m); });
    if (is == all.end()) return {};
    literals.emplace_back(std::get<Is>(*is).text);
  }
  return literals;
}

struct Demand {
  const Field* field = nullptr;
  std::vector<std::string_view> literals;
};

Demand find_demand(const Condition& condition) {
  if (const auto* test = std::get_if<FieldTest>(&condition.node)) return {&test->field, demanded_literals(*test)};
  if (const auto* all = std::get_if<AllOf>(&condition.node)) {
    for (const Condition& part : all->conditions) {
      Demand demand = find_demand(part);
      if (!demand.literals.empty()) return demand;
    }
  }
  return {};
}

}  // namespace

// FNV-1a over the lower-case octets.
std::size_t RuleIndex::Hash::operator()(std::string_view text) const {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(to_lower(c))) * 1099511628211ULL;
  return static_cast<std::size_t>(hash);
}

bool RuleIndex::Same::operator()(std::string_view a, std::string_view b) const { return equals_ignoring_case(a, b); }

RuleIndex::RuleIndex(const std::vector<Rule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto number = static_cast<RuleNumber>(i);
    const Demand demand = rules[i].when ? find_demand(*rules[i].when) : Demand{};
    for (std::size_t stage = 0; stage < stage_count; ++stage) {
      if (!rules[i].at.test(stage)) continue;
      stages_[stage].used = true;
      if (demand.literals.empty()) {
        stages_[stage].always.push_back(number);
      } else {
        add_literals(stages_[stage], *demand.field, demand.literals, number);
      }
    }
  }
}

void RuleIndex::add_literals(StageRules& rules, const Field& field, const std::vector<std::string_view>& texts,
                             RuleNumber number) {
  auto entry = std::find_if(rules.literals.begin(), rules.literals.end(),
                            [&](const Literals& literals) { return literals.field == field; });
  if (entry == rules.literals.end()) entry = rules.literals.insert(entry, Literals{field, {}});
  for (const std::string_view text : texts) {
    std::vector<RuleNumber>& numbers = entry->by_text[std::string(text)];
    if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
  }
}

std::span<const RuleIndex::RuleNumber> RuleIndex::candidates(const Event& event,
                                                             std::vector<RuleNumber>& scratch) const {
  const StageRules& rules = stages_[index_of(event.stage)];
  scratch.clear();
  for (const Literals& literals : rules.literals) {
    any_text_value(literals.field, event, [&](std::string_view value) {
      const auto found = literals.by_text.find(value);
      if (found != literals.by_text.end()) scratch.insert(scratch.end(), found->second.begin(), found->second.end());
      return false;
    });
  }
  if (scratch.empty()) return rules.always;
  scratch.insert(scratch.end(), rules.always.begin(), rules.always.end());
  std::sort(scratch.begin(), scratch.end());
  scratch.erase(std::unique(scratch.begin(), scratch.end()), scratch.end());
  return scratch;
}

}  // namespace smtp_double
