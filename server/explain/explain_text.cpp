#include <algorithm>
#include <array>

#include "explain/explain.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t label_width = 12;
constexpr std::size_t narrowest = 40;

// A page of labelled, word-wrapped paragraphs.
class Page {
 public:
  Page(int width, Colour colour)
      : width_(std::max(narrowest, static_cast<std::size_t>(std::max(width, 0)))), colour_(colour) {}

  // `digit` chooses the colour: that of a reply's class.
  void heading(const std::string& code, std::string_view title, int digit) {
    std::string styled = code;
    if (colour_ == Colour::Always) styled = style_of(digit) + code + "\x1b[0m";
    paragraph(styled, code.size(), code.size() + 2, title);
  }

  void section(std::string_view label, std::string_view text) {
    std::string styled(label);
    if (colour_ == Colour::Always && !label.empty()) styled = "\x1b[1m" + styled + "\x1b[0m";
    paragraph(styled, label.size(), label_width, text);
  }

  // Labels in one column of `indent` characters, the text behind it.
  void row(const std::string& label, std::size_t indent, std::string_view text) {
    paragraph(label, label.size(), indent, text);
  }

  void blank_line() { text_ += '\n'; }

  const std::string& text() const { return text_; }

 private:
  static std::string style_of(int digit) {
    if (digit == 4) return "\x1b[1;33m";
    return digit == 5 ? "\x1b[1;31m" : "\x1b[1;32m";
  }

  void paragraph(const std::string& label, std::size_t visible, std::size_t indent, std::string_view text) {
    text_ += label;
    std::size_t column = visible;
    bool line_is_empty = true;
    while (!text.empty()) {
      const std::size_t length = std::min(text.find(' '), text.size());
      if (!line_is_empty && column + 1 + length > width_) {
        text_ += '\n';
        column = 0;
        line_is_empty = true;
      }
      std::size_t gap = 1;
      if (line_is_empty) gap = std::max(indent, column) - column;
      if (gap == 0 && column > 0) gap = 2;  // a label that fills its column
      text_.append(gap, ' ').append(text.substr(0, length));
      column += gap + length;
      line_is_empty = false;
      text.remove_prefix(std::min(length + 1, text.size()));
    }
    text_ += '\n';
  }

  std::size_t width_;
  Colour colour_;
  std::string text_;
};

std::string sentence(DigitMeaning digit) { return std::string(digit.name) + ". " + std::string(digit.meaning); }

std::string names_of(StageSet stages) {
  if (stages.all()) return "at any point, asked or not";
  std::string names;
  for (std::size_t i = 0; i < stage_count; ++i) {
    if (stages.test(i)) names.append(names.empty() ? "" : " ").append(name(static_cast<Stage>(i)));
  }
  return names;
}

std::string_view remark(OnWire on_wire) {
  switch (on_wire) {
    case OnWire::Yes: return "";
    case OnWire::Rarely: return " (rarely seen)";
    case OnWire::Never: return " (never sent by a server)";
    case OnWire::Unclear: return " (not sure to be sent)";
  }
  return "";
}

// One line for each place of the parts of `code`, below one another and each in its own columns.
void add_part(Page& page, std::string_view code, std::size_t start, std::size_t length, const std::string& meaning) {
  page.row(std::string(2 + start, ' ') + std::string(code.substr(start, length)), 2 + code.size() + 2, meaning);
}

void add_digits(Page& page, ReplyCode code) {
  const std::string digits = std::to_string(code.value());
  add_part(page, digits, 0, 1, sentence(first_digit_meaning(code)));
  add_part(page, digits, 1, 1, sentence(second_digit_meaning(code)));
  add_part(page, digits, 2, 1, std::string(third_digit_meaning(code)));
  page.blank_line();
}

StageSet stages_of_uses(ReplyCode code) {
  StageSet stages;
  for (const FieldUse& use : field_uses(code.value())) stages |= use.seen;
  return stages;
}

void add_places(Page& page, ReplyCode code, const CodeEntry* entry) {
  const StageSet listed = entry != nullptr ? entry->listed : StageSet{};
  const StageSet extended = entry != nullptr ? entry->extended : StageSet{};
  const StageSet seen = (entry != nullptr ? entry->seen : StageSet{}) | stages_of_uses(code);
  std::string_view label = "Where";
  const auto line = [&](const std::string& text) {
    page.section(label, text);
    label = {};
  };
  if (listed.any()) line("RFC 5321: " + names_of(listed));
  if (extended.any()) line("other RFCs: " + names_of(extended));
  if (entry != nullptr && !entry->other_verbs.empty()) line("other commands: " + std::string(entry->other_verbs));
  const StageSet only_seen = seen & ~(listed | extended);
  if (only_seen.any()) line("in practice: " + names_of(only_seen));
  if (!label.empty()) line("no RFC gives it a place");
}

void add_uses(Page& page, ReplyCode code) {
  std::string_view label = "In use";
  for (const FieldUse& use : field_uses(code.value())) {
    page.section(label, std::string(use.who) + std::string(remark(use.on_wire)) + ": " + std::string(use.meaning));
    label = {};
  }
}

void add_section(Page& page, std::string_view label, std::string_view text) {
  if (!text.empty()) page.section(label, text);
}

void add_usual_enhanced(Page& page, std::string_view codes) {
  std::string_view label = "Enhanced";
  while (!codes.empty()) {
    const std::string_view code = codes.substr(0, codes.find(' '));
    codes.remove_prefix(std::min(code.size() + 1, codes.size()));
    page.section(label, std::string(code) + " " + std::string(find_enhanced(*EnhancedCode::parse(code)).entry->name));
    label = {};
  }
}

void add_entry(Page& page, ReplyCode code, const CodeEntry& entry, bool is_told_more) {
  page.section("Kind", name(entry.status));
  page.section("Meaning", entry.meaning);
  page.section("Concerns", entry.scope);
  add_places(page, code, &entry);
  page.section("Client", entry.client);
  add_section(page, "Server", entry.server);
  if (!is_told_more) add_usual_enhanced(page, entry.enhanced);
  add_section(page, "References", entry.references);
}

std::string_view client_by_class(int class_digit) {
  constexpr std::array<std::string_view, 5> advice{
      "Take it as a failure: give up the transaction, do not wait for another reply.",
      "Go by the first digit: take it as success.",
      "Go by the first digit: to DATA and AUTH, go on; to any other command it is an error.",
      "Go by the first digit: keep the mail and try again later.",
      "Go by the first digit: give up and report the failure to the sender.",
  };
  return advice[static_cast<std::size_t>(class_digit - 1)];
}

void add_unknown(Page& page, ReplyCode code) {
  add_places(page, code, nullptr);
  page.section("Client", client_by_class(code.class_digit()));
  if (!in_grammar(code)) page.section("Grammar", "RFC 5321 4.2 cannot spell it: codes go from 200 to 559.");
}

// Whoever has the enhanced code need not read through those that there are.
void add_code(Page& page, ReplyCode code, bool is_told_more) {
  const CodeEntry* entry = find_code(code);
  page.heading(std::to_string(code.value()), entry != nullptr ? entry->name : "In no RFC", code.class_digit());
  page.blank_line();
  add_digits(page, code);
  if (entry != nullptr) {
    add_entry(page, code, *entry, is_told_more);
  } else {
    add_unknown(page, code);
  }
  add_uses(page, code);
}

std::string detail_meaning(EnhancedCode code, const EnhancedLookup& lookup) {
  std::string meaning = std::string(lookup.entry->name) + ". " + std::string(lookup.entry->meaning);
  if (lookup.match == EnhancedMatch::Exact) return meaning;
  const EnhancedCode read_as{code.class_digit, lookup.entry->subject, 0};
  return "not registered; read it as " + to_string(read_as) + " (RFC 3463 2): " + meaning;
}

void add_vendors(Page& page, EnhancedCode code) {
  std::string_view label = "In use";
  for (const VendorMeaning& vendor : vendor_meanings()) {
    if (!vendor.covers(code)) continue;
    page.section(label, std::string(vendor.who) + ": " + std::string(vendor.meaning));
    label = {};
  }
}

void add_enhanced(Page& page, EnhancedCode code) {
  const EnhancedLookup lookup = find_enhanced(code);
  const std::string text = to_string(code);
  page.heading(text, lookup.match == EnhancedMatch::Exact ? lookup.entry->name : "Not registered", code.class_digit);
  page.blank_line();
  const std::size_t subject = text.find('.') + 1;
  const std::size_t detail = text.rfind('.') + 1;
  add_part(page, text, 0, 1, sentence(enhanced_class_meaning(code)));
  add_part(page, text, subject, detail - 1 - subject, sentence(enhanced_subject_meaning(code)));
  add_part(page, text, detail, text.size() - detail, detail_meaning(code, lookup));
  page.blank_line();
  std::string codes;
  for (const ReplyCode basic : goes_with(code)) codes += (codes.empty() ? "" : " ") + std::to_string(basic.value());
  add_section(page, "Goes with", codes);
  page.section("References", lookup.entry->references);
  add_vendors(page, code);
}

std::string_view remark(Listing listing) {
  switch (listing) {
    case Listing::Rfc5321: return "RFC 5321 lists it here.";
    case Listing::OtherRfc: return "An RFC other than 5321 lists it here.";
    case Listing::Field: return "No RFC lists it here, but servers send it.";
    case Listing::Nobody: return "No RFC lists it here.";
  }
  return "";
}

void add_code_at_stages(Page& page, ReplyCode code, const std::vector<Stage>& stages) {
  for (Stage stage : stages) {
    const std::string label = "At " + std::string(name(stage));
    std::string text(remark(listing(code, stage)));
    if (stage != Stage::Tls)
      text += " A bare " + std::to_string(code.value()) + " is sent as: " + example_reply(code, stage);
    page.section(label, text);
  }
}

void add_replies(Page& page, const std::vector<StageReply>& replies, int class_digit) {
  bool first = true;
  for (const StageReply& reply : replies) {
    if (reply.code.class_digit() != class_digit) continue;
    if (first) {
      page.blank_line();
      page.row("  " + std::string(first_digit_meaning(reply.code).name), 0, "");
    }
    first = false;
    std::string text = reply.meaning;
    if (reply.listing == Listing::OtherRfc) text += " (other RFC)";
    if (reply.listing == Listing::Field) text += " (in practice)";
    page.row("    " + std::to_string(reply.code.value()), 9, text);
  }
}

void add_stage(Page& page, Stage stage) {
  page.heading(std::string(name(stage)), meaning_of(stage), 2);
  const std::vector<StageReply> replies = replies_at(stage);
  for (int class_digit = 2; class_digit <= 5; ++class_digit) add_replies(page, replies, class_digit);
}

void add_stages(Page& page, const std::vector<Stage>& stages) {
  for (Stage stage : stages) {
    if (stage != stages.front()) page.blank_line();
    add_stage(page, stage);
  }
  if (stages == std::vector{Stage::Tls}) return;
  page.blank_line();
  page.row("", 0,
           "Codes without a remark are those of RFC 5321. Any other may come: a client goes by the first digit.");
}

}  // namespace

std::string to_text(const Explanation& explanation, int width, Colour colour) {
  Page page(width, colour);
  if (explanation.code) add_code(page, *explanation.code, explanation.enhanced.has_value());
  if (explanation.code && !explanation.stages.empty()) add_code_at_stages(page, *explanation.code, explanation.stages);
  if (explanation.code && explanation.enhanced) page.blank_line();
  if (explanation.enhanced) add_enhanced(page, *explanation.enhanced);
  if (!explanation.code && explanation.enhanced && !explanation.stages.empty()) page.blank_line();
  if (!explanation.code && !explanation.stages.empty()) add_stages(page, explanation.stages);
  if (!explanation.notes.empty()) page.blank_line();
  for (const std::string& note : explanation.notes) page.section("Note", note);
  return page.text();
}

}  // namespace smtp_double
