#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/reply.hpp"

namespace smtp_double {

/// The named ways of breaking a reply that was well-formed (RFC 5321 4.2).
enum class Malformation : std::uint8_t {
  BareLf,        ///< LF where CRLF belongs
  BareCr,        ///< CR where CRLF belongs
  NoNewline,     ///< the last line does not end
  LfInside,      ///< a line of the reply ends with LF, the last one with CRLF
  NoText,        ///< the code alone: legal, and often not understood
  NoSpace,       ///< no space behind the code
  CodeSpace,     ///< the code and a space: legal
  CodeTab,       ///< a tab behind the code
  LeadingSpace,  ///< a space before the code
  NegativeSign,  ///< "-250"
  TwoDigit,      ///< "25"
  FourDigit,     ///< "2500"
  Letters,       ///< letters where the digits belong
  FirstDigit0,   ///< "050", and so on
  FirstDigit1,
  FirstDigit6,
  FirstDigit9,
  MixedCodes,           ///< the last line has a code of another class
  Unterminated,         ///< "250-" with no last line
  Endless,              ///< "250-" again and again
  OverlongLine,         ///< one octet more than the 512 of RFC 5321 4.5.3.1.5
  HugeLine,             ///< 64 KiB of text in one line
  NonAscii,             ///< UTF-8 that nobody agreed to
  Latin1,               ///< an octet that is no UTF-8
  Nul,                  ///< a NUL in the text
  BlankLine,            ///< an empty line before the reply
  EnhancedMismatch,     ///< an enhanced code of another class
  EnhancedDiffers,      ///< another enhanced code on each line
  EnhancedLeadingZero,  ///< "5.01.1"
  Early,                ///< the reply to the next command too
  Twice,                ///< the whole reply twice
  Garbage,              ///< what a web server says
  TlsInClear,           ///< a TLS record
};

/// The word for it in scenarios, e.g. "bare-lf".
std::string_view name(Malformation malformation);
/// All of these words, in the order of the enumerators.
std::span<const std::string_view> malformation_words();

/// Breaks the reply `wire`, which is in the form of append_wire() and ends with CRLF. For Endless it becomes the line
/// to be repeated; Early leaves it as it is, since the next reply is the session's to know.
void malform(std::string& wire, Malformation malformation);

}  // namespace smtp_double
