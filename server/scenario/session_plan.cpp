// What a turn is to send, when, how fast and how much of it, and what comes after it.

#include <algorithm>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/parameters.hpp"
#include "protocol/utf8.hpp"
#include "scenario/draw.hpp"
#include "scenario/duration.hpp"
#include "scenario/reply_text.hpp"
#include "scenario/session.hpp"

namespace smtp_double {
namespace {

constexpr std::uint64_t flood_octets = 1024UL * 1024;  // of a reply that does not end

// What a client that believes in an early reply would send next, and be answered.
Reply likely_next_reply(Stage stage, const std::string& hostname) {
  if (stage == Stage::Connect) return {ReplyCode::of<250>(), hostname};
  if (is_hello(stage)) return {ReplyCode::of<250>(), "2.1.0 Sender OK"};
  if (stage == Stage::Mail) return {ReplyCode::of<250>(), "2.1.5 Recipient OK"};
  if (stage == Stage::Rcpt) return {ReplyCode::of<354>(), "Start mail input; end with <CRLF>.<CRLF>"};
  return {ReplyCode::of<250>(), "2.0.0 OK"};
}

// Whether its value may be a part of what the client has just sent.
bool comes_from_line(const TextTemplate::Variable& variable, const Rule& rule) {
  const auto* field = std::get_if<Field>(&variable);
  if (field == nullptr) return rule.tests_line;
  return field->kind == FieldKind::Line || field->kind == FieldKind::Argument;
}

bool closes(Stage stage, ReplyCode code) {
  // There is no way back to plain text, and none to TLS within TLS.
  const bool last_word = stage == Stage::Quit || stage == Stage::StartTls;
  if (stage == Stage::Idle) return true;
  return code == ReplyCode::of<421>() || (last_word && code.class_digit() == 2);
}

// A line again and again, up to so many octets.
void plan_flood(ReplyPlan& plan, const Pace& pace, std::uint64_t octets) {
  const std::size_t line = plan.bytes.size();
  const std::uint64_t times = octets / line;
  const auto rest = static_cast<std::size_t>(octets % line);
  if (times > 0) plan.steps.emplace_back(SendSlowly{line, pace, times});
  if (rest == 0) return;
  plan.bytes.resize((times > 0 ? line : 0) + rest);
  if (times > 0) std::copy_n(plan.bytes.begin(), rest, plan.bytes.begin() + static_cast<std::ptrdiff_t>(line));
  plan.steps.emplace_back(SendSlowly{rest, pace});
}

}  // namespace

void Session::append_reply(const Event& event, const ReplyTemplate& reply) {
  if (!reply.wire.empty()) {
    turn_.code = *reply.wire_code;
    turn_.plan.bytes += reply.wire;
    return;
  }
  const VariableValues values = [&](const TextTemplate::Variable& variable) {
    turn_.tells_line = turn_.tells_line || comes_from_line(variable, *turn_.rule);
    return value_of(variable, event);
  };
  const bool enhanced_codes = dialogue_.offer().in_force.has(Extension::EnhancedStatusCodes);
  const Reply rendered_reply =
      render_reply(reply, {event.stage, turn_.rule->name, scenario_->server.hostname, enhanced_codes}, values);
  turn_.code = rendered_reply.code;
  append_wire(turn_.plan.bytes, rendered_reply.code, rendered_reply.text);
}

void Session::append_built_in(const BuiltInReply& built_in) {
  const bool enhanced_codes = dialogue_.offer().in_force.has(Extension::EnhancedStatusCodes);
  if (!built_in.wire.empty() && (enhanced_codes || !built_in.enhanced)) {
    turn_.plan.bytes.append(built_in.wire);
  } else {
    append_wire(turn_.plan.bytes, built_in, enhanced_codes);
  }
}

void Session::append_raw(const RawBytes& raw, ReplyCode built_in) {
  turn_.plan.bytes += raw.octets;
  turn_.code = ReplyCode::parse(std::string_view(raw.octets).substr(0, 3)).value_or(built_in);
}

void Session::begin_plan(const Event* event) {
  const Response* response = event != nullptr ? selection_.response : nullptr;
  const auto& delay = response != nullptr && response->delay ? response->delay : scenario_->delay;
  if (!delay) return;
  const auto time = time_of(*delay, event);
  if (time.count() > 0) turn_.plan.steps.emplace_back(Wait{time});
}

std::chrono::microseconds Session::time_of(const Delay& delay, const Event* event) const {
  if (const auto* text = std::get_if<TextTemplate>(&delay)) {
    const std::string time = event != nullptr ? rendered(*text, *event) : std::string();
    return parse_duration(time).value_or(std::chrono::microseconds(0));
  }
  if (const auto* time = std::get_if<std::chrono::microseconds>(&delay)) return *time;
  // The server's own delay is drawn for each reply of each session.
  const std::uint64_t drawn = event != nullptr && selection_.response->delay
                                  ? selection_.drawn
                                  : draw({progress_->seed(), {}, std::to_string(number_), turns_}, DrawKind::ForDelay);
  if (const auto* uniform = std::get_if<Uniform>(&delay)) return sample(*uniform, drawn);
  return sample(std::get<Lognormal>(delay), drawn);
}

void Session::break_reply(Malformation malformation) {
  ReplyPlan& plan = turn_.plan;
  if (plan.bytes.empty()) return;
  malform(plan.bytes, malformation);
  if (malformation != Malformation::Early) return;
  const Reply next = likely_next_reply(turn_.stage, scenario_->server.hostname);
  const std::size_t before = plan.bytes.size();
  append_wire(plan.bytes, next.code, next.text);
  next_answered_ = {next.code, turn_.rule, turn_.hit, reply_lines(std::string_view(plan.bytes).substr(before))};
}

// How the octets leave: at once, or a part at a time.
void Session::plan_sending(const Response* response) {
  ReplyPlan& plan = turn_.plan;
  if (response != nullptr && response->malformed) break_reply(*response->malformed);
  const std::uint64_t most = response != nullptr ? response->truncate.value_or(UINT64_MAX) : UINT64_MAX;
  if (most == 0) plan.bytes.clear();
  if (plan.bytes.empty()) return;
  const auto& pace = response != nullptr && response->pace ? response->pace : scenario_->pace;
  if (response != nullptr && response->malformed == Malformation::Endless) {
    const std::uint64_t whole_lines = std::max<std::uint64_t>(flood_octets / plan.bytes.size(), 1) * plan.bytes.size();
    return plan_flood(plan, pace.value_or(Pace{1, PaceUnit::Lines, {}}), std::min(most, whole_lines));
  }
  if (most < plan.bytes.size()) plan.bytes.resize(static_cast<std::size_t>(most));
  if (pace) {
    plan.steps.emplace_back(SendSlowly{plan.bytes.size(), *pace});
  } else {
    plan.steps.emplace_back(Send{plan.bytes.size()});
  }
}

void Session::finish_plan(const Response* response) {
  plan_sending(response);
  if (begins_tls(response)) return plan_tls(response);
  const bool code_closes = closes(turn_.stage, turn_.code);
  const Then then = response != nullptr && response->then ? *response->then
                    : code_closes                         ? Then::Close
                                                          : Then::Continue;
  if (response != nullptr && response->then_after.count() > 0) {
    turn_.plan.steps.emplace_back(Wait{response->then_after});
  }
  end_plan(then);
}

void Session::end_plan(Then then) {
  std::vector<Step>& steps = turn_.plan.steps;
  switch (then) {
    case Then::Continue: return;
    case Then::Close: steps.emplace_back(Close{}); break;
    case Then::Reset: steps.emplace_back(Reset{}); break;
    case Then::HalfClose: steps.emplace_back(HalfClose{}); break;
    case Then::Hang: steps.emplace_back(GoSilent{}); break;
    case Then::StopReading: steps.emplace_back(StopReading{}); break;
  }
  over_ = true;
  input_ = {};  // it will not be read, and its octets go away
}

std::string Session::rendered(const TextTemplate& text, const Event& event) const {
  if (text.is_constant()) return std::string(text.constant_text());
  return text.render([&](const TextTemplate::Variable& variable) { return value_of(variable, event); });
}

std::string Session::value_of(const TextTemplate::Variable& variable, const Event& event) const {
  VariableContext context{event, selection_, scenario_->server.hostname};
  std::string value = value_of_variable(variable, context);
  // Replies are ASCII unless the client agreed to more (RFC 6531 3.7.4.2).
  const bool utf8 = dialogue_.utf8_agreed() || find_parameter(event.parameters, "SMTPUTF8").has_value();
  if (!utf8 || !is_utf8(value)) std::replace_if(value.begin(), value.end(), is_eight_bit, '?');
  return value;
}

}  // namespace smtp_double
