#include "protocol/dialogue.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/parameters.hpp"
#include "protocol/utf8.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view help_text =
    "Commands: HELO EHLO MAIL RCPT DATA RSET NOOP VRFY EXPN HELP QUIT\n"
    "smtp-double explain CODE tells what a reply means";

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang before 17 does not deduce aggregates

// What a client sent must not make a reply line longer than the 512 octets of RFC 5321 4.5.3.1.5.
constexpr std::size_t longest_detail = 64;

// Recipients whose memory the next transaction gets; that of more is given back.
constexpr std::size_t most_kept = 16;

template <int code>
BuiltInReply reply(EnhancedCode enhanced, std::string_view text, std::string_view detail = {}) {
  return {ReplyCode::of<code>(), enhanced, text, detail.substr(0, longest_detail)};
}

// Put together by the compiler. A test holds each against what append_wire() makes of its parts.
constexpr BuiltInReply ok{ReplyCode::of<250>(), EnhancedCode{2, 0, 0}, "OK", {}, "250 2.0.0 OK\r\n"};
constexpr BuiltInReply sender_ok{
    ReplyCode::of<250>(), EnhancedCode{2, 1, 0}, "Sender OK", {}, "250 2.1.0 Sender OK\r\n"};
constexpr BuiltInReply recipient_ok{
    ReplyCode::of<250>(), EnhancedCode{2, 1, 5}, "Recipient OK", {}, "250 2.1.5 Recipient OK\r\n"};
constexpr BuiltInReply start_input{ReplyCode::of<354>(),
                                   std::nullopt,
                                   "Start mail input; end with <CRLF>.<CRLF>",
                                   {},
                                   "354 Start mail input; end with <CRLF>.<CRLF>\r\n"};
constexpr BuiltInReply message_accepted{
    ReplyCode::of<250>(), EnhancedCode{2, 0, 0}, "Message accepted", {}, "250 2.0.0 Message accepted\r\n"};

bool is_size(std::string_view value) { return parse_size_value(value).has_value(); }

bool is_body(std::string_view value) {
  return equals_ignoring_case(value, "7BIT") || equals_ignoring_case(value, "8BITMIME");
}

bool is_ret(std::string_view value) {
  return equals_ignoring_case(value, "FULL") || equals_ignoring_case(value, "HDRS");
}

bool is_envid(std::string_view value) { return value.size() <= 100 && is_xtext(value); }

bool is_notify(std::string_view value) {
  if (equals_ignoring_case(value, "NEVER")) return true;
  while (true) {
    const std::string_view word = value.substr(0, value.find(','));
    const std::array<std::string_view, 3> words{"SUCCESS", "FAILURE", "DELAY"};
    if (std::none_of(words.begin(), words.end(), [&](auto w) { return equals_ignoring_case(word, w); })) return false;
    if (word.size() == value.size()) return true;
    value.remove_prefix(word.size() + 1);
  }
}

// RFC 3461 4.2; with "utf-8" as the type the address may be UTF-8 (RFC 6533 3).
bool is_orcpt(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  if (semicolon == 0 || semicolon >= value.size() - 1 || value.size() > 500) return false;
  const std::string_view type = value.substr(0, semicolon);
  const std::string_view address = value.substr(semicolon + 1);
  return equals_ignoring_case(type, "utf-8") ? is_utf8(address) : is_xtext(address);
}

struct KnownParameter {
  std::string_view keyword;
  Extension extension;
  bool (*is_valid)(std::string_view value);  // null: it takes no value
};

constexpr std::array mail_parameters{
    KnownParameter{"SIZE", Extension::Size, is_size},         KnownParameter{"BODY", Extension::EightBitMime, is_body},
    KnownParameter{"SMTPUTF8", Extension::SmtpUtf8, nullptr}, KnownParameter{"RET", Extension::Dsn, is_ret},
    KnownParameter{"ENVID", Extension::Dsn, is_envid},
};
constexpr std::array rcpt_parameters{
    KnownParameter{"NOTIFY", Extension::Dsn, is_notify},
    KnownParameter{"ORCPT", Extension::Dsn, is_orcpt},
};

std::optional<BuiltInReply> judge_parameter(const KnownParameter& known, const Parameter& parameter) {
  const bool valid = known.is_valid == nullptr ? !parameter.value : parameter.value && known.is_valid(*parameter.value);
  if (valid) return std::nullopt;
  return reply<501>({5, 5, 4}, "The value of this parameter is not valid: ", parameter.keyword);
}

// The reply to the first parameter that is not in order: not offered, twice, or with a wrong value.
std::optional<BuiltInReply> judge_parameters(std::span<const KnownParameter> known, const ExtensionSet& in_force,
                                             std::string_view text) {
  std::array<bool, mail_parameters.size()> seen{};
  while (const auto parameter = take_parameter(text)) {
    const auto entry = std::find_if(known.begin(), known.end(), [&](const KnownParameter& candidate) {
      return equals_ignoring_case(parameter->keyword, candidate.keyword);
    });
    if (entry == known.end() || !in_force.has(entry->extension)) {
      return reply<555>({5, 5, 4}, "This parameter is not recognized: ", parameter->keyword);
    }
    bool& before = seen[static_cast<std::size_t>(entry - known.begin())];
    if (before) return reply<501>({5, 5, 4}, "This parameter is given twice: ", parameter->keyword);
    before = true;
    if (auto refusal = judge_parameter(*entry, *parameter)) return refusal;
  }
  return std::nullopt;
}

BuiltInReply out_of_order(std::string_view text) { return reply<503>({5, 5, 1}, text); }

}  // namespace

std::optional<std::string_view> Transaction::sender() const {
  if (!has_sender_) return std::nullopt;
  return sender_;
}

void Transaction::begin(std::string_view sender, std::string_view parameters) {
  clear();
  open_ = true;
  has_sender_ = true;
  sender_.assign(sender);
  parameters_.assign(parameters);
}

void Transaction::add_recipient(std::string_view mailbox, std::string_view parameters) {
  open_ = true;
  if (accepted_ == recipients_.size()) recipients_.emplace_back();
  recipients_[accepted_].mailbox.assign(mailbox);
  recipients_[accepted_++].parameters.assign(parameters);
}

void Transaction::clear() {
  open_ = false;
  has_sender_ = false;
  asked_ = 0;
  accepted_ = 0;
  if (recipients_.size() > most_kept) std::vector<Recipient>().swap(recipients_);
  sender_.clear();
  parameters_.clear();
}

std::optional<std::string_view> Dialogue::helo() const {
  if (!greeted_back_) return std::nullopt;
  return helo_;
}

bool Dialogue::utf8_agreed() const { return find_parameter(transaction_.parameters(), "SMTPUTF8").has_value(); }

BuiltInReply Dialogue::judge(const ParsedLine& line) const {
  BuiltInReply reply = judge_command(line);
  if (is_hello(line.stage)) reply.enhanced.reset();  // RFC 2034 4
  return reply;
}

BuiltInReply Dialogue::judge_command(const ParsedLine& line) const {
  // RFC 7504 3 wants the 521 of such a host again, RFC 5321 3.1 a 503.
  if (refused_ == ReplyCode::of<521>() && line.stage != Stage::Quit) {
    return reply<521>({5, 3, 2}, "This host does not accept mail");
  }
  if (refused_ && line.stage != Stage::Quit)
    return out_of_order("The greeting refused this session; only QUIT is left");
  return std::visit(
      Overloaded{
          [&](const Hello&) {
            if (line.stage != Stage::Ehlo) return BuiltInReply{ReplyCode::of<250>(), std::nullopt, profile_->hostname};
            return BuiltInReply{ReplyCode::of<250>(), std::nullopt, profile_->ehlo_text, {}, profile_->ehlo_wire};
          },
          [&](const Mail& mail) { return judge_mail(mail); },
          [&](const Rcpt& rcpt) { return judge_rcpt(rcpt); },
          [&](const Data&) { return judge_data(); },
          [](const Rset&) { return ok; },
          [](const Noop&) { return ok; },
          [](const Vrfy&) { return reply<252>({2, 5, 0}, "Cannot verify the user; send the message and see"); },
          [](const Expn&) { return reply<252>({2, 5, 0}, "Cannot expand the list; send the message and see"); },
          [](const Help&) { return reply<214>({2, 0, 0}, help_text); },
          [&](const Quit&) {
            return BuiltInReply{ReplyCode::of<221>(), EnhancedCode{2, 0, 0}, profile_->hostname,
                                " closing the connection", profile_->quit_wire};
          },
          [](const NotImplemented&) { return reply<502>({5, 5, 1}, "Command not implemented"); },
          [](const Unknown&) { return reply<500>({5, 5, 1}, "Command not recognized"); },
          [](const Malformed& malformed) { return BuiltInReply{malformed.code, malformed.enhanced, malformed.reason}; },
      },
      line.command);
}

BuiltInReply Dialogue::judge_mail(const Mail& mail) const {
  if (profile_->hello_required && !greeted_back_) return out_of_order("Send HELO or EHLO first");
  if (transaction_.is_open()) return out_of_order("A transaction is open already; RSET ends it");
  if (const auto refusal = judge_parameters(mail_parameters, profile_->in_force, mail.parameters)) return *refusal;
  if (has_eight_bit(mail.reverse_path) && !find_parameter(mail.parameters, "SMTPUTF8")) {
    return reply<550>({5, 6, 7}, "An address that is not ASCII needs SMTPUTF8");
  }
  if (declared_size(mail.parameters).value_or(0) > profile_->limits.message_size) {
    return reply<552>({5, 3, 4}, "The message is larger than this server takes");
  }
  return sender_ok;
}

BuiltInReply Dialogue::judge_rcpt(const Rcpt& rcpt) const {
  if (!transaction_.is_open()) return out_of_order("Send MAIL first");
  if (const auto refusal = judge_parameters(rcpt_parameters, profile_->in_force, rcpt.parameters)) return *refusal;
  if (has_eight_bit(rcpt.parameters) && !utf8_agreed()) return reply<501>({5, 5, 4}, "A parameter is not ASCII");
  if (has_eight_bit(rcpt.forward_path) && !utf8_agreed()) {
    return reply<553>({5, 6, 7}, "An address that is not ASCII needs SMTPUTF8");
  }
  if (transaction_.recipients().size() >= profile_->limits.recipients) {
    return reply<452>({4, 5, 3}, "Too many recipients");
  }
  return recipient_ok;
}

BuiltInReply Dialogue::judge_data() const {
  if (!transaction_.is_open()) return out_of_order("Send MAIL first");
  if (transaction_.recipients().empty()) return out_of_order("No recipient was accepted");
  return start_input;
}

BuiltInReply Dialogue::judge_content(const DataCollector& content, bool out_of_memory) const {
  const Limits& limits = profile_->limits;
  if (content.size() > limits.message_size) {
    return reply<552>({5, 3, 4}, "The message is larger than this server takes");
  }
  if (limits.text_line != 0 && content.findings().longest_line > limits.text_line) {
    return reply<500>({5, 5, 2}, "A line of the message is too long");
  }
  if (out_of_memory) return reply<452>({4, 3, 1}, "Not enough memory for the message now");
  return message_accepted;
}

void Dialogue::after_greeting(ReplyCode sent) {
  if (sent.class_digit() == 5) refused_ = sent;
}

void Dialogue::after_command(const ParsedLine& line, ReplyCode sent) {
  if (line.stage == Stage::Rcpt) transaction_.add_asked();
  if (sent.class_digit() != 2) return;
  if (is_hello(line.stage)) {
    const auto* hello = std::get_if<Hello>(&line.command);
    helo_.assign(hello != nullptr ? hello->name : line.argument);
    greeted_back_ = true;
    transaction_.clear();
  } else if (line.stage == Stage::Mail) {
    const auto [path, parameters] = envelope_of(line.command);
    transaction_.begin(path.value_or(""), parameters);
  } else if (line.stage == Stage::Rcpt) {
    const auto [path, parameters] = envelope_of(line.command);
    transaction_.add_recipient(path.value_or(""), parameters);
  } else if (line.stage == Stage::Rset) {
    transaction_.clear();
  }
}

}  // namespace smtp_double
