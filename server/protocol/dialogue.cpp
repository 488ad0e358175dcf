#include "protocol/dialogue.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/parameter_judgement.hpp"
#include "protocol/parameters.hpp"
#include "protocol/path_parser.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view help_text =
    "Commands: HELO EHLO LHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN ETRN HELP QUIT\n"
    "smtp-double explain CODE tells what a reply means";

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang before 17 does not deduce aggregates

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

constexpr BuiltInReply chunk_ok{ReplyCode::of<250>(), EnhancedCode{2, 0, 0}, "Chunk taken", {}, {}};

BuiltInReply out_of_order(std::string_view text) { return built_in_reply<503>({5, 5, 1}, text); }
BuiltInReply not_implemented() { return built_in_reply<502>({5, 5, 1}, "Command not implemented"); }
BuiltInReply not_recognized() { return built_in_reply<500>({5, 5, 1}, "Command not recognized"); }
BuiltInReply too_large() { return built_in_reply<552>({5, 3, 4}, "The message is larger than this server takes"); }
BuiltInReply no_memory() { return built_in_reply<452>({4, 3, 1}, "Not enough memory for the message now"); }

}  // namespace

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
    return built_in_reply<521>({5, 3, 2}, "This host does not accept mail");
  }
  if (refused_ && line.stage != Stage::Quit)
    return out_of_order("The greeting refused this session; only QUIT is left");
  if (const auto refusal = judge_security(line)) return *refusal;
  return std::visit(Overloaded{
                        [&](const Hello&) { return judge_hello(line.stage); },
                        [&](const Mail& mail) { return judge_mail(mail); },
                        [&](const Rcpt& rcpt) { return judge_rcpt(rcpt); },
                        [&](const Data&) { return judge_data(); },
                        [&](const Bdat&) { return judge_bdat(); },
                        [](const Rset&) { return ok; },
                        [](const Noop&) { return ok; },
                        [](const Vrfy&) {
                          return built_in_reply<252>({2, 5, 0}, "Cannot verify the user; send the message and see");
                        },
                        [](const Expn&) {
                          return built_in_reply<252>({2, 5, 0}, "Cannot expand the list; send the message and see");
                        },
                        [](const Help&) { return built_in_reply<214>({2, 0, 0}, help_text); },
                        [&](const Quit&) {
                          return BuiltInReply{ReplyCode::of<221>(), EnhancedCode{2, 0, 0}, profile_->hostname,
                                              " closing the connection", profile_->quit_wire};
                        },
                        [&](const StartTls& command) { return judge_start_tls(command); },
                        [&](const Auth& auth) { return judge_auth(auth); },
                        [&](const Etrn& etrn) { return judge_etrn(etrn); },
                        [&](const Xclient& xclient) {
                          return judge_attributes(Extension::Xclient, parse_xclient(xclient.attributes));
                        },
                        [&](const Xforward& xforward) {
                          return judge_attributes(Extension::Xforward, parse_xforward(xforward.attributes));
                        },
                        [](const Unknown&) { return not_recognized(); },
                        [&](const Malformed& malformed) {
                          if (const auto refusal = judge_unoffered(line)) return *refusal;
                          return BuiltInReply{malformed.code, malformed.enhanced, malformed.reason};
                        },
                    },
                    line.command);
}

// What is not offered is not there, whatever the form of the line.
std::optional<BuiltInReply> Dialogue::judge_unoffered(const ParsedLine& line) const {
  const bool there = line.stage == Stage::Bdat       ? offers(Extension::Chunking)
                     : line.stage == Stage::Etrn     ? offers(Extension::Etrn)
                     : line.stage == Stage::Auth     ? offers(Extension::Auth)
                     : line.stage == Stage::StartTls ? offers(Extension::StartTls)
                                                     : true;
  return there ? std::nullopt : std::optional(not_implemented());
}

// RFC 3207 4, RFC 4954 6
std::optional<BuiltInReply> Dialogue::judge_security(const ParsedLine& line) const {
  const Stage stage = line.stage;
  const bool always = stage == Stage::Quit || stage == Stage::Noop || stage == Stage::Ehlo || stage == Stage::Lhlo ||
                      stage == Stage::StartTls;
  if (always) return std::nullopt;
  if (profile_->tls_required && !tls_) return built_in_reply<530>({5, 7, 0}, "STARTTLS comes first here");
  // XCLIENT may say that the client is authenticated.
  const bool before_auth = std::holds_alternative<Xclient>(line.command) || stage == Stage::Auth ||
                           stage == Stage::Helo || stage == Stage::Rset;
  if (before_auth || !profile_->auth_required || authenticated_) return std::nullopt;
  return built_in_reply<530>({5, 7, 0}, "Authentication is needed");
}

// RFC 2033 4.1: each protocol has its own greeting, so that neither is taken for the other.
BuiltInReply Dialogue::judge_hello(Stage stage) const {
  if ((stage == Stage::Lhlo) != is_lmtp()) {
    return built_in_reply<500>({5, 5, 1}, is_lmtp() ? "This is LMTP: send LHLO" : "This is SMTP: send EHLO or HELO");
  }
  if (stage == Stage::Helo) return {ReplyCode::of<250>(), std::nullopt, profile_->hostname};
  return {ReplyCode::of<250>(), std::nullopt, offer().ehlo_text, {}, offer().ehlo_wire};
}

BuiltInReply Dialogue::judge_mail(const Mail& mail) const {
  if (profile_->hello_required && !greeted_back_) {
    return out_of_order(is_lmtp() ? "Send LHLO first" : "Send HELO or EHLO first");
  }
  if (transaction_.is_open()) return out_of_order("A transaction is open already; RSET ends it");
  if (const auto refusal = judge_mail_parameters(offer(), mail.parameters)) return *refusal;
  if (has_eight_bit(mail.reverse_path) && !find_parameter(mail.parameters, "SMTPUTF8")) {
    return built_in_reply<550>({5, 6, 7}, "An address that is not ASCII needs SMTPUTF8");
  }
  if (declared_size(mail.parameters).value_or(0) > profile_->limits.message_size) return too_large();
  if (mails_ >= offer().limits.mail_max.value_or(UINT32_MAX)) {
    return built_in_reply<452>({4, 5, 3}, "Too many messages in this session");
  }
  return sender_ok;
}

BuiltInReply Dialogue::judge_rcpt(const Rcpt& rcpt) const {
  if (!transaction_.is_open()) return out_of_order("Send MAIL first");
  if (const auto refusal = judge_chunks()) return *refusal;
  if (const auto refusal = judge_rcpt_parameters(offer(), rcpt.parameters)) return *refusal;
  if (has_eight_bit(rcpt.parameters) && !utf8_agreed())
    return built_in_reply<501>({5, 5, 4}, "A parameter is not ASCII");
  if (has_eight_bit(rcpt.forward_path) && !utf8_agreed()) {
    return built_in_reply<553>({5, 6, 7}, "An address that is not ASCII needs SMTPUTF8");
  }
  if (transaction_.recipients().size() >= profile_->limits.recipients) {
    return built_in_reply<452>({4, 5, 3}, "Too many recipients");
  }
  if (const auto refusal = judge_limits(rcpt.forward_path)) return *refusal;
  return recipient_ok;
}

// RFC 9422 4: refused ones count.
std::optional<BuiltInReply> Dialogue::judge_limits(std::string_view forward_path) const {
  const SessionLimits& limits = offer().limits;
  if (transaction_.asked() >= limits.rcpt_max.value_or(UINT32_MAX)) {
    return built_in_reply<452>({4, 5, 3}, "Too many recipients");
  }
  if (!limits.rcpt_domain_max || domains_.size() < *limits.rcpt_domain_max) return std::nullopt;
  if (std::ranges::find(domains_, lowered(domain_part(forward_path))) != domains_.end()) return std::nullopt;
  return built_in_reply<452>({4, 5, 3}, "Too many domains of recipients in this session");
}

void Dialogue::note_domain(std::string_view forward_path) {
  const auto most = offer().limits.rcpt_domain_max;
  if (!most || domains_.size() >= *most) return;
  std::string domain = lowered(domain_part(forward_path));
  if (std::ranges::find(domains_, domain) == domains_.end()) domains_.push_back(std::move(domain));
}

// RFC 3030 2: chunks begun are gone on with, or dropped by RSET.
std::optional<BuiltInReply> Dialogue::judge_chunks() const {
  if (transaction_.has_failed()) return out_of_order("A chunk was refused; RSET comes next");
  if (transaction_.is_chunking()) return out_of_order("Chunks have been sent; BDAT or RSET comes next");
  return std::nullopt;
}

BuiltInReply Dialogue::judge_data() const {
  if (!transaction_.is_open()) return out_of_order("Send MAIL first");
  if (const auto refusal = judge_chunks()) return *refusal;
  if (transaction_.recipients().empty()) return out_of_order("No recipient was accepted");
  const auto body = find_parameter(transaction_.parameters(), "BODY");
  if (body && body->value && equals_ignoring_case(*body->value, "BINARYMIME")) {
    return out_of_order("BODY=BINARYMIME needs BDAT");
  }
  return start_input;
}

BuiltInReply Dialogue::judge_bdat() const {
  if (!offers(Extension::Chunking)) return not_implemented();
  if (!transaction_.is_open()) return out_of_order("Send MAIL first");
  if (transaction_.has_failed()) return out_of_order("A chunk was refused; RSET comes next");
  if (transaction_.recipients().empty()) return out_of_order("No recipient was accepted");
  return chunk_ok;
}

BuiltInReply Dialogue::judge_start_tls(const StartTls& command) const {
  if (tls_) return out_of_order("TLS is up already");
  if (!offers(Extension::StartTls)) return not_implemented();
  if (!command.argument.empty()) return built_in_reply<501>({5, 5, 4}, "STARTTLS takes no argument");
  if (profile_->hello_required && !greeted_back_) return out_of_order("Send EHLO first");
  if (transaction_.is_open()) return out_of_order("A transaction is open; RSET ends it");
  return built_in_reply<220>({2, 0, 0}, "Ready to start TLS");
}

BuiltInReply Dialogue::judge_auth(const Auth& auth) const {
  if (profile_->auth_needs_tls && !tls_) return built_in_reply<538>({5, 7, 11}, "AUTH is for encrypted connections");
  if (!offers(Extension::Auth)) return not_implemented();
  if (authenticated_) return out_of_order("You are authenticated already");
  if (profile_->hello_required && !greeted_back_) return out_of_order("Send EHLO first");
  if (transaction_.is_open()) return out_of_order("A transaction is open; RSET ends it");
  const auto is_it = [&](const std::string& name) { return equals_ignoring_case(name, auth.mechanism); };
  if (std::ranges::none_of(offer().mechanisms, is_it)) {
    return built_in_reply<504>({5, 5, 4}, "This mechanism is not supported: ", auth.mechanism);
  }
  return {ReplyCode::of<334>(), std::nullopt, {}};
}

// There is no queue: nothing waits for anybody.
BuiltInReply Dialogue::judge_etrn(const Etrn& etrn) const {
  if (!offers(Extension::Etrn)) return not_implemented();
  if (transaction_.is_open()) return out_of_order("A transaction is open; RSET ends it");
  return built_in_reply<251>({2, 5, 0}, "No messages are waiting for node ", etrn.node);
}

BuiltInReply Dialogue::judge_attributes(Extension extension, const ClientAttributes& attributes) const {
  if (!offers(extension)) return not_recognized();
  if (transaction_.is_open()) return out_of_order("A transaction is open; RSET ends it");
  if (const auto* error = std::get_if<ClientAttributeError>(&attributes)) {
    return built_in_reply<501>({5, 5, 4}, error->reason, error->attribute);
  }
  if (extension == Extension::Xforward) return ok;
  return {ReplyCode::of<220>(), std::nullopt, profile_->hostname, " ESMTP smtp-double"};
}

BuiltInReply Dialogue::judge_chunk(const DataCollector& content, bool out_of_memory) const {
  if (content.size() > profile_->limits.message_size) return too_large();
  return out_of_memory ? no_memory() : chunk_ok;
}

BuiltInReply Dialogue::judge_content(const DataCollector& content, bool out_of_memory) const {
  const Limits& limits = profile_->limits;
  if (content.size() > limits.message_size) return too_large();
  if (limits.text_line != 0 && content.findings().longest_line > limits.text_line) {
    return built_in_reply<500>({5, 5, 2}, "A line of the message is too long");
  }
  if (out_of_memory) return no_memory();
  return message_accepted;
}

void Dialogue::after_greeting(ReplyCode sent) {
  if (sent.class_digit() == 5) refused_ = sent;
}

void Dialogue::after_command(const ParsedLine& line, ReplyCode sent) {
  if (line.stage == Stage::Mail) ++mails_;
  if (line.stage == Stage::Rcpt) transaction_.add_asked();
  if (sent.class_digit() != 2) return;
  if (is_hello(line.stage)) {
    const auto* hello = std::get_if<Hello>(&line.command);
    helo_.assign(hello != nullptr ? hello->name : line.argument);
    greeted_back_ = true;
    mails_ = 0;
    transaction_.clear();
  } else if (line.stage == Stage::Mail) {
    const auto [path, parameters] = envelope_of(line.command);
    transaction_.begin(path.value_or(""), parameters);
  } else if (line.stage == Stage::Rcpt) {
    const auto [path, parameters] = envelope_of(line.command);
    transaction_.add_recipient(path.value_or(""), parameters);
    note_domain(path.value_or(""));
  } else if (line.stage == Stage::Rset) {
    transaction_.clear();
  }
}

void Dialogue::after_chunk(ReplyCode sent) {
  if (sent.class_digit() >= 4) {
    transaction_.fail();
  } else {
    transaction_.begin_chunking();
  }
}

void Dialogue::after_tls() {
  restart();
  tls_ = true;
}

void Dialogue::restart() {
  const bool tls = tls_;
  *this = Dialogue(*profile_, variant_);
  tls_ = tls;
}

}  // namespace smtp_double
