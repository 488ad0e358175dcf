#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "admin/double_host.hpp"
#include "config/scenario_loader.hpp"

namespace smtp_double::test {

/// Doubles without listeners: for what the admin API does by itself.
class SingleDoubleHost : public DoubleHost {
 public:
  explicit SingleDoubleHost(Scenario scenario) { add("main", std::make_shared<const Scenario>(std::move(scenario))); }

  std::vector<HostedDouble> all() const override { return doubles_; }
  std::optional<HostedDouble> find(std::string_view name) const override {
    for (const HostedDouble& hosted : doubles_) {
      if (hosted.name == name) return hosted;
    }
    return std::nullopt;
  }
  std::variant<HostedDouble, HostError> create(NewDouble wanted) override {
    if (wanted.name.empty()) wanted.name = "d" + std::to_string(doubles_.size());
    if (find(wanted.name)) return HostError{HostError::Kind::NameTaken, "there is one already"};
    if (doubles_.size() >= most) return HostError{HostError::Kind::TooMany, "there are enough"};
    add(wanted.name, std::move(wanted.scenario));
    doubles_.back().select = std::move(wanted.select);
    return doubles_.back();
  }
  bool remove(std::string_view name) override {
    return std::erase_if(doubles_, [&](const HostedDouble& hosted) { return hosted.name == name; }) > 0;
  }
  void close_sessions(const Double&) override { ++closings; }
  bool is_ready() const override { return ready; }
  std::vector<LoopLag> loop_lags() override { return {{}}; }
  LoadedScenario prepare(std::string yaml, std::string file) override {
    return load_scenario(std::move(yaml), std::move(file));
  }

  Double& main() { return *doubles_.front().served; }

  bool ready = true;
  int closings = 0;

 private:
  static constexpr std::size_t most = 4;

  void add(std::string name, std::shared_ptr<const Scenario> scenario) {
    doubles_.push_back({std::move(name), std::make_shared<Double>(std::move(scenario)), {}, std::nullopt, {}});
  }

  std::vector<HostedDouble> doubles_;
};

}  // namespace smtp_double::test
