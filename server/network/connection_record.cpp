// What of a connection is kept: in the journal, in the mailbox, in the log.

#include <fmt/compile.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "journal/moment.hpp"
#include "network/connection.hpp"
#include "network/log_text.hpp"

namespace smtp_double {
namespace {

// As it should be, with a delay at the most.
bool is_handshake(const ReplyPlan& plan) {
  const auto* handshake = plan.steps.empty() ? nullptr : std::get_if<Handshake>(&plan.steps.back());
  return handshake != nullptr && !handshake->half;
}

}  // namespace

void Connection::on_turn(Turn& turn) {
  if (turn.switched) go_over();
  // The handshake is told of when it is over; of one that is not to be, now.
  if (turn.stage == Stage::Tls && turn.rule == nullptr && is_handshake(turn.plan)) return;
  ++commands_;
  std::string redacted;
  if (turn.has_secret) {
    turn.misses.clear();  // they name what a condition has seen, as a reply may do
    if (turn.tells_line) redacted = std::to_string(turn.code.value()) + " [redacted]\r\n";
  }
  const std::string_view line = turn.shown;
  const std::string_view sent = redacted.empty() ? std::string_view(turn.plan.bytes) : redacted;
  double_->journal.record({.kind = EntryKind::Exchange,
                           .stage = turn.stage,
                           .code = static_cast<std::uint16_t>(turn.stage == Stage::Tls ? 0 : turn.code.value()),
                           .session = session_.number(),
                           .hit = turn.hit,
                           .time = woken_at_,
                           .received = line,
                           .sent = sent,
                           .rule = turn.rule != nullptr ? std::string_view(turn.rule->name) : std::string_view(),
                           .note = misses_text(turn)});
  if (turn.dropped > 0) note(std::to_string(turn.dropped) + " octets that came behind STARTTLS are dropped");
  if (turn.message != nullptr) log_findings(*turn.message);
  if (turn.message != nullptr && turn.accepted) {
    double_->mailbox.add(std::move(turn.message), double_->budget.held(), double_->budget.limit());
  }
  turn.message.reset();  // the turn may stay for as long as the client likes
  if (logs_dialogue_) log_received(session_.number(), line, turn);
  if (turn.rule != nullptr) log_rule(session_.number(), turn);
  if (logs_dialogue_) {
    log_misses(session_.number(), turn);
    redacted.empty() ? log_plan(session_.number(), turn) : log_redacted(session_.number(), sent);
  }
  if (!turn.why_refused.empty()) {
    note(turn.why_refused);
    if (!logs_dialogue_) spdlog::info("session {}: {}", session_.number(), printable(turn.why_refused));
  }
  if (session_.is_over()) closed_ = text_of_close(turn);
}

void Connection::record_start() {
  wake();
  record(EntryKind::Opened, session_.peer().address);
  if (logs_dialogue_) {
    spdlog::debug("session {}: opened by {}", session_.number(), peer_text(session_.peer()));
  }
}

void Connection::record(EntryKind kind, std::string_view text) {
  double_->journal.record({.kind = kind, .session = session_.number(), .time = wall_time(), .received = text});
}

// Of what no line of the dialogue tells.
void Connection::note(std::string_view text) {
  record(EntryKind::Note, text);
  if (logs_dialogue_) spdlog::debug("session {}: {}", session_.number(), printable(text));
}

// At once: the client waits for a reply, and somebody for the client.
void Connection::warn_of_bare_lf() {
  if (std::exchange(warned_, true)) return;
  spdlog::warn("session {}: the client's last line ended with a bare LF, which ends no line in SMTP",
               session_.number());
}

void Connection::record_end(EndCause cause) {
  const std::string_view text = text_of(cause);
  if (auto message = session_.abandon_message()) {
    double_->mailbox.add(std::move(message), double_->budget.held(), double_->budget.limit());
  }
  if (session_.in_content()) record(EntryKind::Incomplete, {});
  if (tls_.has_failed()) {
    note("TLS failed: " + tls_.failure());
    if (!logs_dialogue_) spdlog::info("session {}: TLS failed: {}", session_.number(), printable(tls_.failure()));
  } else if (tls_.waits() && cause != EndCause::Closed) {
    note("TLS did not come up: the connection ended within the handshake");
  }
  record(EntryKind::Closed, text);
  if (!spdlog::should_log(spdlog::level::info)) return;
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
  fmt::memory_buffer line;
  fmt::format_to(fmt::appender(line), FMT_COMPILE("session {} from {}: {} accepted, {} replies, {} ms, {}"),
                 session_.number(), peer_text(session_.peer()), session_.messages_accepted(), commands_, time.count(),
                 cause == EndCause::Closed ? closed_ : text);
  spdlog::info(std::string_view(line.data(), line.size()));
}

}  // namespace smtp_double
