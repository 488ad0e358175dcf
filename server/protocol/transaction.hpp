#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/recipient.hpp"

namespace smtp_double {

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

  /// A chunk of content was accepted, and more are to come (RFC 3030 2).
  bool is_chunking() const { return chunking_; }
  /// A chunk was refused: only RSET helps.
  bool has_failed() const { return failed_; }

  void begin(std::string_view sender, std::string_view parameters);
  void add_asked() { ++asked_; }
  void add_recipient(std::string_view mailbox, std::string_view parameters);
  void begin_chunking() { chunking_ = true; }
  void fail() { failed_ = true; }
  void clear();

 private:
  bool open_ = false;
  bool chunking_ = false;
  bool failed_ = false;
  bool has_sender_ = false;
  std::uint32_t asked_ = 0;
  std::size_t accepted_ = 0;
  std::string sender_;
  std::string parameters_;
  std::vector<Recipient> recipients_;  // only the first accepted_ count
};

}  // namespace smtp_double
