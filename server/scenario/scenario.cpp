#include "scenario/scenario.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "scenario/reply_text.hpp"

namespace smtp_double {
namespace {

bool is_hostname(const TextTemplate::Variable& variable) {
  const auto* field = std::get_if<Field>(&variable);
  return field != nullptr && field->kind == FieldKind::Hostname;
}

std::string prepared_greeting(const Scenario& scenario) {
  const auto is_known = [](const TextTemplate::Part& part) {
    const auto* variable = std::get_if<TextTemplate::Variable>(&part);
    return variable == nullptr || is_hostname(*variable);
  };
  const auto& parts = scenario.banner.parts();
  if (!std::all_of(parts.begin(), parts.end(), is_known)) return {};
  std::string hostname = scenario.server.hostname;
  std::replace_if(hostname.begin(), hostname.end(), is_eight_bit, '?');  // nobody has agreed to UTF-8 yet
  return to_wire({ReplyCode::of<220>(), scenario.banner.render([&](const auto&) { return hostname; })});
}

// The catalogue's text depends on the stage, a constant one on nothing.
void prepare(ReplyTemplate& reply, const Rule& rule) {
  const auto is_constant = [](const TextTemplate& text) { return text.is_constant(); };
  const bool same = is_constant(reply.code) && (!reply.enhanced || is_constant(*reply.enhanced)) &&
                    !reply.lines.empty() && std::all_of(reply.lines.begin(), reply.lines.end(), is_constant);
  if (!same) return;
  const Reply rendered = render_reply(reply, {Stage::Unknown, rule.name, {}, false}, [](const auto&) { return ""; });
  reply.wire_code = rendered.code;
  reply.wire = to_wire(rendered);
}

// Those that have a number keep it: the progress of a scenario that this one is made of goes by it.
void number_states(Scenario& scenario) {
  scenario.has_states = false;
  const auto number_of = [&](const std::string& state) {
    const auto found = std::find(scenario.states.begin(), scenario.states.end(), state);
    const auto number = static_cast<StateNumber>(found - scenario.states.begin());
    if (found == scenario.states.end()) scenario.states.push_back(state);
    scenario.has_states = true;
    return number;
  };
  for (Rule& rule : scenario.rules) {
    rule.in_numbers.clear();
    for (const std::string& state : rule.in) rule.in_numbers.push_back(number_of(state));
    rule.go_to_number = rule.go_to ? std::optional(number_of(*rule.go_to)) : std::nullopt;
  }
}

struct TestsLine {
  bool operator()(const FieldTest& test) const {
    return test.field.kind == FieldKind::Line || test.field.kind == FieldKind::Argument;
  }
  bool operator()(const AllOf& all) const { return any(all.conditions); }
  bool operator()(const AnyOf& some) const { return any(some.conditions); }
  bool operator()(const NotAll& not_all) const { return any(not_all.conditions); }

  static bool any(const std::vector<Condition>& conditions) {
    return std::ranges::any_of(conditions, [](const Condition& one) { return std::visit(TestsLine{}, one.node); });
  }
};

std::vector<std::uint64_t> marks_of(const std::vector<Rule>& rules) {
  std::vector<std::uint64_t> marks;
  for (const Rule& rule : rules) {
    if (rule.at.test(index_of(Stage::Body))) marks.push_back(rule.after);
  }
  std::sort(marks.begin(), marks.end());
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  return marks;
}

}  // namespace

const Response* response_for(const Rule& rule, std::uint64_t hit) {
  std::uint64_t all = 0;
  for (const Response& response : rule.responses) all += response.repeat;
  if (hit > all && rule.exhausted == Exhausted::Pass) return nullptr;
  if (hit > all && rule.exhausted == Exhausted::Cycle) hit = (hit - 1) % all + 1;
  for (const Response& response : rule.responses) {
    if (hit <= response.repeat) return &response;
    hit -= response.repeat;
  }
  return &rule.responses.back();
}

Scenario make_scenario(Scenario parts) {
  parts.server.make_replies();
  parts.greeting_wire = prepared_greeting(parts);
  for (Rule& rule : parts.rules) {
    for (Response& response : rule.responses) {
      if (auto* reply = std::get_if<ReplyTemplate>(&response.what)) prepare(*reply, rule);
    }
  }
  for (Rule& rule : parts.rules) rule.tests_line = rule.when && std::visit(TestsLine{}, rule.when->node);
  number_states(parts);
  parts.content_marks = marks_of(parts.rules);
  parts.index = RuleIndex(parts.rules);
  return parts;
}

// Sessions that have not adopted the edit yet share the states with those that have.
std::string_view state_name(const Scenario& scenario, StateNumber number) {
  return number < scenario.states.size() ? std::string_view(scenario.states[number]) : std::string_view();
}

TextTemplate default_banner() {
  const auto no_groups = [](std::string_view) { return false; };
  return std::get<TextTemplate>(TextTemplate::parse("{{hostname}} ESMTP smtp-double", no_groups));
}

}  // namespace smtp_double
