// AUTH (RFC 4954): the exchange that the built-in server would have, and what rules make of it. And what of all this
// may be told.

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/client_attributes.hpp"
#include "scenario/draw.hpp"
#include "scenario/session.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view secret = "[redacted]";

AuthReply as_auth_reply(const BuiltInReply& reply) {
  return {reply.code, reply.enhanced, std::string(reply.text).append(reply.detail), false};
}

// What would have been an AUTH but for a blank before it.
bool looks_like_auth(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return equals_ignoring_case(line.substr(0, 4), "AUTH") || equals_ignoring_case(line.substr(0, 5), "XAUTH");
}

}  // namespace

Turn* Session::auth_turn(const ParsedLine& parsed, const BuiltInReply& judged) {
  exchange_.reset();
  heard_.reset();
  const auto* auth = std::get_if<Auth>(&parsed.command);
  const bool begins = auth != nullptr && judged.code == ReplyCode::of<334>();
  auth_reply_ = begins ? begin_exchange(*auth) : as_auth_reply(judged);
  turn_.tells_line = !judged.detail.empty();
  Event event = event_at(Stage::Auth);
  note_envelope(event, parsed);
  if (auth != nullptr) event.auth_mechanism = auth->mechanism;
  answer_auth(event);
  return &turn_;
}

// What comes behind a 334, an empty line included.
Turn* Session::auth_response_turn(const CommandLine& line) {
  begin_turn(Stage::AuthResponse, line.text);
  redact(std::string(secret));
  if (line.too_long) {
    auth_reply_ = {ReplyCode::of<500>(), EnhancedCode{5, 5, 6}, "The line is too long", false};
  } else if (line.text == "*") {  // cancels what a rule goes on with, too, where the verdict is known already
    auth_reply_ = cancelled_auth();
  } else if (exchange_) {
    auth_reply_ = exchange_->respond(line.text);
    if (heard_) heard_->lines.emplace_back(line.text);
  }
  Event event = event_at(Stage::AuthResponse);
  event.line = line.text;
  answer_auth(event);
  return &turn_;
}

AuthReply Session::begin_exchange(const Auth& auth) {
  const auto mechanism = mechanism_named(auth.mechanism);
  if (!mechanism) {  // one that the scenario offers, and nobody knows
    return {ReplyCode::of<504>(), EnhancedCode{5, 5, 4}, "This mechanism is not supported", false};
  }
  AuthSettings settings{scenario_->credentials, scenario_->server.hostname};
  settings.nonce = draw({progress_->seed(), {}, std::to_string(number_), turns_}, DrawKind::ForNonce);
  if (tls_ && tls_->client) settings.certificate = *tls_->client;
  exchange_.emplace(*mechanism, settings);
  if (switchboard_ != nullptr && switchboard_->is_in_use()) {
    heard_.emplace(Heard{{}, {}, std::string(settings.hostname), settings.nonce});
    if (auth.initial_response) heard_->initial_response.emplace(*auth.initial_response);
  }
  return exchange_->start(auth.initial_response);
}

// Rules are asked for the line, and where that decides, for the verdict.
void Session::answer_auth(Event& event) {
  note_auth(event);
  const auto built_in = [this] { return BuiltInReply{auth_reply_.code, auth_reply_.enhanced, auth_reply_.text}; };
  if (next_answered_) {
    note_answered(next_answered_);
    finish_plan(nullptr);
    return settle_auth();
  }
  if (is_ruled(event.stage)) choose(event, built_in());
  if (turn_.rule == nullptr && auth_reply_.is_verdict) {
    turn_.stage = event.stage = Stage::AuthResult;
    if (switchboard_ != nullptr) go_by_user(event);
    if (auth_reply_.code.class_digit() >= 4) turn_.why_refused = why_refused();
    if (is_ruled(event.stage)) choose(event, built_in());
  }
  answer_as_chosen(event, built_in());
  settle_auth();
}

// For whoever wonders why a login failed; it has no secret in it.
std::string Session::why_refused() const {
  const std::string& user = exchange_->user();
  std::string text = std::string(name(exchange_->mechanism())) + (user.empty() ? "" : " of '" + user + '\'') + ": ";
  const Credentials& known = scenario_->credentials;
  const bool unknown = !known.any && !user.empty() && find_user(known, user) == nullptr;
  return text + (unknown ? "there is no such user" : "the credentials are wrong");
}

void Session::note_auth(Event& event) const {
  if (!exchange_) return;
  event.auth_mechanism = name(exchange_->mechanism());
  if (!exchange_->user().empty()) event.auth_user = exchange_->user();
}

// State follows the reply that was sent: 3yz asks for another line, 2yz lets the client in, whoever it is.
void Session::settle_auth() {
  in_auth_ = turn_.code.class_digit() == 3 && !over_;
  if (in_auth_) return;
  if (turn_.code.class_digit() == 2) {
    auth_user_ = exchange_ ? exchange_->user() : std::string();
    auth_mechanism_ = exchange_ ? name(exchange_->mechanism()) : std::string_view();
    dialogue_.after_auth();
    turn_.lets_in = true;
  }
  exchange_.reset();
  heard_.reset();
  secret_is_due_ = true;  // from a client that does not wait for replies
  if (turn_.code.class_digit() >= 4) count_error();
}

void Session::redact(std::string shown) {
  if (shows_secrets_) return;
  shown_ = std::move(shown);
  turn_.shown = shown_;
  turn_.has_secret = true;
}

void Session::redact_command(const ParsedLine& parsed) {
  const bool was_due = std::exchange(secret_is_due_, secret_is_due_ && parsed.stage == Stage::Unknown);
  if (parsed.stage == Stage::Auth) {
    if (parsed.argument.empty()) return;
    const auto* auth = std::get_if<Auth>(&parsed.command);
    const auto mechanism = auth != nullptr ? mechanism_named(auth->mechanism) : std::nullopt;
    if (mechanism && !auth->initial_response) return;
    redact("AUTH " + (mechanism ? std::string(name(*mechanism)) + ' ' : "") + std::string(secret));
  } else if (parsed.stage == Stage::Unknown && looks_like_auth(parsed.line)) {
    secret_is_due_ = true;
    redact("AUTH " + std::string(secret));
  } else if (was_due && parsed.stage == Stage::Unknown) {
    redact(std::string(secret));
  }
}

// Postfix's XCLIENT: whom the client speaks for. The session begins anew, as that client's.
void Session::become_another(std::string_view attributes) {
  const ClientAttributes parsed = parse_xclient(attributes);
  const auto* known = std::get_if<std::vector<ClientAttribute>>(&parsed);
  begin_anew();
  dialogue_.restart();
  if (known == nullptr) return;
  for (const ClientAttribute& attribute : *known) become(attribute);
}

void Session::become(const ClientAttribute& attribute) {
  if (attribute.kind != ClientAttribute::Kind::Known) return;
  const auto port = [&] {
    std::uint16_t number = 0;
    std::from_chars(attribute.value.data(), attribute.value.data() + attribute.value.size(), number);
    return number;
  };
  switch (attribute.name) {
    case ClientAttribute::Name::Addr:
      peer_.address = attribute.value;
      unmap_address();
      return;
    case ClientAttribute::Name::Port: peer_.port = port(); return;
    case ClientAttribute::Name::DestPort: peer_.server_port = port(); return;
    case ClientAttribute::Name::Login:
      auth_user_ = attribute.value;
      dialogue_.after_auth();
      turn_.lets_in = true;
      return;
    case ClientAttribute::Name::Name:
    case ClientAttribute::Name::Proto:
    case ClientAttribute::Name::Helo:
    case ClientAttribute::Name::DestAddr:
    case ClientAttribute::Name::Ident:
    case ClientAttribute::Name::Source: return;
  }
}

}  // namespace smtp_double
