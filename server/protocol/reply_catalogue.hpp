#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/reply.hpp"
#include "protocol/stage.hpp"

// What reply codes and enhanced status codes mean: static tables and look-ups, for explanations, for the lint of
// scenarios and for replies that name a code only. Sentences are plain text for people; lists are parted as noted.

namespace smtp_double {

/// Where a code comes from: RFC 5321 and its updates; a service extension; an RFC that was replaced; only the
/// registry of enhanced codes (RFC 5248), which names it beside one; an expired draft.
enum class CodeStatus : std::uint8_t { Standard, Extension, Historic, Registry, Draft };

/// The word for the status, e.g. "standard".
std::string_view name(CodeStatus status);

/// What the specifications say about one code.
struct CodeEntry {
  int number = 0;
  CodeStatus status = CodeStatus::Standard;
  std::string_view name;
  std::string_view text;              ///< see short_text()
  std::string_view meaning;           ///< sentences
  std::string_view detail;            ///< what the third digit says: "marks a mailbox that cannot be used"
  std::string_view scope;             ///< what the reply is about: "one recipient", "the whole session" …
  std::string_view client;            ///< what a client should do, sentences
  std::string_view server = {};       ///< what a server does or must heed; empty when there is nothing special
  std::string_view enhanced = {};     ///< enhanced codes it usually goes with, parted by one space
  std::string_view references = {};   ///< parted by "; "
  std::string_view other_verbs = {};  ///< commands outside our stages that have it, parted by ", "
  StageSet listed = {};               ///< where RFC 5321 lists it
  StageSet extended = {};             ///< where another RFC does
  StageSet seen = {};                 ///< where no RFC lists it and servers send it all the same
};

enum class OnWire : std::uint8_t { Yes, Rarely, Never, Unclear };

/// Whether servers send the code: "yes", "rarely", "never", "unclear".
std::string_view name(OnWire on_wire);

/// A use of a number that no RFC gives it, with who does so.
struct FieldUse {
  int number = 0;  ///< 100 and more; log and event codes beyond 599 are here as well
  std::string_view who;
  std::string_view meaning;
  OnWire on_wire = OnWire::Yes;
  std::string_view text = {};  ///< for short_text(), where no CodeEntry has one
  StageSet seen = {};
};

/// Nothing for a number that no specification gives a meaning.
const CodeEntry* find_code(ReplyCode code);

/// All uses outside the RFCs; empty when none is known. Takes any number.
std::span<const FieldUse> field_uses(int number);

/// The text for a reply that names just a code; without an enhanced code. Where a domain must come first (RFC 5321
/// 4.2) it begins with "{{hostname}}". Never empty: unknown codes get the text of their class.
std::string_view short_text(ReplyCode code);

/// The same, worded for the stage where the code means several things: 452 is "too many recipients" at rcpt.
std::string_view short_text(ReplyCode code, Stage stage);

/// The enhanced code that fits best. None for 1yz and 3yz, for the greeting and for hello replies (RFC 2034 4).
/// Its class is the code's first digit; unknown codes get X.0.0.
std::optional<EnhancedCode> default_enhanced(ReplyCode code, Stage stage);

/// Who gives a code a place at a stage. `Nobody` also where a code was never heard of.
enum class Listing : std::uint8_t { Rfc5321, OtherRfc, Field, Nobody };

Listing listing(ReplyCode code, Stage stage);

/// Whether RFC 5321 or another RFC lists the code at that stage. 421 is legal everywhere (RFC 5321 3.8).
bool is_listed(ReplyCode code, Stage stage);

/// What the stage is, e.g. "the answer to RCPT TO, one for each recipient".
std::string_view meaning_of(Stage stage);

struct DigitMeaning {
  std::string_view name;     ///< "permanent failure"
  std::string_view meaning;  ///< a sentence
};

/// What the first digit tells the client to do (RFC 5321 4.2.1).
DigitMeaning first_digit_meaning(ReplyCode code);
/// Which part of the service the second digit points at (RFC 5321 4.2.1); 6 to 9 are outside the grammar.
DigitMeaning second_digit_meaning(ReplyCode code);
/// The third digit has a meaning within its group only; for unknown codes that is what is said. To be read after
/// the digit: "marks a mailbox that cannot be used".
std::string_view third_digit_meaning(ReplyCode code);

/// Whether RFC 5321 4.2 can spell the number: 200 to 559.
bool in_grammar(ReplyCode code);

/// An entry of the registry of enhanced codes (RFC 5248), the same for each class.
struct EnhancedEntry {
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  std::string_view name;
  std::string_view meaning;     ///< a sentence
  std::string_view basic = {};  ///< reply codes that the registry puts beside it, parted by one space
  std::string_view references = "RFC 3463";
};

/// How much of an enhanced code is known: all, or only its subject or its class (RFC 3463 2).
enum class EnhancedMatch : std::uint8_t { Exact, Subject, Class };

struct EnhancedLookup {
  const EnhancedEntry* entry;  ///< never null: X.0.0 when neither detail nor subject is known
  EnhancedMatch match;
};

EnhancedLookup find_enhanced(EnhancedCode code);

DigitMeaning enhanced_class_meaning(EnhancedCode code);
DigitMeaning enhanced_subject_meaning(EnhancedCode code);

/// A meaning that somebody gives an enhanced code in place of the registry's, or where the registry has none.
struct VendorMeaning {
  std::uint16_t class_digit = 0;  ///< 0 stands for each class
  std::uint16_t subject = 0;
  std::uint16_t first_detail = 0;
  std::uint16_t last_detail = 0;
  std::string_view who;
  std::string_view meaning;

  bool covers(EnhancedCode code) const;
};

/// All that are known; few enough to go through.
std::span<const VendorMeaning> vendor_meanings();

/// Every code with an entry, by number.
std::span<const CodeEntry> success_codes();       ///< 2yz and 3yz
std::span<const CodeEntry> transient_codes();     ///< 4yz
std::span<const CodeEntry> permanent_codes();     ///< 5yz
std::span<const FieldUse> all_field_uses();       ///< by number
std::span<const EnhancedEntry> enhanced_codes();  ///< by subject and detail

}  // namespace smtp_double
