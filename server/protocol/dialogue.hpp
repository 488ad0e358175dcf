#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/command.hpp"
#include "protocol/data_collector.hpp"
#include "protocol/recipient.hpp"
#include "protocol/reply.hpp"
#include "protocol/server_profile.hpp"

namespace smtp_double {

/// What a correct server answers. Texts are static, of the profile, or of the command that was judged.
struct BuiltInReply {
  ReplyCode code;
  std::optional<EnhancedCode> enhanced;  ///< sent when ENHANCEDSTATUSCODES is in force
  std::string_view text;                 ///< lines parted by '\n'
  std::string_view detail = {};          ///< an octet string of the client's that goes behind the text
  std::string_view wire = {};            ///< all of it as sent, made beforehand for what every message needs; or ""
};

/// The mail transaction that is open (RFC 5321 3.3). Its memory serves one transaction after the other.
class Transaction {
 public:
  bool is_open() const { return open_; }
  /// Without brackets, "" is the null reverse-path; nothing when no MAIL was accepted.
  std::optional<std::string_view> sender() const;
  /// ESMTP parameters of MAIL as they were sent.
  std::string_view parameters() const { return parameters_; }
  /// Those accepted, in their order.
  std::span<const Recipient> recipients() const { return {recipients_.data(), accepted_}; }
  /// RCPT commands so far, refused ones included.
  std::uint32_t asked() const { return asked_; }

  void begin(std::string_view sender, std::string_view parameters);
  void add_asked() { ++asked_; }
  void add_recipient(std::string_view mailbox, std::string_view parameters);
  void clear();

 private:
  bool open_ = false;
  bool has_sender_ = false;
  std::uint32_t asked_ = 0;
  std::size_t accepted_ = 0;
  std::string sender_;
  std::string parameters_;
  std::vector<Recipient> recipients_;  // only the first accepted_ count
};

/// The state of one SMTP session: what the built-in server would answer, and what the reply that was really
/// sent makes of it. Nothing but after_…() changes it.
class Dialogue {
 public:
  /// `profile` outlives the dialogue.
  explicit Dialogue(const ServerProfile& profile) : profile_(&profile) {}

  /// RFC 5321 4.3.2 and the service extensions in force.
  BuiltInReply judge(const ParsedLine& line) const;
  BuiltInReply judge_content(const DataCollector& content, bool out_of_memory) const;

  void after_greeting(ReplyCode sent);
  /// State follows the reply that was sent, whatever judge() would have said.
  void after_command(const ParsedLine& line, ReplyCode sent);
  /// The transaction is over, accepted or not.
  void after_content() { transaction_.clear(); }

  const Transaction& transaction() const { return transaction_; }
  /// The name of the last accepted hello; nothing before it.
  std::optional<std::string_view> helo() const;
  /// Whether replies to the client may hold UTF-8 (RFC 6531 3.7.4.2).
  bool utf8_agreed() const;

 private:
  BuiltInReply judge_command(const ParsedLine& line) const;
  BuiltInReply judge_mail(const Mail& mail) const;
  BuiltInReply judge_rcpt(const Rcpt& rcpt) const;
  BuiltInReply judge_data() const;

  const ServerProfile* profile_;
  std::optional<ReplyCode> refused_;  // by the greeting
  bool greeted_back_ = false;
  std::string helo_;
  Transaction transaction_;
};

}  // namespace smtp_double
