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

}  // namespace

Scenario make_scenario(Scenario parts) {
  parts.server.make_replies();
  parts.greeting_wire = prepared_greeting(parts);
  for (Rule& rule : parts.rules) {
    if (auto* reply = std::get_if<ReplyTemplate>(&rule.response.what)) prepare(*reply, rule);
  }
  parts.index = RuleIndex(parts.rules);
  return parts;
}

TextTemplate default_banner() {
  const auto no_groups = [](std::string_view) { return false; };
  return std::get<TextTemplate>(TextTemplate::parse("{{hostname}} ESMTP smtp-double", no_groups));
}

}  // namespace smtp_double
