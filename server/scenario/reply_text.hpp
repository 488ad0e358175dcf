#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "protocol/dialogue.hpp"
#include "protocol/reply.hpp"
#include "protocol/stage.hpp"
#include "scenario/event.hpp"
#include "scenario/response.hpp"
#include "scenario/rule_selection.hpp"

namespace smtp_double {

using VariableValues = std::function<std::string(const TextTemplate::Variable&)>;

/// What a reply's text depends on besides its variables.
struct ReplyContext {
  Stage stage;
  std::string_view rule;
  std::string_view hostname;
  bool enhanced_codes;  ///< ENHANCEDSTATUSCODES is in force: texts of the catalogue get theirs
};

/// A code that does not render to 100..599 becomes a 554 that says so, with the rule's name. A line with
/// variables in it is cut to the 512 octets a reply line may have (RFC 5321 4.5.3.1.5).
Reply render_reply(const ReplyTemplate& reply, const ReplyContext& context, const VariableValues& values);

struct VariableContext {
  const Event& event;
  const Selection& selection;
  std::string_view hostname;
};

/// "" where the event has no value for it.
std::string value_of_variable(const TextTemplate::Variable& variable, const VariableContext& context);

/// A reply of the built-in server, its enhanced code on every line (RFC 2034 4) when asked for.
void append_wire(std::string& out, const BuiltInReply& reply, bool with_enhanced);

/// What is on the wire as text to keep: its lines, joined by '\n'. What is beyond some lines' worth is left out.
std::string reply_lines(std::string_view wire);

}  // namespace smtp_double
