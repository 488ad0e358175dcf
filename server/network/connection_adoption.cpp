// How a session that runs comes to be served by something else.

#include <spdlog/spdlog.h>

#include <utility>

#include "network/connection.hpp"

namespace smtp_double {
namespace {

std::string hello_line(const Dialogue& dialogue, std::string_view name) {
  return (dialogue.is_lmtp() ? "LHLO " : "EHLO ") + std::string(name);
}

}  // namespace

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

// Who asks the other double what its client said is told of what still holds.
void Connection::record_what_was_said(const Double& before, Stage now) {
  if (now == Stage::Ehlo || now == Stage::Helo || now == Stage::Lhlo) return;  // it says all of it
  const std::string told = "250 (by double '" + before.name + "')\r\n";
  const auto say = [&](Stage stage, const std::string& line) {
    record({.kind = EntryKind::Exchange, .stage = stage, .code = 250, .received = line, .sent = told});
  };
  const Dialogue& dialogue = session_.dialogue();
  if (const auto helo = dialogue.helo())
    say(dialogue.is_lmtp() ? Stage::Lhlo : Stage::Ehlo, hello_line(dialogue, *helo));
  const Transaction& transaction = dialogue.transaction();
  if (const auto sender = transaction.sender()) {
    const std::string parameters(transaction.parameters());
    say(Stage::Mail, "MAIL FROM:<" + std::string(*sender) + '>' + (parameters.empty() ? "" : ' ' + parameters));
  }
}

// The turn that is being recorded is the first of the other double's.
void Connection::go_over(Stage now) {
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
  record_what_was_said(*before, now);
  note("came from double '" + before->name + "', where it was session " + std::to_string(number_before));
  if (const TlsFacts* facts = session_.tls_facts()) {
    const std::string text = to_string(*facts);
    note_tls("TLS is up: " + text, text);
  }
}

}  // namespace smtp_double
