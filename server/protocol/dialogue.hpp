#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/built_in_reply.hpp"
#include "protocol/client_attributes.hpp"
#include "protocol/command.hpp"
#include "protocol/data_collector.hpp"
#include "protocol/server_profile.hpp"
#include "protocol/transaction.hpp"

namespace smtp_double {

enum class Variant : std::uint8_t { Smtp, Lmtp };

/// The state of one SMTP or LMTP session: what the built-in server would answer, and what the reply that was really
/// sent makes of it. Nothing but after_…() changes that.
class Dialogue {
 public:
  /// `profile` outlives the dialogue.
  explicit Dialogue(const ServerProfile& profile, Variant variant = Variant::Smtp)
      : profile_(&profile), variant_(variant) {}

  /// From now on the server is another one, the session goes on. `profile` outlives the dialogue.
  void be_served_by(const ServerProfile& profile) { profile_ = &profile; }

  /// RFC 5321 4.3.2 and the service extensions in force. Of AUTH only what is wrong before the exchange begins; 334
  /// means that it may.
  BuiltInReply judge(const ParsedLine& line) const;
  /// Of a chunk that is not the last, once its octets are here.
  BuiltInReply judge_chunk(const DataCollector& content, bool out_of_memory) const;
  BuiltInReply judge_content(const DataCollector& content, bool out_of_memory) const;

  void after_greeting(ReplyCode sent);
  /// State follows the reply that was sent, whatever judge() would have said.
  void after_command(const ParsedLine& line, ReplyCode sent);
  void after_chunk(ReplyCode sent);
  /// The transaction is over, accepted or not.
  void after_content() { transaction_.clear(); }
  /// TLS is up: all that was learnt before is forgotten (RFC 3207 4.2).
  void after_tls();
  /// The client is authenticated.
  void after_auth() { authenticated_ = true; }
  /// Another client is spoken for from here on (XCLIENT): the session is as new.
  void restart();

  const Transaction& transaction() const { return transaction_; }
  const Offer& offer() const { return profile_->offer(tls_, authenticated_); }
  bool is_lmtp() const { return variant_ == Variant::Lmtp; }
  bool is_tls() const { return tls_; }
  bool is_authenticated() const { return authenticated_; }
  /// The name of the last accepted hello; nothing before it.
  std::optional<std::string_view> helo() const;
  /// Whether replies to the client may hold UTF-8 (RFC 6531 3.7.4.2).
  bool utf8_agreed() const;

 private:
  bool offers(Extension extension) const { return offer().in_force.has(extension); }
  BuiltInReply judge_command(const ParsedLine& line) const;
  std::optional<BuiltInReply> judge_security(const ParsedLine& line) const;
  BuiltInReply judge_hello(Stage stage) const;
  BuiltInReply judge_mail(const Mail& mail) const;
  BuiltInReply judge_rcpt(const Rcpt& rcpt) const;
  BuiltInReply judge_data() const;
  BuiltInReply judge_bdat() const;
  BuiltInReply judge_start_tls(const StartTls& command) const;
  BuiltInReply judge_auth(const Auth& auth) const;
  BuiltInReply judge_etrn(const Etrn& etrn) const;
  BuiltInReply judge_attributes(Extension extension, const ClientAttributes& attributes) const;
  std::optional<BuiltInReply> judge_unoffered(const ParsedLine& line) const;
  std::optional<BuiltInReply> judge_chunks() const;
  std::optional<BuiltInReply> judge_limits(std::string_view forward_path) const;
  void note_domain(std::string_view forward_path);

  const ServerProfile* profile_;
  Variant variant_;
  std::optional<ReplyCode> refused_;  // by the greeting
  bool greeted_back_ = false;
  bool tls_ = false;
  bool authenticated_ = false;
  std::uint32_t mails_ = 0;           // MAIL commands since the last hello
  std::vector<std::string> domains_;  // of recipients, while LIMITS bounds them
  std::string helo_;
  Transaction transaction_;
};

}  // namespace smtp_double
