#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "admin/double_host.hpp"
#include "app/kept_records.hpp"
#include "app/scenario_preparation.hpp"
#include "journal/double_registry.hpp"
#include "network/double_listeners.hpp"
#include "network/event_loops.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// `main`, and the doubles that are made while it serves: each with listeners of its own at main's host, on the same
/// event loops. Safe from every thread but theirs.
class Doubles final : public DoubleHost {
 public:
  static constexpr std::size_t most = 1000;  ///< besides `main`

  /// All that is not a value outlives it. `main` is bound already, and its listeners are somebody else's; `selected` is
  /// what its clients are put through by; `kept`, where there is one, keeps what the others receive.
  Doubles(EventLoops& loops, CertificateStore& certificates, const ScenarioPreparation& preparation,
          std::shared_ptr<Double> main, const std::vector<ListenerAddress>& bound,
          std::shared_ptr<DoubleRegistry> selected, KeptRecords* kept = nullptr);

  std::vector<HostedDouble> all() const override;
  std::optional<HostedDouble> find(std::string_view name) const override;
  std::variant<HostedDouble, HostError> create(NewDouble wanted) override;
  bool remove(std::string_view name) override;
  void close_sessions(const Double& served) override;
  bool is_ready() const override;
  std::vector<LoopLag> loop_lags() override;
  LoadedScenario prepare(std::string yaml, std::string file) override;

 private:
  // One that is being made holds its name and its selector already, and is seen by nobody.
  struct Entry {
    HostedDouble hosted;
    std::unique_ptr<DoubleListeners> listeners;
    bool is_there = false;
  };
  class Reservation;

  std::variant<std::shared_ptr<Entry>, HostError> reserve(NewDouble& wanted);
  void forget(const std::shared_ptr<Entry>& entry);
  std::string made_up_name();
  const Entry* entry_called(std::string_view name) const;
  void serve(Entry& entry, const NewDouble& wanted);

  EventLoops& loops_;
  CertificateStore& certificates_;
  ScenarioPreparation preparation_;
  const std::shared_ptr<Double> main_;
  const std::shared_ptr<DoubleRegistry> selected_;
  KeptRecords* const kept_;
  std::string host_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Entry>> entries_;  // main first
  std::uint64_t names_made_up_ = 0;
};

}  // namespace smtp_double
