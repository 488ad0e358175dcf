#include "protocol/reply_catalogue.hpp"

#include <algorithm>
#include <array>

#include "protocol/reply_catalogue_data.hpp"

namespace smtp_double {
namespace {

std::span<const CodeEntry> entries_of_class(int digit) {
  if (digit == 4) return transient_codes();
  return digit == 5 ? permanent_codes() : success_codes();
}

bool has_stage(StageSet stages, Stage stage) { return stages.test(index_of(stage)); }

std::string_view generic_text(int class_digit) {
  constexpr std::array<std::string_view, 5> texts{"Wait", "OK", "Go on", "Try again later", "Refused"};
  return texts[static_cast<std::size_t>(class_digit - 1)];
}

const catalogue::Default* find_default(ReplyCode code, Stage stage) {
  const auto rows = catalogue::defaults();
  const auto found = std::ranges::find_if(
      rows, [&](const catalogue::Default& row) { return row.number == code.value() && has_stage(row.stages, stage); });
  return found == rows.end() ? nullptr : &*found;
}

const EnhancedEntry* find_entry(std::uint16_t subject, std::uint16_t detail) {
  const auto found = std::ranges::find_if(
      enhanced_codes(), [&](const EnhancedEntry& entry) { return entry.subject == subject && entry.detail == detail; });
  return found == enhanced_codes().end() ? nullptr : &*found;
}

bool seen_in_the_field(ReplyCode code, Stage stage) {
  return std::ranges::any_of(field_uses(code.value()), [&](const FieldUse& use) { return has_stage(use.seen, stage); });
}

constexpr std::array<DigitMeaning, 5> first_digits{{
    {"positive preliminary", "SMTP has no such replies: a server must not send them, a client ends the transaction."},
    {"success", "The command did what it should; the next one may be sent."},
    {"intermediate", "So far so good; the server waits for more from the client."},
    {"transient failure", "It did not happen, but may later; try again, from the start of the transaction."},
    {"permanent failure", "It did not happen; the same command will be refused again, so do not repeat it."},
}};

constexpr std::array<DigitMeaning, 6> second_digits{{
    {"syntax", "Commands that are wrong, unknown, missing here or that fit no other group."},
    {"information", "Answers to a question, such as help or status."},
    {"connection", "The channel between client and server."},
    {"unspecified", "RFC 5321 leaves it open; the AUTH extension (RFC 4954) has its replies here."},
    {"unspecified", "RFC 5321 leaves it open, and nothing uses it."},
    {"mail system", "The receiving mail system and what it does with mailboxes and messages."},
}};

constexpr std::array<DigitMeaning, 8> enhanced_subjects{{
    {"other", "No particular subject."},
    {"addressing", "The address of the sender or of a recipient."},
    {"mailbox", "The mailbox the address leads to."},
    {"mail system", "The mail system at the destination."},
    {"network and routing", "The network on the way to the destination."},
    {"mail delivery protocol", "The dialogue between client and server."},
    {"message content or media", "The content of the message."},
    {"security or policy", "Authentication, encryption, permission and policy."},
}};

constexpr std::array<std::string_view, stage_count> stage_meanings{
    "the greeting, before any command",
    "the answer to HELO",
    "the answer to EHLO",
    "the answer to LHLO (LMTP)",
    "the answer to STARTTLS",
    "the TLS handshake; no reply is sent here",
    "the answer to the AUTH command",
    "the answer to a line of the AUTH exchange",
    "the verdict that ends an AUTH exchange",
    "the answer to MAIL FROM",
    "the answer to RCPT TO, one for each recipient",
    "the answer to DATA, before the content",
    "while the content arrives; a server does not answer here, but may end the session",
    "the answer to the end of the content (CRLF.CRLF or BDAT LAST)",
    "the answer to BDAT, but for the last chunk",
    "the answer to RSET",
    "the answer to NOOP",
    "the answer to VRFY",
    "the answer to EXPN",
    "the answer to HELP",
    "the answer to QUIT",
    "the answer to ETRN",
    "the answer to a command the server does not know",
    "nothing came from the client for the timeout",
};

}  // namespace

std::string_view name(CodeStatus status) {
  constexpr std::array<std::string_view, 5> names{"standard", "extension", "historic", "registry", "draft"};
  return names[static_cast<std::size_t>(status)];
}

std::string_view name(OnWire on_wire) {
  constexpr std::array<std::string_view, 4> names{"yes", "rarely", "never", "unclear"};
  return names[static_cast<std::size_t>(on_wire)];
}

const CodeEntry* find_code(ReplyCode code) {
  const auto entries = entries_of_class(code.class_digit());
  const auto found = std::ranges::find(entries, code.value(), &CodeEntry::number);
  return found == entries.end() ? nullptr : &*found;
}

std::span<const FieldUse> field_uses(int number) {
  const auto uses = all_field_uses();
  // equal_range gives a subrange, which clang 14 cannot compile from this standard library.
  return {std::ranges::lower_bound(uses, number, {}, &FieldUse::number),
          std::ranges::upper_bound(uses, number, {}, &FieldUse::number)};
}

std::string_view short_text(ReplyCode code) {
  if (const CodeEntry* entry = find_code(code)) return entry->text;
  for (const FieldUse& use : field_uses(code.value())) {
    if (!use.text.empty()) return use.text;
  }
  return generic_text(code.class_digit());
}

std::string_view short_text(ReplyCode code, Stage stage) {
  const catalogue::Default* row = find_default(code, stage);
  return row != nullptr && !row->text.empty() ? row->text : short_text(code);
}

std::optional<EnhancedCode> default_enhanced(ReplyCode code, Stage stage) {
  const int class_digit = code.class_digit();
  if (class_digit == 1 || class_digit == 3) return std::nullopt;
  if (has_stage(StageSet(catalogue::hellos | catalogue::bits(Stage::Connect)), stage)) return std::nullopt;
  EnhancedCode result{static_cast<std::uint16_t>(class_digit), 0, 0};
  if (const catalogue::Default* row = find_default(code, stage)) {
    result.subject = row->subject;
    result.detail = row->detail;
  }
  return result;
}

Listing listing(ReplyCode code, Stage stage) {
  const CodeEntry* entry = find_code(code);
  if (entry != nullptr && has_stage(entry->listed, stage)) return Listing::Rfc5321;
  if (entry != nullptr && has_stage(entry->extended, stage)) return Listing::OtherRfc;
  if (entry != nullptr && has_stage(entry->seen, stage)) return Listing::Field;
  return seen_in_the_field(code, stage) ? Listing::Field : Listing::Nobody;
}

bool is_listed(ReplyCode code, Stage stage) {
  const Listing by = listing(code, stage);
  return by == Listing::Rfc5321 || by == Listing::OtherRfc;
}

std::string_view meaning_of(Stage stage) { return stage_meanings[index_of(stage)]; }

DigitMeaning first_digit_meaning(ReplyCode code) {
  return first_digits[static_cast<std::size_t>(code.class_digit() - 1)];
}

DigitMeaning second_digit_meaning(ReplyCode code) {
  const auto digit = static_cast<std::size_t>(code.category_digit());
  if (digit < second_digits.size()) return second_digits[digit];
  return {"outside the grammar",
          "RFC 5321 has no 6 to 9 here; strict clients reject the reply, others go by the first digit."};
}

std::string_view third_digit_meaning(ReplyCode code) {
  const CodeEntry* entry = find_code(code);
  return entry != nullptr ? entry->detail : "has no meaning of its own beyond telling codes apart";
}

bool in_grammar(ReplyCode code) { return code.class_digit() >= 2 && code.category_digit() <= 5; }

EnhancedLookup find_enhanced(EnhancedCode code) {
  if (const EnhancedEntry* entry = find_entry(code.subject, code.detail)) return {entry, EnhancedMatch::Exact};
  if (const EnhancedEntry* entry = find_entry(code.subject, 0)) return {entry, EnhancedMatch::Subject};
  return {&enhanced_codes().front(), EnhancedMatch::Class};
}

DigitMeaning enhanced_class_meaning(EnhancedCode code) {
  if (code.class_digit == 2) return {"success", "It worked."};
  if (code.class_digit == 4) return {"persistent transient failure", "It did not work, but a later attempt may."};
  return {"permanent failure", "It did not work and will not, unless something is changed."};
}

DigitMeaning enhanced_subject_meaning(EnhancedCode code) {
  if (code.subject < enhanced_subjects.size()) return enhanced_subjects[code.subject];
  return {"unknown subject", "RFC 3463 knows 0 to 7; read it as 0."};
}

bool VendorMeaning::covers(EnhancedCode code) const {
  return (class_digit == 0 || class_digit == code.class_digit) && subject == code.subject &&
         first_detail <= code.detail && code.detail <= last_detail;
}

}  // namespace smtp_double
