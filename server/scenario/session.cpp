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
                 std::uint64_t number, Peer peer)
    : scenario_(std::move(scenario)),
      progress_(progress),
      budget_(budget),
      number_(number),
      peer_(std::move(peer)),
      dialogue_(scenario_->server),
      lines_(scenario_->server.limits.command_line) {
  turn_.plan.bytes.reserve(usual_reply);
  turn_.plan.steps.reserve(usual_steps);
}

Session::~Session() { budget_.give_back(budgeted_ + envelope_); }

void Session::receive(std::string_view octets) {
  if (over_) return;
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

void Session::dismiss(Farewell why) {
  input_ = {};
  farewell_ = why;
  over_ = false;  // a last word that was planned and not said
}

Turn* Session::next_turn() {
  if (over_) return nullptr;
  if (farewell_) return farewell_turn();
  if (greeting_due_) return greeting_turn();
  if (input_.empty() && unread_.capacity() > unread_worth_keeping) std::string().swap(unread_);
  if (content_) return content_turn();
  skip_chunk();
  const auto line = lines_.next(input_);
  return line ? command_turn(*line) : nullptr;
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
  const ParsedLine parsed = parse_command(line);
  begin_turn(parsed.stage, line.text);
  const BuiltInReply built_in = dialogue_.judge(parsed);
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
  dialogue_.after_command(parsed, turn_.code);
  budget_recipients();
  if (turn_.code.class_digit() >= 4) count_error();
  if (parsed.stage == Stage::Data && turn_.code.class_digit() == 3) begin_content();
  if (parsed.stage == Stage::Bdat) begin_chunk(parsed.argument);
  return &turn_;
}

// The rules for the body are asked at fixed numbers of octets, however these come.
Turn* Session::content_turn() {
  const auto& marks = scenario_->content_marks;
  while (true) {
    const bool has_mark = next_mark_ < marks.size() && !content_answered_;
    const std::uint64_t mark = has_mark ? std::max<std::uint64_t>(marks[next_mark_], 1) : UINT64_MAX;
    if (has_mark && content_->size() >= mark) {
      if (Turn* turn = body_turn(marks[next_mark_++])) return turn;
    } else if (input_.empty()) {
      return nullptr;
    } else if (take_content(mark - content_->size())) {
      return message_turn();
    }
  }
}

Turn* Session::body_turn(std::uint64_t mark) {
  Event event = event_at(Stage::Body);
  event.verb = "DATA";
  // Not what has come, which is an octet more where a CR behind a dot turned out to be content.
  event.size = std::max<std::uint64_t>(mark, 1);
  event.content_mark = mark;
  begin_turn(Stage::Body, {});
  selection_ = select_rule(*scenario_, progress_, event, candidates_);
  if (selection_.rule == nullptr) return nullptr;
  note_selection();
  answer_body(event);
  return &turn_;
}

Turn* Session::message_turn() {
  begin_turn(Stage::Message, {});
  const BuiltInReply built_in = dialogue_.judge_content(*content_, out_of_memory_);
  turn_.message = make_message();
  if (content_answered_ || next_answered_) {
    note_answered(content_answered_ ? content_answered_ : next_answered_);
  } else if (is_ruled(Stage::Message)) {
    Event event = event_at(Stage::Message);
    event.verb = "DATA";
    if (turn_.message->is_whole) event.content = turn_.message->content;
    event.size = turn_.message->size;
    answer(event, built_in);
  } else {
    answer_built_in(built_in);
  }
  turn_.accepted = turn_.code.class_digit() == 2;
  ++messages_;
  if (turn_.accepted) {
    ++accepted_messages_;
    errors_ = 0;
  }
  content_.reset();
  budget_.give_back(budgeted_);
  budgeted_ = 0;
  out_of_memory_ = false;
  dialogue_.after_content();
  budget_recipients();
  if (turn_.code.class_digit() >= 4) count_error();
  return &turn_;
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
  event.early_talker = early_talker_;
  event.now = now_;
  if (stage == Stage::Data || stage == Stage::Body || stage == Stage::Message)
    event.recipients = transaction.recipients();
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
  turn_.rule = nullptr;
  turn_.attempt = 0;
  turn_.hit = 0;
  turn_.misses.clear();
  turn_.tells_variables = false;
  turn_.plan.clear();
  turn_.message.reset();
  turn_.accepted = false;
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
  answered.reset();
}

void Session::answer(Event& event, const BuiltInReply& built_in) {
  event.default_code = built_in.code.value();
  passes_.clear();
  selection_ = select_rule(*scenario_, progress_, event, candidates_, explains_ ? &passes_ : nullptr);
  if (explains_ && selection_.rule == nullptr) turn_.misses = nearest_misses(*scenario_, event, passes_);
  note_selection();
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

// A reply while content comes is the one to the content: nothing is said at its end.
void Session::answer_body(Event& event) {
  turn_.code = ReplyCode::of<250>();
  const Response& response = *selection_.response;
  begin_plan(&event);
  if (response.read_pace) turn_.plan.steps.emplace_back(ReadSlowly{*response.read_pace});
  if (const auto* reply = std::get_if<ReplyTemplate>(&response.what)) append_reply(event, *reply);
  if (const auto* raw = std::get_if<RawBytes>(&response.what)) append_raw(*raw, turn_.code);
  if (!turn_.plan.bytes.empty()) content_answered_ = {turn_.code, turn_.rule, turn_.hit};
  finish_plan(&response);
}

void Session::count_error() {
  if (++errors_ >= scenario_->server.limits.errors && !over_) dismiss(Farewell::TooManyErrors);
}

}  // namespace smtp_double
