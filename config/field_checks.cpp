#include "config/field_checks.hpp"

#include <algorithm>

#include "config/reading.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

bool is_address(FieldKind kind) { return kind == FieldKind::Sender || kind == FieldKind::Recipient; }

bool is_domain(FieldKind kind) { return kind == FieldKind::SenderDomain || kind == FieldKind::RecipientDomain; }

void narrow(NumberRange& range, const Matcher& matcher) {
  constexpr NumberRange none{1, 0};
  if (const auto* equals = std::get_if<Equals>(&matcher)) {
    range = {std::max(range.least, equals->number), std::min(range.greatest, equals->number)};
  } else if (const auto* over = std::get_if<Over>(&matcher)) {
    range = over->number == no_bound ? none : NumberRange{std::max(range.least, over->number + 1), range.greatest};
  } else if (const auto* under = std::get_if<Under>(&matcher)) {
    range = under->number == 0 ? none : NumberRange{range.least, std::min(range.greatest, under->number - 1)};
  }
}

}  // namespace

NumberRange numbers_of(FieldKind kind) {
  if (kind == FieldKind::DefaultCode) return {100, 599};
  if (kind == FieldKind::ClientPort || kind == FieldKind::ServerPort) return {0, 65'535};
  const bool counts = kind == FieldKind::Session || kind == FieldKind::Message || kind == FieldKind::Attempt;
  return {counts ? 1U : 0U, no_bound};
}

bool can_hold(FieldKind kind, const std::vector<Matcher>& matchers) {
  NumberRange range = numbers_of(kind);
  for (const Matcher& matcher : matchers) {
    if (range.least <= range.greatest) narrow(range, matcher);
  }
  return range.least <= range.greatest;
}

bool check_possible_text(const FieldTestReading& test, const YamlNode& scalar) {
  const std::string& text = scalar.text;
  const std::string field = to_string(test.field);
  if (is_address(test.field.kind) && text.size() > 2 && text.front() == '<' && text.back() == '>') {
    test.reading.error(scalar, field + " is without the brackets of the command",
                       "write " + quotation(text.substr(1, text.size() - 2)));
    return false;
  }
  if (is_domain(test.field.kind) && text.size() > 1 && text.front() == '@') {
    test.reading.error(scalar, field + " is without the '@' before it", "write " + quotation(text.substr(1)));
    return false;
  }
  return true;
}

void warn_of_unlikely_address(const FieldTestReading& test, const YamlNode& scalar) {
  const std::string& text = scalar.text;
  const std::string field = to_string(test.field);
  const bool is_local = test.field.kind == FieldKind::SenderLocal || test.field.kind == FieldKind::RecipientLocal;
  const bool is_pattern = text.find_first_of("*?") != std::string::npos;
  const auto warn = [&](const std::string& message, const std::string& hint) {
    test.reading.warning(scalar.offset, message, hint);
  };
  if ((is_address(test.field.kind) || is_local || is_domain(test.field.kind)) &&
      (text.starts_with(".*") || text.starts_with('^') || text.ends_with('$'))) {
    warn(quotation(text) + " is compared as it stands, '*' apart",
         "is it a regular expression? {regex: '" + text + "'}");
  } else if (is_address(test.field.kind) && !text.empty() && text != "<>" && !is_pattern &&
             text.find('@') == std::string::npos && !equals_ignoring_case(text, "postmaster")) {
    warn("an address without '@' is hardly ever " + field, "is it " + field + ".domain, or " + field + ".local?");
  } else if (is_local && text.find('@') != std::string::npos && text.front() != '"') {
    warn(field + " ends before the '@'", "is it " + field.substr(0, field.find('.')) + "?");
  }
}

bool can_have_case(FieldKind kind) { return !is_domain(kind) && kind != FieldKind::Helo && kind != FieldKind::Verb; }

}  // namespace smtp_double
