// What of a connection is kept: in the journal, in the mailbox, in the log.

#include <fmt/compile.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "journal/content_digest.hpp"
#include "journal/misses_note.hpp"
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
  if (turn.switched) go_over(turn.stage);
  if (waits_) record_waits();
  // The handshake is told of when it is over; of one that is not to be, now.
  if (turn.stage == Stage::Tls && turn.rule == nullptr && is_handshake(turn.plan)) return;
  ++commands_;
  last_stage_ = turn.stage;
  std::string redacted;
  if (turn.has_secret) {
    turn.misses.clear();  // they name what a condition has seen, as a reply may do
    if (turn.tells_line) redacted = std::to_string(turn.code.value()) + " [redacted]\r\n";
  }
  const std::string_view sent = redacted.empty() ? std::string_view(turn.plan.bytes) : redacted;
  record_exchange(turn, sent);
  if (turn.lets_in) record({.kind = EntryKind::Authenticated, .received = session_.auth_user()});
  if (turn.dropped > 0) note(std::to_string(turn.dropped) + " octets that came behind STARTTLS are dropped");
  if (logs_dialogue_) log_received(number_, turn.shown, turn);
  if (turn.rule != nullptr) log_rule(number_, turn);
  if (logs_dialogue_) {
    log_misses(number_, turn);
    redacted.empty() ? log_plan(number_, turn) : log_redacted(number_, sent);
  }
  if (!turn.why_refused.empty()) {
    note(turn.why_refused);
    if (!logs_dialogue_) spdlog::info("session {}: {}", number_, printable(turn.why_refused));
  }
  if (session_.is_over()) closed_ = text_of_close(turn);
}

// A message is in the mailbox, and in the journal, before the reply to it.
void Connection::record_exchange(Turn& turn, std::string_view sent) {
  const std::string misses = turn.misses.empty() ? std::string() : misses_note(turn.misses);
  const std::uint64_t octets = octets_to_send(turn.plan);
  octets_.plan(octets);
  const JournalEntry exchange{.kind = EntryKind::Exchange,
                              .stage = turn.stage,
                              .code = static_cast<std::uint16_t>(turn.stage == Stage::Tls ? 0 : turn.code.value()),
                              .session = number_,
                              .hit = turn.hit,
                              .time = woken_at_.time,
                              .elapsed = woken_at_.elapsed,
                              .received = turn.shown,
                              .sent = sent,
                              .rule = turn.rule != nullptr ? std::string_view(turn.rule->name) : std::string_view(),
                              .note = misses,
                              .octets = octets};
  // The turn may stay for as long as the client likes; its message does not.
  std::shared_ptr<Message> message = std::exchange(turn.message, nullptr);
  BudgetShare share = std::move(turn.share);
  if (message == nullptr || !turn.ends_message) return double_->journal.record(exchange);
  log_findings(*message);
  const ContentDigest digest = digest_content(message->content);
  double_->journal.record(keep_message(std::move(message), std::move(share), turn.accepted, digest), exchange);
}

JournalEntry Connection::keep_message(std::shared_ptr<Message> message, BudgetShare share, bool is_accepted,
                                      const ContentDigest& digest) {
  JournalEntry entry{.kind = EntryKind::Message,
                     .stage = Stage::Message,
                     .session = number_,
                     .time = woken_at_.time,
                     .elapsed = woken_at_.elapsed,
                     .received = digest.message_id,
                     .note = digest.subject,
                     .octets = message->size,
                     .content_hash = message->is_whole ? digest.body_hash : 0};
  if (!is_accepted) return entry;
  message->time = woken_at_.time;
  message->elapsed = woken_at_.elapsed;
  message->client = session_.peer().address;
  message->client_port = session_.peer().port;
  message->auth_user = session_.auth_user();
  if (const TlsFacts* facts = session_.tls_facts()) message->tls = to_string(*facts);
  share.give_back();  // not before: others would take what is not free yet
  entry.message = double_->mailbox.add(std::move(message), double_->budget.held(), double_->budget.limit());
  return entry;
}

bool Connection::explains_misses() {
  switch (double_->explains_misses.load(std::memory_order_relaxed)) {
    case ExplainsMisses::Never: return false;
    case ExplainsMisses::WhenIdle: return loop_.may_explain(woken_at_.time);
    case ExplainsMisses::Always: return true;
  }
  return false;
}

void Connection::record_opened() {
  record({.kind = EntryKind::Opened,
          .received = session_.peer().address,
          .note = name(kind_),
          .client_port = session_.peer().port,
          .server_port = session_.peer().server_port});
}

void Connection::record_start() {
  wake();
  record_opened();
  if (logs_dialogue_) {
    spdlog::debug("session {}: opened by {}", number_, peer_text(session_.peer()));
  }
}

void Connection::record(JournalEntry entry) {
  entry.session = number_;
  entry.time = woken_at_.time;
  entry.elapsed = woken_at_.elapsed;
  double_->journal.record(entry);
}

// Of what no line of the dialogue tells.
void Connection::note(std::string_view text) {
  record({.kind = EntryKind::Note, .received = text});
  if (logs_dialogue_) spdlog::debug("session {}: {}", number_, printable(text));
}

void Connection::note_tls(std::string_view text, std::string_view facts) {
  record({.kind = EntryKind::Tls, .stage = Stage::Tls, .received = text, .sent = facts});
  if (logs_dialogue_) spdlog::debug("session {}: {}", number_, printable(text));
}

// At once: the client waits for a reply, and somebody for the client.
void Connection::warn_of_bare_lf() {
  if (std::exchange(warned_, true)) return;
  spdlog::warn("session {}: the client's last line ended with a bare LF, which ends no line in SMTP", number_);
}

// Something slow is made of many short ones, which are told of as one.
void Connection::record_pause() {
  const auto measured = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - paused_at_);
  if (waits_ && !pause_.is_pace) record_waits();
  if (!waits_) {
    waits_.emplace();
    waits_->sent_before = player_.sent();
    waits_->is_of_sending = player_.is_playing();
  }
  waits_->asked += pause_.time;
  waits_->measured += measured;
  waits_->ended = woken_at_;
  if (!pause_.is_pace) record_waits();
}

void Connection::record_waits() {
  double_->journal.record({.kind = EntryKind::Waited,
                           .stage = last_stage_,
                           .session = number_,
                           .time = waits_->ended.time,
                           .elapsed = waits_->ended.elapsed,
                           .octets = waits_->sent_before,
                           .asked = waits_->asked,
                           .measured = waits_->measured});
  waits_.reset();
}

void Connection::abandon_turn() {
  if (waits_) record_waits();
  player_.abandon();
  record_unsent();
}

void Connection::record_unsent() {
  const std::uint64_t unsent = octets_.take_unsent();
  if (unsent > 0) record({.kind = EntryKind::Unsent, .octets = unsent});
}

EndCause Connection::told_cause(EndCause cause) const {
  if (timed_out_) return EndCause::Timeout;
  if (cause != EndCause::Closed) return cause;
  const auto farewell = session_.farewell();
  if (farewell == Farewell::Idle) return EndCause::Timeout;
  if (farewell == Farewell::ShuttingDown) return EndCause::Cut;
  return last_stage_ == Stage::Quit ? EndCause::ClientQuit : EndCause::Closed;
}

void Connection::note_end_of_tls(EndCause cause) {
  if (tls_.has_failed()) {
    note_tls("TLS failed: " + tls_.failure());
    if (!logs_dialogue_) spdlog::info("session {}: TLS failed: {}", number_, printable(tls_.failure()));
  } else if (tls_.waits() && cause != EndCause::Closed) {
    note_tls("TLS did not come up: the connection ended within the handshake");
  }
}

void Connection::record_end(EndCause cause) {
  const std::string_view text = text_of(cause);
  wake();
  if (waits_) record_waits();
  record_unsent();
  if (auto message = session_.abandon_message()) {
    const ContentDigest digest = digest_content(message->content);
    record(keep_message(std::move(message), {}, true, digest));
  }
  if (session_.in_content()) record({.kind = EntryKind::Incomplete});
  note_end_of_tls(cause);
  record({.kind = EntryKind::Closed,
          .end = told_cause(cause),
          .received = text,
          .octets = octets_.in(),
          .octets_out = octets_.out()});
  if (!spdlog::should_log(spdlog::level::info)) return;
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
  fmt::memory_buffer line;
  fmt::format_to(fmt::appender(line), FMT_COMPILE("session {} from {}: {} accepted, {} replies, {} ms, {}"), number_,
                 peer_text(session_.peer()), session_.messages_accepted(), commands_, time.count(),
                 cause == EndCause::Closed ? closed_ : text);
  spdlog::info(std::string_view(line.data(), line.size()));
}

}  // namespace smtp_double
