// A reply of a scenario's: whatever its templates and whatever the client's octets in them, one well-formed reply.

#include <string>
#include <variant>
#include <vector>

#include "input.hpp"
#include "protocol/reply.hpp"
#include "reply_grammar.hpp"
#include "require.hpp"
#include "scenario/reply_text.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

constexpr std::size_t longest_line = 512;

// As the scenario's loader has them: it refuses the control characters that a reply cannot carry.
std::string loadable(std::string_view text) {
  std::string copy(text);
  std::replace_if(copy.begin(), copy.end(), is_control, ' ');
  return copy;
}

TextTemplate parsed(std::string_view source) {
  const std::string text = loadable(source);
  auto result = TextTemplate::parse(text, [](std::string_view word) { return word == "group" || word == "g"; });
  if (auto* made = std::get_if<TextTemplate>(&result)) {
    require(!made->is_constant() || made->render([](const auto&) { return "x"; }) == made->constant_text(),
            "a constant text is rendered as it is");
    return *made;
  }
  require(std::get<TextTemplate::Error>(result).offset <= text.size(), "an error is inside the text");
  return TextTemplate::constant(text);
}

bool has_variables(const ReplyTemplate& reply) {
  const auto varies = [](const TextTemplate& text) { return !text.is_constant(); };
  return std::all_of(reply.lines.begin(), reply.lines.end(), varies);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto stage = static_cast<Stage>(input.below(stage_count));
  const bool enhanced_codes = input.flag();
  ReplyTemplate reply;
  reply.code = parsed(input.text_to('\n'));
  if (input.flag()) reply.enhanced = parsed(input.text_to('\n'));
  const std::size_t lines = input.below(4);
  for (std::size_t i = 0; i < lines; ++i) reply.lines.push_back(parsed(input.text_to('\n')));

  const std::string value(input.rest());
  const VariableValues values = [&](const TextTemplate::Variable&) { return value; };
  const Reply rendered = render_reply(reply, {stage, "a rule", "mx.example.test", enhanced_codes}, values);
  const std::string wire = to_wire(rendered);
  const std::size_t got = fuzz::lines_of_reply(wire, has_variables(reply) && lines > 0 ? longest_line : SIZE_MAX);
  require(got > 0, "what is sent is one well-formed reply");
  const bool was_no_code = rendered.text.starts_with("5.3.5 The rule 'a rule' made '");
  require(was_no_code || lines == 0 || got == lines, "a client's octets add no line, and take none");
  require(ReplyCode::parse(wire.substr(0, 3)) == rendered.code, "the code is the one that moves the session");

  const ReplyTemplate empty{TextTemplate::constant("250"), std::nullopt, {TextTemplate::constant("x")}};
  require(to_wire(render_reply(empty, {stage, "", "", enhanced_codes}, values)) == "250 x\r\n", "nothing is left over");
  return 0;
}
