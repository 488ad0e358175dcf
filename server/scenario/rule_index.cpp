#include "scenario/rule_index.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "protocol/ascii.hpp"
#include "scenario/event.hpp"
#include "scenario/field_values.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {
namespace {

// How few rules a value of the field is likely to leave; for a field of the header a look-up reads all of it.
int usefulness(FieldKind kind) {
  if (kind == FieldKind::Header || kind == FieldKind::Subject) return 0;
  if (kind == FieldKind::Verb || kind == FieldKind::SenderDomain || kind == FieldKind::RecipientDomain) return 1;
  return 2;
}

bool can_be_looked_up(FieldKind kind) {
  const FieldType type = type_of(kind);
  return (type == FieldType::Text || type == FieldType::Address) && kind != FieldKind::Body;
}

// The text that a value must be equal to, but for case; nothing when others satisfy the matcher, too.
std::optional<std::string> demanded_literal(const Matcher& matcher) {
  if (const auto* is = std::get_if<Is>(&matcher)) return is->text;
  if (const auto* network = std::get_if<InNetwork>(&matcher)) return network->range.single_address();
  return std::nullopt;
}

// The field that must have one of these values; without literals there is no such demand.
struct Demand {
  const Field* field = nullptr;
  std::vector<std::string> literals;
};

Demand demand_of(const FieldTest& test) {
  if (!can_be_looked_up(test.field.kind)) return {};
  Demand demand{&test.field, {}};
  for (const std::vector<Matcher>& all : test.alternatives) {
    std::optional<std::string> literal;
    for (const Matcher& matcher : all) {
      if (!literal) literal = demanded_literal(matcher);
    }
    if (!literal) return {};
    demand.literals.push_back(*std::move(literal));
  }
  return demand;
}

Demand find_demand(const Condition& condition);

// Any of the parts will do.
Demand demand_of(const AllOf& all) {
  Demand found;
  for (const Condition& part : all.conditions) {
    Demand demand = find_demand(part);
    if (demand.literals.empty()) continue;
    if (found.literals.empty() || usefulness(demand.field->kind) > usefulness(found.field->kind)) {
      found = std::move(demand);
    }
  }
  return found;
}

// All of the parts, if they ask for the same field.
Demand demand_of(const AnyOf& any) {
  Demand found;
  for (const Condition& part : any.conditions) {
    Demand demand = find_demand(part);
    if (demand.literals.empty()) return {};
    if (found.field == nullptr) found.field = demand.field;
    if (*found.field != *demand.field) return {};
    std::move(demand.literals.begin(), demand.literals.end(), std::back_inserter(found.literals));
  }
  return found;
}

Demand demand_of(const NotAll&) { return {}; }

Demand find_demand(const Condition& condition) {
  return std::visit([](const auto& node) { return demand_of(node); }, condition.node);
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

void RuleIndex::add_literals(StageRules& rules, const Field& field, const std::vector<std::string>& texts,
                             RuleNumber number) {
  auto entry = std::find_if(rules.literals.begin(), rules.literals.end(),
                            [&](const Literals& literals) { return literals.field == field; });
  if (entry == rules.literals.end()) entry = rules.literals.insert(entry, Literals{field, {}});
  for (const std::string& text : texts) {
    std::vector<RuleNumber>& numbers = entry->by_text[text];
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
