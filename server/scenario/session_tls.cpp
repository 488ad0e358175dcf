// Where a session goes over to TLS, and how a rule wants that to fail.

#include <utility>

#include "scenario/session.hpp"

namespace smtp_double {
void Session::start_with_tls() {
  begun_ = true;
  greeting_awaits_tls_ = true;
  awaits_tls_ = true;
  tls_settings_ = scenario_->tls;
}

void Session::client_hello(std::string_view server_name) {
  server_name_ = server_name;
  hello_due_ = true;
}

void Session::tls_is_up(TlsFacts facts) {
  awaits_tls_ = false;
  tls_ = std::move(facts);
  input_ = {};
  lines_.forget();
  begin_anew();
  dialogue_.after_tls();
  if (std::exchange(greeting_awaits_tls_, false)) greeting_due_ = true;
}

// Nothing that was said before counts.
void Session::begin_anew() {
  in_auth_ = false;
  exchange_.reset();
  auth_user_.clear();
  auth_mechanism_.clear();
  if (content_) drop_chunks();
}

Turn* Session::handshake_turn() {
  begin_turn(Stage::Tls, {});
  turn_.code = ReplyCode::of<220>();
  Event event = event_at(Stage::Tls);
  if (is_ruled(Stage::Tls)) choose(event, {turn_.code, {}, {}});
  const Response* response = turn_.rule != nullptr ? selection_.response : nullptr;
  begin_plan(response != nullptr ? &event : nullptr);
  plan_handshake(response);
  return &turn_;
}

bool Session::begins_tls(const Response* response) const {
  const bool said = turn_.stage == Stage::StartTls && turn_.code.class_digit() == 2 && !tls_;
  return said && (response == nullptr || !response->then);
}

// In one write with the 220 goes what the scenario injects.
void Session::plan_tls(const Response* response) {
  tls_settings_ = scenario_->tls;
  if (response != nullptr && response->tls) tls_settings_ = overlaid(tls_settings_, *response->tls);
  if (!tls_settings_.inject.empty()) {
    turn_.plan.bytes += tls_settings_.inject;
    turn_.plan.steps.emplace_back(Send{tls_settings_.inject.size()});
  }
  turn_.plan.steps.emplace_back(BeginTls{});
  turn_.dropped = input_.size();
  input_ = {};
  awaits_tls_ = true;
}

void Session::plan_handshake(const Response* response) {
  ReplyPlan& plan = turn_.plan;
  if (response != nullptr && response->tls) tls_settings_ = overlaid(tls_settings_, *response->tls);
  const auto abort = tls_settings_.abort;
  const auto* raw = response != nullptr ? std::get_if<RawBytes>(&response->what) : nullptr;
  if (raw != nullptr) plan.bytes = raw->octets;
  if (raw == nullptr && tls_settings_.alert) plan.bytes = alert_record(*tls_settings_.alert);
  const bool said = !plan.bytes.empty();  // in place of a ServerHello
  if (said) plan_sending(response);
  const Then then = response != nullptr && response->then ? *response->then : Then::Continue;
  const bool ends = said || abort == HandshakeAbort::BeforeHandshake || (then != Then::Continue && !abort);
  if (!ends) plan.steps.emplace_back(Handshake{abort == HandshakeAbort::MidHandshake});
  if (!ends && !abort) return;
  if (response != nullptr && response->then_after.count() > 0) plan.steps.emplace_back(Wait{response->then_after});
  end_plan(then == Then::Continue ? Then::Close : then);
}

}  // namespace smtp_double
