#include "protocol/server_profile.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

// In the order of Extension.
constexpr std::array<std::string_view, extension_count> keywords{
    "PIPELINING",          "SIZE",          "8BITMIME",    "SMTPUTF8",   "DSN",
    "ENHANCEDSTATUSCODES", "STARTTLS",      "AUTH",        "CHUNKING",   "BINARYMIME",
    "DELIVERBY",           "FUTURERELEASE", "MT-PRIORITY", "REQUIRETLS", "LIMITS",
    "NO-SOLICITING",       "RRVS",          "ETRN",        "XCLIENT",    "XFORWARD"};

std::string_view keyword_of(std::string_view line) { return line.substr(0, line.find(' ')); }

std::string_view values_of(std::string_view line) {
  const std::size_t blank = line.find(' ');
  return blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) std::transform(word.begin(), word.end(), std::back_inserter(words.emplace_back()), to_upper);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return words;
}

// 0 where there is none.
std::uint64_t first_number(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void keep(Offer& offer, std::string_view line) {
  const auto extension = extension_of(line);
  if (!extension) return;
  offer.in_force.add(*extension);
  if (*extension == Extension::Auth) offer.mechanisms = words_in(values_of(line));
  if (*extension == Extension::Limits) offer.limits = parse_limits(line);
  if (*extension == Extension::FutureRelease) offer.longest_hold = first_number(values_of(line));
  if (*extension == Extension::DeliverBy) offer.shortest_by = first_number(values_of(line));
}

Offer without(const Offer& offer, Extension extension) {
  Offer rest = offer;
  std::erase_if(rest.lines, [&](const std::string& line) { return extension_of(line) == extension; });
  rest.in_force.remove(extension);
  return rest;
}

}  // namespace

std::optional<Extension> extension_of(std::string_view ehlo_line) {
  const std::string_view keyword = keyword_of(ehlo_line);
  for (std::size_t i = 0; i < keywords.size(); ++i) {
    if (equals_ignoring_case(keyword, keywords[i])) return static_cast<Extension>(i);
  }
  return std::nullopt;
}

std::span<const std::string_view> extension_keywords() { return keywords; }

Offer make_offer(std::vector<std::string> lines) {
  Offer offer;
  for (const std::string& line : lines) keep(offer, line);
  offer.lines = std::move(lines);
  return offer;
}

void keep_only(Offer& offer, const std::vector<std::string>& lines) {
  Offer kept = make_offer(lines);
  kept.lines = std::move(offer.lines);
  offer = std::move(kept);
}

Offer outside_tls(const Offer& offer) { return without(offer, Extension::RequireTls); }

Offer inside_tls(const Offer& offer) { return without(offer, Extension::StartTls); }

std::vector<std::string> ServerProfile::default_extensions() {
  const std::string size = "SIZE " + std::to_string(Limits{}.message_size);
  return {"PIPELINING", size, "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING", "AUTH PLAIN LOGIN"};
}

std::string ServerProfile::make_ehlo_text(const Offer& offer) const {
  std::string text = hostname;
  for (const std::string& line : offer.lines) text.append(1, '\n').append(line);
  return text;
}

std::string ServerProfile::make_quit_wire() const {
  return to_wire({ReplyCode::of<221>(), "2.0.0 " + hostname + " closing the connection"});
}

void ServerProfile::make_replies() {
  for (Offer* offer : {&plain, &tls, authenticated ? &*authenticated : nullptr}) {
    if (offer == nullptr) continue;
    offer->ehlo_text = make_ehlo_text(*offer);
    offer->ehlo_wire = to_wire({ReplyCode::of<250>(), offer->ehlo_text});
  }
  quit_wire = make_quit_wire();
}

void ServerProfile::offer_start_tls() {
  if (plain.in_force.has(Extension::StartTls)) return;
  plain.lines.emplace_back("STARTTLS");
  plain.in_force.add(Extension::StartTls);
  make_replies();
}

}  // namespace smtp_double
