#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/growing_text.hpp"

namespace smtp_double {

/// What is odd about content, each with the offset in it where it was first seen.
struct ContentFindings {
  std::optional<std::uint64_t> bare_cr;
  std::optional<std::uint64_t> bare_lf;
  std::optional<std::uint64_t> nul;
  bool eight_bit = false;
  std::uint64_t longest_line = 0;  ///< octets with its line end

  friend bool operator==(const ContentFindings&, const ContentFindings&) = default;
};

/// Collects what follows 354 (RFC 5321 4.5.2): takes the stuffed dots out and finds CRLF.CRLF, the only end
/// there is. Content above the cap is counted to its end and not kept.
class DataCollector {
 public:
  /// Of a size that is told beforehand: a client's word is no reason to take memory from the others.
  static constexpr std::uint64_t most_expected = 256UL * 1024;

  /// `cap`: octets kept at the most.
  explicit DataCollector(std::uint64_t cap) : cap_(cap) {}

  /// Makes room for that much, where the client told the size beforehand; for most_expected octets at the most.
  void expect(std::uint64_t size);

  /// From now on octets are counted only; what was kept is given up.
  void stop_keeping();

  /// Takes content off the front of `input`. True at the end of data: what is left of `input` are commands.
  bool take(std::string_view& input);

  /// Takes octets as they are, of a chunk (RFC 3030): there is no stuffing in them, and no end.
  void take_octets(std::string_view octets);

  /// Octets after unstuffing, those not kept included.
  std::uint64_t size() const { return size_; }
  const ContentFindings& findings() const { return findings_; }
  bool is_whole() const { return size_ <= cap_; }
  /// Octets held: none when there were more than the cap.
  std::uint64_t held() const { return content_.size(); }
  /// What is held, to keep.
  std::string release() { return content_.release(); }

 private:
  // Where in the line the next octet stands; Dot and DotCr have seen an octet or two that may turn out
  // to be the end of data.
  enum class At : std::uint8_t { LineStart, Dot, DotCr, Text, TextCr };

  // True at the end of data. Takes at least one octet of a non-empty input.
  bool take_octet(std::string_view& input);
  void take_text(std::string_view& input);
  void append(std::string_view run);
  void note_text(std::string_view run, std::size_t crlfs);

  std::uint64_t cap_;
  std::uint64_t size_ = 0;
  std::uint64_t line_start_ = 0;
  GrowingText content_;
  ContentFindings findings_;
  At at_ = At::LineStart;
};

}  // namespace smtp_double
