#include "scenario/reply_lint.hpp"

#include <algorithm>
#include <optional>

#include "protocol/ascii.hpp"
#include "protocol/reply.hpp"
#include "protocol/reply_catalogue.hpp"
#include "scenario/stage_list.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t longest_reply_line = 512;  // with code, blank and CRLF (RFC 5321 4.5.3.1.5)

std::optional<ReplyCode> constant_code(const ReplyTemplate& reply) {
  return reply.code.is_constant() ? ReplyCode::parse(reply.code.constant_text()) : std::nullopt;
}

std::string unlisted_code(ReplyCode code, const StageSet& at) {
  // Whoever says "any" does not think of what each stage is for.
  if (code.class_digit() < 4 || at == stages_named("any")) return {};
  StageSet unlisted;
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto stage = static_cast<Stage>(i);
    // What is said while content comes is the reply to the content.
    if (at.test(i) && !is_listed(code, stage == Stage::Body ? Stage::Message : stage)) unlisted.set(i);
  }
  if (unlisted.none()) return {};
  return "no RFC lists " + std::to_string(code.value()) + " as a reply at " + names_of(unlisted) +
         "; it is sent all the same";
}

std::string outside_grammar(ReplyCode code) {
  if (code.class_digit() >= 2 && code.category_digit() <= 5) return {};
  return std::to_string(code.value()) +
         " is outside the grammar of RFC 5321 4.2 (200 to 559, second digit up to 5); it is sent all the same";
}

std::string misplaced_intermediate(ReplyCode code, const StageSet& at) {
  const StageSet misplaced = at & ~set_of({Stage::Data, Stage::Auth, Stage::AuthResponse, Stage::AuthResult});
  if (code.class_digit() != 3 || misplaced.none()) return {};
  return std::to_string(code.value()) +
         " asks the client for more, which means something at data and auth only, not at " + names_of(misplaced);
}

std::optional<EnhancedCode> constant_enhanced(const ReplyTemplate& reply) {
  if (reply.enhanced) {
    return reply.enhanced->is_constant() ? EnhancedCode::parse(reply.enhanced->constant_text()) : std::nullopt;
  }
  if (reply.lines.empty() || !reply.lines.front().is_constant()) return std::nullopt;
  return enhanced_code_in(reply.lines.front().constant_text());
}

std::string other_class(ReplyCode code, const ReplyTemplate& reply) {
  const auto enhanced = constant_enhanced(reply);
  if (!enhanced || enhanced->class_digit == code.class_digit()) return {};
  return "the enhanced code " + to_string(*enhanced) + " is of another class than " + std::to_string(code.value());
}

std::size_t constant_octets(const TextTemplate& text) {
  std::size_t octets = 0;
  for (const TextTemplate::Part& part : text.parts()) {
    if (const auto* literal = std::get_if<std::string>(&part)) octets += literal->size();
  }
  return octets;
}

std::string long_line(const ReplyTemplate& reply) {
  const std::size_t prefix = reply.enhanced ? constant_octets(*reply.enhanced) + 1 : 0;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    // Lines with variables are cut to what is allowed.
    if (!reply.lines[i].is_constant()) continue;
    const std::size_t octets = 4 + prefix + reply.lines[i].constant_text().size() + 2;
    if (octets <= longest_reply_line) continue;
    return "line " + std::to_string(i + 1) + " of the reply has " + std::to_string(octets) +
           " octets; RFC 5321 4.5.3.1.5 allows 512";
  }
  return {};
}

bool has_eight_bit(const TextTemplate& text) {
  return std::any_of(text.parts().begin(), text.parts().end(), [](const TextTemplate::Part& part) {
    const auto* literal = std::get_if<std::string>(&part);
    return literal != nullptr && std::any_of(literal->begin(), literal->end(), is_eight_bit);
  });
}

std::string eight_bit_text(const ReplyTemplate& reply) {
  if (std::none_of(reply.lines.begin(), reply.lines.end(), has_eight_bit)) return {};
  return "the reply is not plain ASCII; a client that has not asked for SMTPUTF8 need not understand it";
}

}  // namespace

std::vector<std::string> notes_on_reply(const ReplyTemplate& reply, const StageSet& at) {
  std::vector<std::string> notes{long_line(reply), eight_bit_text(reply)};
  if (const auto code = constant_code(reply)) {
    const std::string grammar = outside_grammar(*code);
    notes.push_back(grammar.empty() ? unlisted_code(*code, at) : grammar);
    notes.push_back(misplaced_intermediate(*code, at));
    notes.push_back(other_class(*code, reply));
  }
  std::erase(notes, std::string());
  return notes;
}

}  // namespace smtp_double
