#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/stage.hpp"
#include "scenario/field.hpp"

namespace smtp_double {

struct Event;
struct Rule;

/// Finds the rules that may match an event: those of its stage, and of those that demand a literal
/// (a recipient, a subject, an address …) only the ones whose literal the event has. Looked up by hash, never scanned.
class RuleIndex {
 public:
  using RuleNumber = std::uint32_t;

  RuleIndex() = default;
  explicit RuleIndex(const std::vector<Rule>& rules);

  bool has_rules(Stage stage) const { return stages_[index_of(stage)].used; }

  /// The numbers of the candidates, in file order and each once. They stand in `scratch` or in the index.
  std::span<const RuleNumber> candidates(const Event& event, std::vector<RuleNumber>& scratch) const;

  friend bool operator==(const RuleIndex&, const RuleIndex&) = default;

 private:
  // Keys differ in more than case: whether case matters is the condition's to say.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };
  struct Same {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };
  struct Literals {
    Field field;
    std::unordered_map<std::string, std::vector<RuleNumber>, Hash, Same> by_text;
    friend bool operator==(const Literals&, const Literals&) = default;
  };
  struct StageRules {
    bool used = false;
    std::vector<RuleNumber> always;
    std::vector<Literals> literals;
    friend bool operator==(const StageRules&, const StageRules&) = default;
  };

  static void add_literals(StageRules& rules, const Field& field, const std::vector<std::string>& texts,
                           RuleNumber number);

  std::array<StageRules, stage_count> stages_;
};

}  // namespace smtp_double
