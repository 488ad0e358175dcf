#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "journal/double.hpp"
#include "journal/double_registry.hpp"

namespace smtp_double {

/// Puts one session through to the doubles of a registry, and keeps what it is to be served by from then on.
class DoubleSwitch : public Switchboard {
 public:
  /// Where a session is to go, until take() has it.
  struct Way {
    std::shared_ptr<Double> owner;
    std::shared_ptr<ServedScenario> served;
    std::uint64_t version;  ///< of the owner, when it served that
  };

  explicit DoubleSwitch(std::shared_ptr<const DoubleRegistry> registry) : registry_(std::move(registry)) {}

  bool is_in_use() const override { return !registry_->is_empty(); }
  std::optional<SwitchTarget> put_through(SelectBy by, std::string_view value) override;

  /// Of the switch that was made last.
  Way take() { return *std::exchange(way_, std::nullopt); }

 private:
  std::shared_ptr<const DoubleRegistry> registry_;
  const Double* current_ = nullptr;  // null: the one that the session began with, which is none of the registry's
  std::optional<Way> way_;
};

}  // namespace smtp_double
