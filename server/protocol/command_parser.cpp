#include "protocol/command_parser.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "protocol/ascii.hpp"
#include "protocol/command_arguments.hpp"
#include "protocol/parameters.hpp"
#include "protocol/path_parser.hpp"

namespace smtp_double {
namespace {

using ArgumentParser = Command (*)(std::string_view argument);

Malformed syntax_error(std::string_view reason) {
  return {.code = ReplyCode::of<501>(), .enhanced = {5, 5, 4}, .reason = reason, .path = {}, .parameters = {}};
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t end_of_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && !is_space(text[end])) ++end;
  return end;
}

Command parse_hello(std::string_view argument) {
  const std::string_view name = trimmed(argument);
  if (name.empty()) return syntax_error("A domain or an address literal is needed");
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return c != ' ' && !is_control(c) && !is_eight_bit(c); });
  if (!plain) return syntax_error("The name must be a domain or an address literal, without spaces, in ASCII");
  return Hello{name};
}

bool are_well_formed(std::string_view parameters) {
  while (const auto parameter = take_parameter(parameters)) {
    if (!is_well_formed(*parameter)) return false;
  }
  return true;
}

// "FROM:" or "TO:" in any case, a path, parameters.
template <class Result>
Command parse_path_command(std::string_view argument, std::string_view keyword, PathKind kind, std::string_view hint) {
  argument = trimmed(argument);
  if (!equals_ignoring_case(argument.substr(0, keyword.size()), keyword)) return syntax_error(hint);
  const Path path = parse_path(argument.substr(keyword.size()), kind);
  if (!path.error.empty()) {
    const EnhancedCode enhanced = kind == PathKind::Reverse ? EnhancedCode{5, 1, 7} : EnhancedCode{5, 1, 3};
    const auto guess = path.mailbox.empty() ? std::nullopt : std::optional(path.mailbox);
    return Malformed{ReplyCode::of<501>(), enhanced, path.error, guess, path.rest};
  }
  if (!are_well_formed(path.rest)) {
    return Malformed{
        ReplyCode::of<501>(), {5, 5, 4}, "A parameter is not of the form KEYWORD=VALUE", path.mailbox, path.rest};
  }
  return Result{path.mailbox, trimmed(path.rest)};
}

Command parse_mail(std::string_view argument) {
  return parse_path_command<Mail>(argument, "FROM:", PathKind::Reverse, "Expected MAIL FROM:<address>");
}

Command parse_rcpt(std::string_view argument) {
  return parse_path_command<Rcpt>(argument, "TO:", PathKind::Forward, "Expected RCPT TO:<address>");
}

template <class Result>
Command parse_without_argument(std::string_view argument) {
  if (!trimmed(argument).empty()) return syntax_error("This command takes no argument");
  return Result{};
}

template <class Result>
Command parse_with_argument(std::string_view argument) {
  if (trimmed(argument).empty()) return syntax_error("This command needs an argument");
  return Result{};
}

Command parse_start_tls(std::string_view argument) { return StartTls{trimmed(argument)}; }

// An initial response is whatever stands behind the mechanism: what is no base64 is the exchange's to refuse.
Command parse_auth(std::string_view argument) {
  argument = trimmed(argument);
  if (argument.empty()) return syntax_error("AUTH needs a mechanism");
  const std::size_t end = end_of_word(argument);
  if (end == argument.size()) return Auth{argument, {}};
  return Auth{argument.substr(0, end), trimmed(argument.substr(end))};
}

Command parse_bdat(std::string_view argument) {
  if (const auto chunk = parse_chunk_size(trimmed(argument))) return Bdat{chunk->octets, chunk->last};
  return syntax_error("Expected BDAT and a number of octets, and LAST behind the last");
}

Command parse_etrn(std::string_view argument) {
  const std::string_view node = trimmed(argument);
  if (!parse_queue_name(node)) return syntax_error("Expected ETRN and a domain, @domain or #queue");
  return Etrn{node};
}

template <class Result>
Command parse_attributes(std::string_view argument) {
  argument = trimmed(argument);
  if (argument.empty()) return syntax_error("Expected ATTRIBUTE=VALUE");
  return Result{argument};
}

template <class Result>
Command parse_any_argument(std::string_view) {
  return Result{};
}

struct VerbEntry {
  std::string_view verb;
  Stage stage;
  ArgumentParser parse;
};

constexpr std::array verbs{
    VerbEntry{"MAIL", Stage::Mail, parse_mail},
    VerbEntry{"RCPT", Stage::Rcpt, parse_rcpt},
    VerbEntry{"DATA", Stage::Data, parse_without_argument<Data>},
    VerbEntry{"QUIT", Stage::Quit, parse_without_argument<Quit>},
    VerbEntry{"EHLO", Stage::Ehlo, parse_hello},
    VerbEntry{"HELO", Stage::Helo, parse_hello},
    VerbEntry{"RSET", Stage::Rset, parse_without_argument<Rset>},
    VerbEntry{"NOOP", Stage::Noop, parse_any_argument<Noop>},
    VerbEntry{"VRFY", Stage::Vrfy, parse_with_argument<Vrfy>},
    VerbEntry{"EXPN", Stage::Expn, parse_with_argument<Expn>},
    VerbEntry{"HELP", Stage::Help, parse_any_argument<Help>},
    VerbEntry{"AUTH", Stage::Auth, parse_auth},
    VerbEntry{"STARTTLS", Stage::StartTls, parse_start_tls},
    VerbEntry{"BDAT", Stage::Bdat, parse_bdat},
    VerbEntry{"ETRN", Stage::Etrn, parse_etrn},
    VerbEntry{"LHLO", Stage::Lhlo, parse_hello},
    VerbEntry{"XCLIENT", Stage::Unknown, parse_attributes<Xclient>},
    VerbEntry{"XFORWARD", Stage::Unknown, parse_attributes<Xforward>},
};

constexpr std::uint64_t ones = 0x0101010101010101U;

// The high bit of each of the eight octets that is a control character; one behind such may be marked without cause.
std::uint64_t control_marks(std::uint64_t octets) {
  const std::uint64_t against_delete = octets ^ (ones * 0x7F);
  const std::uint64_t below_space = (octets - ones * ' ') & ~octets;
  const std::uint64_t is_delete = (against_delete - ones) & ~against_delete;
  return (below_space | is_delete) & (ones * 0x80);
}

// Eight octets at a time: nearly no line has one, and every line is looked at.
bool has_control(std::string_view line) {
  std::uint64_t octets = 0;
  std::uint64_t marks = 0;
  for (; line.size() >= sizeof octets; line.remove_prefix(sizeof octets)) {
    std::memcpy(&octets, line.data(), sizeof octets);
    marks |= control_marks(octets);
  }
  octets = ones * ' ';
  for (const char c : line) octets = octets << 8U | static_cast<unsigned char>(c);
  return (marks | control_marks(octets)) != 0;
}

bool is_forbidden(char c) { return is_control(c) && c != '\t'; }

Malformed control_error(std::string_view line, const Envelope& envelope) {
  std::string_view reason = "A command must not contain control characters";
  if (line.find('\0') != std::string_view::npos) reason = "A command must not contain a NUL octet";
  if (line.find_first_of("\r\n") != std::string_view::npos) reason = "A command must not contain a bare CR or LF";
  return {ReplyCode::of<500>(), {5, 5, 2}, reason, envelope.path, envelope.parameters};
}

// The letters of a verb in one number, without their case: verbs are compared in one step. That bit makes a letter
// of nothing that is none.
constexpr std::uint64_t packed(std::string_view verb) {
  std::uint64_t letters = 0;
  for (const char c : verb) letters = letters << 8U | static_cast<unsigned char>(c) | 0x20U;
  return letters;
}

constexpr std::size_t longest_verb = 8;
constexpr auto packed_verbs = [] {
  std::array<std::uint64_t, verbs.size()> all{};
  for (std::size_t i = 0; i < verbs.size(); ++i) all[i] = packed(verbs[i].verb);
  return all;
}();

const VerbEntry* find_verb(std::string_view verb) {
  if (verb.size() > longest_verb) return nullptr;
  const std::uint64_t wanted = packed(verb);
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    // A NUL in front of a verb packs to the same number.
    if (packed_verbs[i] == wanted && verbs[i].verb.size() == verb.size()) return &verbs[i];
  }
  return nullptr;
}

Command command_of(const CommandLine& line, const VerbEntry* verb, std::string_view argument) {
  if (line.too_long) return Malformed{ReplyCode::of<500>(), {5, 5, 2}, "Line too long", {}, {}};
  Command command = verb != nullptr ? verb->parse(argument) : Unknown{};
  if (has_control(line.text) && std::any_of(line.text.begin(), line.text.end(), is_forbidden)) {
    command = control_error(line.text, envelope_of(command));
  }
  return command;
}

}  // namespace

Envelope envelope_of(const Command& command) {
  if (const auto* mail = std::get_if<Mail>(&command)) return {mail->reverse_path, mail->parameters};
  if (const auto* rcpt = std::get_if<Rcpt>(&command)) return {rcpt->forward_path, rcpt->parameters};
  if (const auto* malformed = std::get_if<Malformed>(&command)) return {malformed->path, malformed->parameters};
  return {};
}

ParsedLine parse_command(const CommandLine& line) {
  const std::string_view text = line.text;
  const std::size_t verb_end = end_of_word(text);
  const std::string_view verb = text.substr(0, verb_end);
  const std::string_view argument = verb_end < text.size() ? text.substr(verb_end + 1) : std::string_view();
  const VerbEntry* known = find_verb(verb);
  return {known != nullptr ? known->stage : Stage::Unknown, text, verb, argument, command_of(line, known, argument)};
}

}  // namespace smtp_double
