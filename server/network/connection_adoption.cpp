// How a session that runs comes to be served by something else.

#include <spdlog/spdlog.h>

#include <utility>

#include "network/connection.hpp"

namespace smtp_double {

// Not within a message or an exchange: the next wake-up asks again then.
void Connection::keep_up() {
  const std::uint64_t version = double_->version();
  std::shared_ptr<ServedScenario> next = double_->served();
  if (next->lineage == served_->lineage) {
    if (!session_.is_between_commands()) return;
    session_.adopt(next->scenario, next->progress);
    served_ = std::move(next);
  }
  version_ = version;
}

void Connection::offer_switch() {
  if (double_->switchboard == nullptr) return;
  switch_ = std::make_unique<DoubleSwitch>(double_->switchboard);
  session_.use(*switch_);
}

// The turn that is being recorded is the first of the other double's.
void Connection::go_over() {
  if (waits_) record_waits();
  DoubleSwitch::Way way = switch_->take();
  const std::shared_ptr<Double> before = std::exchange(double_, std::move(way.owner));
  const std::uint64_t number_before = std::exchange(number_, session_.number());
  served_ = std::move(way.served);
  version_ = way.version;
  if (has_place_) {
    before->connections.fetch_sub(1);
    double_->connections.fetch_add(1);
  }
  const std::string whereto = "went over to double '" + double_->name + "' as its session " + std::to_string(number_);
  const auto tell = [&](EntryKind kind, std::string_view text) {
    before->journal.record({.kind = kind,
                            .session = number_before,
                            .time = woken_at_.time,
                            .elapsed = woken_at_.elapsed,
                            .received = text});
  };
  tell(EntryKind::Note, whereto);
  tell(EntryKind::Closed, "went over to another double");
  woken_at_ = double_->now();
  record_opened();
  note("came from double '" + before->name + "', where it was session " + std::to_string(number_before));
  if (const TlsFacts* facts = session_.tls_facts()) {
    const std::string text = to_string(*facts);
    note_tls("TLS is up: " + text, text);
  }
}

}  // namespace smtp_double
