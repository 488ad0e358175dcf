#include "config/octets_reader.hpp"

namespace smtp_double {
namespace {

struct RawOctets {
  std::string octets;
  std::optional<std::size_t> wrong;  // where an escape begins that is none
};

RawOctets unescape(std::string_view text) {
  constexpr std::string_view kinds = "rnt0\\";
  constexpr std::string_view meant{"\r\n\t\0\\", 5};
  constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
  RawOctets raw;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      raw.octets += text[i];
      continue;
    }
    const std::string_view rest = text.substr(i + 1);
    const std::size_t kind = rest.empty() ? std::string_view::npos : kinds.find(rest.front());
    if (kind != std::string_view::npos) {
      raw.octets += meant[kind];
      ++i;
    } else if (rest.size() >= 3 && rest.front() == 'x' && digits.find(rest[1]) != std::string_view::npos &&
               digits.find(rest[2]) != std::string_view::npos) {
      raw.octets += static_cast<char>(digits.find(rest[1]) % 16 * 16 + digits.find(rest[2]) % 16);
      i += 3;
    } else {
      raw.wrong = i;
      return raw;
    }
  }
  return raw;
}

}  // namespace

std::optional<std::string> read_octets(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "octets, such as \"250 OK\\r\\n\"");
  if (!text) return std::nullopt;
  RawOctets raw = unescape(*text);
  if (raw.wrong) {
    reading.error_inside(node, *raw.wrong, "unknown escape", R"(escapes are \r \n \t \0 \\ \xHH)");
    return std::nullopt;
  }
  if (raw.octets.empty()) {
    reading.error(node, "expected at least one octet", "to say nothing is written reply: none");
    return std::nullopt;
  }
  return std::move(raw.octets);
}

}  // namespace smtp_double
