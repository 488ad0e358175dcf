#include "scenario/session.hpp"

#include <algorithm>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/command_parser.hpp"
#include "protocol/parameters.hpp"
#include "scenario/reply_text.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t usual_reply = 200;  // EHLO's is the longest
constexpr std::size_t usual_steps = 2;    // to send and to close
constexpr std::size_t unread_worth_keeping = 512;
constexpr std::uint32_t longest_auth_line = 12'288;  // with CRLF; RFC 4954 4

bool is_auth(std::string_view line) { return equals_ignoring_case(line.substr(0, 5), "AUTH "); }

struct FarewellText {
  EnhancedCode enhanced;
  std::string_view text;
};

FarewellText text_of(Farewell why) {
  switch (why) {
    case Farewell::Idle: return {{4, 4, 2}, " Nothing was sent for too long, closing the connection"};
    case Farewell::ShuttingDown: return {{4, 3, 2}, " Shutting down, closing the connection"};
    case Farewell::TooManyErrors: return {{4, 7, 0}, " Too many refused commands, closing the connection"};
    case Farewell::TooManyRecipients: return {{4, 5, 3}, " Too many recipients, closing the connection"};
    case Farewell::TooManyConnections: return {{4, 3, 2}, " Too many connections, try again later"};
  }
  return {};
}

}  // namespace

Session::Session(std::shared_ptr<const Scenario> scenario, Progress& progress, ContentBudget& budget,
                 std::uint64_t number, Peer peer, Variant variant)
    : scenario_(std::move(scenario)),
      progress_(&progress),
      budget_(&budget),
      number_(number),
      peer_(std::move(peer)),
      dialogue_(scenario_->server, variant),
      lines_(longest_line(*scenario_)) {
  turn_.plan.bytes.reserve(usual_reply);
  turn_.plan.steps.reserve(usual_steps);
}

std::size_t Session::longest_line(const Scenario& scenario) {
  return std::max(scenario.server.limits.command_line, longest_auth_line);
}

Session::~Session() { budget_->give_back(budgeted_ + envelope_); }

void Session::receive(std::string_view octets) {
  if (over_ || awaits_tls_) return;
  if (input_.empty()) {
    input_ = octets;
    return;
  }
  std::string joined(input_);
  joined += octets;
  unread_ = std::move(joined);
  input_ = unread_;
}

void Session::keep_unread() {
  const bool kept_already =
      !unread_.empty() && input_.data() >= unread_.data() && input_.data() <= unread_.data() + unread_.size();
  if (input_.empty() || kept_already) return;
  unread_.assign(input_);
  input_ = unread_;
}

void Session::set_peer(Peer peer) {
  peer_ = std::move(peer);
  unmap_address();
}

// A client that is known by its IPv4 address is to be so, whoever tells of it.
void Session::unmap_address() {
  constexpr std::string_view mapped = "::ffff:";
  if (peer_.address.starts_with(mapped) && peer_.address.find('.') != std::string::npos) {
    peer_.address.erase(0, mapped.size());
  }
}

void Session::dismiss(Farewell why) {
  input_ = {};
  farewell_ = why;
  over_ = false;  // a last word that was planned and not said
}

Turn* Session::next_turn() {
  if (over_) return nullptr;
  if (farewell_) return farewell_turn();
  if (awaits_tls_) return std::exchange(hello_due_, false) ? handshake_turn() : nullptr;
  if (greeting_due_) return greeting_turn();
  if (told_ != nullptr) return recipient_turn();
  if (input_.empty() && unread_.capacity() > unread_worth_keeping) std::string().swap(unread_);
  if (chunk_ || (content_ && !in_chunks_)) return content_turn();
  skip_octets();
  const auto line = lines_.next(input_);
  if (!line) return nullptr;
  return in_auth_ ? auth_response_turn(*line) : command_turn(*line);
}

// The splitter takes lines that are long enough for AUTH; other commands have less room.
CommandLine Session::bounded(const CommandLine& line) const {
  const std::size_t limit = scenario_->server.limits.command_line;
  if (line.text.size() + 2 <= limit || is_auth(line.text)) return line;
  return {line.text.substr(0, limit - 2), true};
}

Turn* Session::greeting_turn() {
  greeting_due_ = false;
  begin_turn(Stage::Connect, {});
  const std::string& prepared = scenario_->greeting_wire;
  Event event = event_at(Stage::Connect);
  const std::string banner = prepared.empty() ? rendered(scenario_->banner, event) : std::string();
  answer(event, {ReplyCode::of<220>(), std::nullopt, banner, {}, prepared});
  dialogue_.after_greeting(turn_.code);
  return &turn_;
}

Turn* Session::farewell_turn() {
  if (awaits_tls_ ||
      !begun_) {  // plain text would be taken for a part of the handshake, and there may be no client yet
    begin_turn(Stage::Idle, {});
    turn_.code = ReplyCode::of<421>();
    end_plan(Then::Close);
    return &turn_;
  }
  const FarewellText farewell = text_of(*farewell_);
  // RFC 2034 4 wants no enhanced code in a greeting.
  const bool greeting = *farewell_ == Farewell::TooManyConnections;
  begin_turn(greeting ? Stage::Connect : Stage::Idle, {});
  const BuiltInReply built_in{ReplyCode::of<421>(), greeting ? std::nullopt : std::optional(farewell.enhanced),
                              scenario_->server.hostname, farewell.text};
  if (*farewell_ == Farewell::Idle && is_ruled(Stage::Idle)) {
    Event event = event_at(Stage::Idle);
    answer(event, built_in);
    if (!over_) farewell_.reset();  // a rule has it go on
    return &turn_;
  }
  turn_.code = built_in.code;
  append_built_in(built_in);
  plan_sending(nullptr);
  end_plan(Then::Close);
  return &turn_;
}

Turn* Session::command_turn(const CommandLine& line) {
  const ParsedLine parsed = parse_command(bounded(line));
  if (switchboard_ != nullptr) go_by_command(parsed);
  const BuiltInReply built_in = dialogue_.judge(parsed);
  if (parsed.stage == Stage::Bdat && begin_chunk(parsed, built_in)) return content_turn();
  begin_turn(parsed.stage, parsed.line);
  redact_command(parsed);
  if (parsed.stage == Stage::Auth) return auth_turn(parsed, built_in);
  if (next_answered_) {
    note_answered(next_answered_);
    finish_plan(nullptr);  // said already: what is left is to close, where the code does
  } else if (is_ruled(parsed.stage)) {
    Event event = event_at(parsed.stage);
    note_envelope(event, parsed);
    answer(event, built_in);
  } else {
    answer_built_in(built_in);
  }
  after_command(parsed);
  return &turn_;
}

void Session::after_command(const ParsedLine& parsed) {
  dialogue_.after_command(parsed, turn_.code);
  const bool begins = parsed.stage == Stage::Mail && turn_.code.class_digit() == 2;
  if (content_ && (begins || !dialogue_.transaction().is_open())) drop_chunks();
  budget_recipients();
  if (turn_.code.class_digit() >= 4) count_error();
  if (parsed.stage == Stage::Data && turn_.code.class_digit() == 3) begin_content(false);
  if (parsed.stage == Stage::Bdat) {
    skip_after(parsed.argument);
    // One that nobody could read is a hole in the content.
    if (content_) dialogue_.after_chunk(turn_.code);
    if (content_ && turn_.code.class_digit() >= 4) drop_chunks();
  }
  if (turn_.code.class_digit() == 2 && std::holds_alternative<Xclient>(parsed.command)) {
    become_another(std::get<Xclient>(parsed.command).attributes);
  }
}

Event Session::event_at(Stage stage) const {
  const Transaction& transaction = dialogue_.transaction();
  Event event;
  event.stage = stage;
  event.peer = &peer_;
  event.session = number_;
  event.message = messages_ + 1;
  event.helo = dialogue_.helo();
  event.sender = transaction.sender();
  event.transaction_parameters = transaction.parameters();
  event.asked = transaction.asked();
  event.accepted = transaction.recipients().size();
  if (dialogue_.is_authenticated()) {
    event.auth_user = auth_user_;
    event.auth_mechanism = auth_mechanism_;
  }
  event.is_tls = tls_.has_value();
  if (tls_) event.tls = &*tls_;
  if (server_name_ && !server_name_->empty()) event.tls_server_name = *server_name_;
  event.early_talker = early_talker_;
  event.now = now_;
  if (stage == Stage::Data || stage == Stage::Bdat || stage == Stage::Body || stage == Stage::Message) {
    event.recipients = transaction.recipients();
  }
  return event;
}

// What the command itself brings: its own envelope address is the one that is asked for.
void Session::note_envelope(Event& event, const ParsedLine& parsed) const {
  event.line = parsed.line;
  event.verb = parsed.verb;
  event.argument = parsed.argument;
  const Envelope envelope = envelope_of(parsed.command);
  if (is_hello(parsed.stage)) {
    const auto* hello = std::get_if<Hello>(&parsed.command);
    event.helo = hello != nullptr ? hello->name : parsed.argument;
  } else if (parsed.stage == Stage::Mail) {
    event.sender = envelope.path;
    event.parameters = envelope.parameters;
    event.transaction_parameters = {};
    event.size = declared_size(envelope.parameters);
  } else if (parsed.stage == Stage::Rcpt) {
    event.recipient = envelope.path;
    event.parameters = envelope.parameters;
    ++event.asked;
  }
}

void Session::begin_turn(Stage stage, std::string_view line) {
  turn_.stage = stage;
  turn_.line = line;
  turn_.shown = line;
  turn_.has_secret = false;
  turn_.dropped = 0;
  turn_.why_refused.clear();
  turn_.rule = nullptr;
  turn_.attempt = 0;
  turn_.hit = 0;
  turn_.misses.clear();
  turn_.tells_line = false;
  turn_.plan.clear();
  turn_.message.reset();
  turn_.share.give_back();
  turn_.promises = false;
  turn_.taker.reset();
  turn_.ends_message = false;
  turn_.accepted = false;
  turn_.switched = std::exchange(switched_, false);
  turn_.lets_in = false;
  replied_before_.clear();
  ++turns_;
}

void Session::note_selection() {
  turn_.rule = selection_.rule;
  turn_.attempt = selection_.attempt;
  turn_.hit = selection_.hit;
}

void Session::note_answered(std::optional<Answered>& answered) {
  turn_.code = answered->code;
  turn_.rule = answered->rule;
  turn_.hit = answered->hit;
  replied_before_ = std::move(answered->reply);
  answered.reset();
}

void Session::answer(Event& event, const BuiltInReply& built_in) {
  choose(event, built_in);
  answer_as_chosen(event, built_in);
}

void Session::choose(Event& event, const BuiltInReply& built_in) {
  event.default_code = built_in.code.value();
  passes_.clear();
  selection_ = select_rule(*scenario_, *progress_, event, candidates_, explains_ ? &passes_ : nullptr);
  if (explains_ && selection_.rule == nullptr) turn_.misses = nearest_misses(*scenario_, event, passes_);
  note_selection();
}

void Session::answer_as_chosen(const Event& event, const BuiltInReply& built_in) {
  if (turn_.rule != nullptr) {
    answer_by_rule(event, built_in);
  } else {
    answer_built_in(built_in);
  }
}

void Session::answer_built_in(const BuiltInReply& built_in) {
  turn_.code = built_in.code;
  begin_plan(nullptr);
  append_built_in(built_in);
  finish_plan(nullptr);
}

void Session::answer_by_rule(const Event& event, const BuiltInReply& built_in) {
  turn_.code = built_in.code;
  const Response& response = *selection_.response;
  begin_plan(&event);
  if (const auto* reply = std::get_if<ReplyTemplate>(&response.what)) {
    append_reply(event, *reply);
  } else if (const auto* raw = std::get_if<RawBytes>(&response.what)) {
    append_raw(*raw, built_in.code);
  } else if (std::holds_alternative<DefaultReply>(response.what)) {
    append_built_in(built_in);
  }
  finish_plan(&response);
}

void Session::count_error() {
  if (++errors_ >= scenario_->server.limits.errors && !over_) dismiss(Farewell::TooManyErrors);
}

}  // namespace smtp_double
