#include "protocol/path_parser.hpp"

#include <algorithm>
#include <array>

#include "protocol/address_literal.hpp"
#include "protocol/ascii.hpp"
#include "protocol/utf8.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t longest_path = 256;    // RFC 5321 4.5.3.1.3, brackets included
constexpr std::size_t longest_domain = 255;  // RFC 5321 4.5.3.1.2

// A look-up in a table for what is asked of every octet of every address.
class OctetSet {
 public:
  template <class Predicate>
  explicit constexpr OctetSet(Predicate is_in) {
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i] = is_in(static_cast<char>(i));
  }
  constexpr bool has(char c) const { return in_[static_cast<unsigned char>(c)]; }
  constexpr std::size_t length_of_run(std::string_view text) const {
    std::size_t length = 0;
    while (length < text.size() && has(text[length])) ++length;
    return length;
  }

 private:
  std::array<bool, 256> in_{};
};

constexpr OctetSet dot_string_octets([](char c) {
  return is_alpha(c) || is_digit(c) || is_eight_bit(c) ||
         std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
});
constexpr OctetSet domain_octets([](char c) {
  return is_alpha(c) || is_digit(c) || is_eight_bit(c) || c == '-' || c == '.' || c == '_';
});

// The length of a quoted string at the front, 0 when it is none or never ends.
std::size_t quoted_length(std::string_view text) {
  if (!text.starts_with('"')) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (is_control(text[i])) return 0;
    if (text[i] == '\\' && (++i == text.size() || is_control(text[i]))) return 0;
  }
  return 0;
}

bool is_dot_string(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos;
}

// The length of a domain at the front of `text`, up to what ends a hop; an address literal may have colons.
std::size_t hop_length(std::string_view text) {
  const std::size_t literal_end = text.starts_with('[') ? std::min(text.find(']'), text.size()) : 0;
  return std::min(text.find_first_of(",:", literal_end), text.size());
}

// Takes "@a.example,@b.example:" off the front; false when it begins like one and is none.
bool skip_source_route(std::string_view& text) {
  std::string_view route = text;
  while (route.starts_with('@')) {
    route.remove_prefix(1);
    const std::size_t length = hop_length(route);
    const std::string_view hop = route.substr(0, length);
    if (length == route.size() || !is_domain(hop) || has_eight_bit(hop)) return false;
    const bool last = route[length] == ':';
    route.remove_prefix(length + 1);
    if (!last) continue;
    text = route;
    return true;
  }
  return !text.starts_with('@');
}

std::string_view mailbox_error(std::string_view mailbox, PathKind kind) {
  const std::size_t quoted = quoted_length(mailbox);
  const std::size_t length = quoted != 0 ? quoted : dot_string_octets.length_of_run(mailbox);
  if (quoted == 0 && !is_dot_string(mailbox.substr(0, length))) return "The local part of the address is not valid";
  const std::string_view rest = mailbox.substr(length);
  if (rest.empty()) {
    const bool postmaster = kind == PathKind::Forward && equals_ignoring_case(mailbox, "postmaster");
    return postmaster ? "" : "The address needs a domain";
  }
  if (rest.front() != '@') return "The local part of the address is not valid";
  if (rest.size() - 1 > longest_domain) return "The domain is longer than 255 octets";
  if (!is_domain(rest.substr(1))) return "The domain of the address is not valid";
  return !has_eight_bit(mailbox) || is_utf8(mailbox) ? "" : "The address is not valid UTF-8";
}

// The '>' that ends the path: one inside a quoted local part does not.
std::size_t closing_bracket(std::string_view text) {
  if (text.find('"') == std::string_view::npos) return text.find('>');
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') ++i;
    if (!quoted && text[i] == '>') return i;
  }
  return text.find('>');
}

std::size_t at_sign(std::string_view mailbox) {
  const std::size_t quoted = quoted_length(mailbox);
  // An address literal may hold one of its own.
  const std::size_t before_literal = mailbox.ends_with(']') ? mailbox.rfind("@[") : std::string_view::npos;
  const std::size_t at = before_literal != std::string_view::npos ? before_literal : mailbox.rfind('@');
  return at == std::string_view::npos || at < quoted ? std::string_view::npos : at;
}

}  // namespace

Path parse_path(std::string_view text, PathKind kind) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  if (text.empty()) return {.mailbox = {}, .rest = {}, .error = "An address in <> is needed"};
  if (text.front() != '<') {
    const std::string_view word = text.substr(0, text.find(' '));
    return {.mailbox = word, .rest = text.substr(word.size()), .error = "The address must stand in <>"};
  }
  const std::size_t end = closing_bracket(text);
  if (end == std::string_view::npos) {
    return {.mailbox = text.substr(1), .rest = {}, .error = "The '>' behind the address is missing"};
  }
  Path path{.mailbox = text.substr(1, end - 1), .rest = text.substr(end + 1), .error = {}};
  if (!path.rest.empty() && path.rest.front() != ' ') {
    path.error = "A space is needed between '>' and what follows";
  } else if (end + 1 > longest_path) {
    path.error = "The path is longer than 256 octets";
  } else if (path.mailbox.empty()) {
    path.error = kind == PathKind::Reverse ? "" : "The forward-path must not be empty";
  } else if (!skip_source_route(path.mailbox)) {
    path.error = "The source route is not valid";
  } else {
    path.error = mailbox_error(path.mailbox, kind);
  }
  return path;
}

std::string_view local_part(std::string_view mailbox) { return mailbox.substr(0, at_sign(mailbox)); }

std::string_view domain_part(std::string_view mailbox) {
  const std::size_t at = at_sign(mailbox);
  return at == std::string_view::npos ? std::string_view() : mailbox.substr(at + 1);
}

bool is_domain(std::string_view text) {
  if (text.starts_with('[')) return is_address_literal(text);
  if (text.ends_with('.')) text.remove_suffix(1);
  if (!is_dot_string(text) || text.front() == '-') return false;
  return domain_octets.length_of_run(text) == text.size();
}

}  // namespace smtp_double
