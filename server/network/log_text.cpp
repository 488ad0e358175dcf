#include "network/log_text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "journal/misses_note.hpp"
#include "network/endpoint.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {

std::string peer_text(const Peer& peer) {
  if (peer.address.empty()) return "a local client";
  return host_and_port(peer.address, peer.port);
}

std::string_view text_of(EndCause cause) {
  switch (cause) {
    case EndCause::ClientClosed: return "closed by the client";
    case EndCause::ClientReset: return "reset by the client";
    case EndCause::ClientQuit:
    case EndCause::Timeout:
    case EndCause::Closed: return "closed";
    case EndCause::Reset: return "reset by a rule";
    case EndCause::Cut: return "cut off";
  }
  return {};
}

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

namespace {

std::string_view ending_of(const ReplyPlan& plan) {
  if (plan.steps.empty()) return {};
  if (std::holds_alternative<Close>(plan.steps.back())) return "closed";
  if (std::holds_alternative<Reset>(plan.steps.back())) return "reset";
  if (std::holds_alternative<HalfClose>(plan.steps.back())) return "half-closed";
  if (std::holds_alternative<GoSilent>(plan.steps.back())) return "silent from here on";
  if (std::holds_alternative<StopReading>(plan.steps.back())) return "reading nothing from here on";
  return {};
}

// "450", "450, closed", "no reply, reset"
std::string outcome_of(const Turn& turn) {
  std::string text = turn.plan.bytes.empty() ? "no reply" : std::to_string(turn.code.value());
  if (turn.stage == Stage::Tls) text = turn.plan.bytes.empty() ? "handshake" : "no handshake";
  const std::string_view ending = ending_of(turn.plan);
  if (!ending.empty()) text.append(", ").append(ending);
  return text;
}

}  // namespace

std::string_view text_of_close(const Turn& last) {
  if (last.rule != nullptr) return "closed by a rule";
  return last.stage == Stage::Quit ? "closed after QUIT" : "closed by the server";
}

void log_rule(std::uint64_t session, const Turn& turn) {
  const Rule& rule = *turn.rule;
  spdlog::info("session {} {}: {} by rule '{}' ({}:{}), hit {}", session, name(turn.stage), outcome_of(turn), rule.name,
               rule.place.file, rule.place.line, turn.hit);
}

void log_findings(const Message& message) {
  const ContentFindings& found = message.findings;
  if (!found.bare_cr && !found.bare_lf && !found.nul) return;
  std::string text;
  const auto add = [&text](std::string_view what, const std::optional<std::uint64_t>& at) {
    if (at) text += fmt::format("{}{} at octet {}", text.empty() ? "" : ", ", what, *at);
  };
  add("a bare CR", found.bare_cr);
  add("a bare LF", found.bare_lf);
  add("a NUL", found.nul);
  spdlog::warn("session {} message {}: there is {} of the content", message.session, message.number, text);
}

void log_received(std::uint64_t session, std::string_view line, const Turn& turn) {
  if (!line.empty()) spdlog::debug("session {} C: {}", session, escaped(line));
  if (turn.stage == Stage::Message) spdlog::debug("session {} C: (content)", session);
}

void log_misses(std::uint64_t session, const Turn& turn) {
  for (const NotedMiss& miss : read_misses(misses_note(turn.misses))) {
    spdlog::debug("session {}    not by {}", session, to_string(miss));
  }
}

void log_redacted(std::uint64_t session, std::string_view reply) {
  spdlog::debug("session {} S: {}", session, escaped(reply));
}

void log_plan(std::uint64_t session, const Turn& turn) {
  spdlog::debug("session {} S: {}", session, to_string(turn.plan));
}

}  // namespace smtp_double
