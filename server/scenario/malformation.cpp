#include "scenario/malformation.hpp"

#include <array>
#include <vector>

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 33> malformations{"bare-lf",
                                                         "bare-cr",
                                                         "no-newline",
                                                         "lf-inside",
                                                         "no-text",
                                                         "no-space",
                                                         "code-space",
                                                         "code-tab",
                                                         "leading-space",
                                                         "negative-sign",
                                                         "two-digit",
                                                         "four-digit",
                                                         "letters",
                                                         "first-digit-0",
                                                         "first-digit-1",
                                                         "first-digit-6",
                                                         "first-digit-9",
                                                         "mixed-codes",
                                                         "unterminated",
                                                         "endless",
                                                         "overlong-line",
                                                         "huge-line",
                                                         "non-ascii",
                                                         "latin1",
                                                         "nul",
                                                         "blank-line",
                                                         "enhanced-mismatch",
                                                         "enhanced-differs",
                                                         "enhanced-leading-zero",
                                                         "early",
                                                         "twice",
                                                         "garbage",
                                                         "tls-in-clear"};

constexpr std::size_t longest_line = 512;  // with code, space and CRLF (RFC 5321 4.5.3.1.5)
constexpr std::size_t huge_text = 64UL * 1024;
constexpr std::size_t code_size = 3;

/// A reply taken apart; every part can be changed before it is put together again.
struct Line {
  std::string code;
  std::string separator;
  std::string text;
  std::string end = "\r\n";
};
using Lines = std::vector<Line>;

Lines parts_of(std::string_view wire) {
  Lines lines;
  while (!wire.empty()) {
    const std::size_t end = wire.find("\r\n");
    const std::string_view line = wire.substr(0, end);
    lines.push_back({std::string(line.substr(0, code_size)), std::string(line.substr(code_size, 1)),
                     std::string(line.substr(std::min(line.size(), code_size + 1)))});
    wire.remove_prefix(end == std::string_view::npos ? wire.size() : end + 2);
  }
  return lines;
}

std::string joined(const Lines& lines) {
  std::string wire;
  for (const Line& line : lines) wire += line.code + line.separator + line.text + line.end;
  return wire;
}

/// At least two lines, so that one of them can differ from the last.
void make_multi_line(Lines& lines) {
  if (lines.size() > 1) return;
  lines.push_back(lines.front());
  lines.front().separator = "-";
}

template <class Change>
void change_codes(Lines& lines, Change change) {
  for (Line& line : lines) line.code = change(line.code);
}

std::string with_first_digit(std::string code, char digit) {
  code.front() = digit;
  return code;
}

std::string without_enhanced(const std::string& text) {
  if (!enhanced_code_in(text)) return text;
  const std::size_t space = text.find(' ');
  return space == std::string::npos ? std::string() : text.substr(space + 1);
}

char other_class(const std::string& code) { return code.front() == '2' || code.front() == '3' ? '5' : '2'; }

void put_enhanced(Line& line, std::string_view enhanced) {
  line.text = std::string(enhanced) + ' ' + without_enhanced(line.text);
}

// A class that an enhanced code can have (RFC 3463 2).
std::string own_class(const Line& line) {
  const char digit = line.code.front();
  return {digit == '4' || digit == '5' ? digit : '2'};
}

void change_line_ends(Lines& lines, std::string_view end) {
  for (Line& line : lines) line.end = end;
}

void keep_code_alone(Lines& lines, std::string_view behind) {
  lines = {lines.back()};
  lines.front().separator = behind;
  lines.front().text.clear();
}

void pad(Line& line, std::size_t octets) {
  const std::size_t has = line.code.size() + line.separator.size() + line.text.size() + line.end.size();
  if (has < octets) line.text.append(octets - has, 'x');
}

void change_lines(Lines& lines, Malformation malformation) {
  Line& first = lines.front();
  Line& last = lines.back();
  switch (malformation) {
    case Malformation::BareLf: return change_line_ends(lines, "\n");
    case Malformation::BareCr: return change_line_ends(lines, "\r");
    case Malformation::NoNewline: last.end.clear(); return;
    case Malformation::LfInside:
      make_multi_line(lines);
      lines.front().end = "\n";
      return;
    case Malformation::NoText: return keep_code_alone(lines, "");
    case Malformation::NoSpace: last.separator.clear(); return;
    case Malformation::CodeSpace: return keep_code_alone(lines, " ");
    case Malformation::CodeTab: last.separator = "\t"; return;
    case Malformation::LeadingSpace: return change_codes(lines, [](const std::string& code) { return ' ' + code; });
    case Malformation::NegativeSign: return change_codes(lines, [](const std::string& code) { return '-' + code; });
    case Malformation::TwoDigit:
      return change_codes(lines, [](const std::string& code) { return code.substr(0, code_size - 1); });
    case Malformation::FourDigit: return change_codes(lines, [](const std::string& code) { return code + '0'; });
    case Malformation::Letters: return change_codes(lines, [](const std::string&) { return std::string("XYZ"); });
    case Malformation::FirstDigit0:
      return change_codes(lines, [](const std::string& code) { return with_first_digit(code, '0'); });
    case Malformation::FirstDigit1:
      return change_codes(lines, [](const std::string& code) { return with_first_digit(code, '1'); });
    case Malformation::FirstDigit6:
      return change_codes(lines, [](const std::string& code) { return with_first_digit(code, '6'); });
    case Malformation::FirstDigit9:
      return change_codes(lines, [](const std::string& code) { return with_first_digit(code, '9'); });
    case Malformation::MixedCodes:
      make_multi_line(lines);
      lines.back().code.front() = other_class(lines.back().code);
      return;
    case Malformation::Unterminated: last.separator = "-"; return;
    case Malformation::Endless:
      lines = {first};
      lines.front().separator = "-";
      return;
    case Malformation::OverlongLine: return pad(last, longest_line + 1);
    case Malformation::HugeLine: return pad(last, huge_text);
    case Malformation::NonAscii: last.text += " \xC3\xBC\xE2\x82\xAC"; return;
    case Malformation::Latin1: last.text += " \xFC"; return;
    case Malformation::Nul: last.text.insert(std::min<std::size_t>(1, last.text.size()), 1, '\0'); return;
    case Malformation::EnhancedMismatch:
      for (Line& line : lines) put_enhanced(line, std::string{other_class(line.code)} + ".1.1");
      return;
    case Malformation::EnhancedDiffers:
      make_multi_line(lines);
      for (Line& line : lines) put_enhanced(line, own_class(line) + ".1.1");
      put_enhanced(lines.back(), own_class(lines.back()) + ".7.1");
      return;
    case Malformation::EnhancedLeadingZero:
      for (Line& line : lines) put_enhanced(line, own_class(line) + ".01.1");
      return;
    // These change no line.
    case Malformation::BlankLine:
    case Malformation::Early:
    case Malformation::Twice:
    case Malformation::Garbage:
    case Malformation::TlsInClear: return;
  }
}

}  // namespace

std::string_view name(Malformation malformation) { return malformations.at(static_cast<std::size_t>(malformation)); }

std::span<const std::string_view> malformation_words() { return malformations; }

void malform(std::string& wire, Malformation malformation) {
  using namespace std::string_view_literals;
  if (malformation == Malformation::BlankLine) {
    wire.insert(0, "\r\n");
  } else if (malformation == Malformation::Twice) {
    wire += std::string(wire);
  } else if (malformation == Malformation::Garbage) {
    wire = "HTTP/1.1 400 Bad Request\r\n";
  } else if (malformation == Malformation::TlsInClear) {
    wire = "\x16\x03\x01\x00\x2E\x02\x00\x00\x2A\x03\x03"sv;
  } else if (malformation != Malformation::Early) {
    Lines lines = parts_of(wire);
    change_lines(lines, malformation);
    wire = joined(lines);
  }
}

}  // namespace smtp_double
