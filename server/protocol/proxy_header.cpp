#include "protocol/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "protocol/address_literal.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view text_start = "PROXY ";
constexpr std::size_t longest_text = 107;  // with CRLF

constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t fixed_size = 16;
constexpr std::size_t longest_rest = 4096;

ProxyError error_at(std::size_t octet, std::string_view what) {
  return {"PROXY header, octet " + std::to_string(octet) + ": " + std::string(what)};
}

bool begins_like(std::string_view octets, std::string_view start) {
  const std::size_t size = std::min(octets.size(), start.size());
  return octets.substr(0, size) == start.substr(0, size);
}

// Version 1.

std::optional<std::uint16_t> parse_number(std::string_view digits, std::uint16_t most) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number > most) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return number;
}

bool is_dotted_quad(std::string_view text) {
  if (std::count(text.begin(), text.end(), '.') != 3) return false;
  for (int i = 0; i < 4; ++i) {
    const std::string_view octet = text.substr(0, text.find('.'));
    if (!parse_number(octet, 255)) return false;
    text.remove_prefix(std::min(octet.size() + 1, text.size()));
  }
  return true;
}

bool is_colon_groups(std::string_view text) { return is_address_literal("[IPv6:" + std::string(text) + ']'); }

// The words of a line, parted by exactly one space each.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  std::string_view next() {
    at_ = next_;
    const std::string_view word = line_.substr(at_, line_.find(' ', at_) - at_);
    next_ = std::min(at_ + word.size() + 1, line_.size());
    is_last_ = at_ + word.size() == line_.size();
    return word;
  }
  std::size_t at() const { return at_; }
  bool is_last() const { return is_last_; }

 private:
  std::string_view line_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  bool is_last_ = false;
};

ProxyResult parse_text_line(std::string_view line) {
  ProxyHeader header{line.size() + 2, false, {}, {}};
  Words words(line);
  words.next();
  const std::string_view family = words.next();
  if (family == "UNKNOWN") {  // whatever follows is to be ignored
    header.is_local = true;
    return header;
  }
  if (family != "TCP4" && family != "TCP6") return error_at(words.at(), "neither TCP4 nor TCP6 nor UNKNOWN");
  for (ProxyEndpoint* end : {&header.source, &header.destination}) {
    const std::string_view address = words.next();
    const bool is_source = end == &header.source;
    if (family == "TCP4" ? !is_dotted_quad(address) : !is_colon_groups(address)) {
      return error_at(words.at(), is_source ? "the source address is not one of this family"
                                            : "the destination address is not one of this family");
    }
    end->address = address;
  }
  for (ProxyEndpoint* end : {&header.source, &header.destination}) {
    const bool is_source = end == &header.source;
    const auto port = parse_number(words.next(), 65535);
    if (!port || words.is_last() == is_source) {
      return error_at(words.at(), is_source ? "the source port is not a number from 0 to 65535 with a port behind it"
                                            : "the destination port is not a number from 0 to 65535 at the end");
    }
    end->port = *port;
  }
  return header;
}

ProxyResult parse_text(std::string_view octets) {
  const std::string_view head = octets.substr(0, longest_text);
  const std::size_t end = head.find_first_of("\r\n");
  if (end < head.size() && head[end] == '\n') return error_at(end, "LF without CR");
  if (end >= head.size() - 1) {
    if (head.size() == longest_text) return error_at(longest_text, "no CRLF within 107 octets");
    return ProxyNeedsMore{};
  }
  if (head[end + 1] != '\n') return error_at(end, "CR without LF");
  return parse_text_line(head.substr(0, end));
}

// Version 2.

std::uint8_t octet_of(std::string_view octets, std::size_t i) { return static_cast<std::uint8_t>(octets[i]); }

std::uint16_t number_at(std::string_view octets, std::size_t i) {
  return static_cast<std::uint16_t>(octet_of(octets, i) << 8U | octet_of(octets, i + 1));
}

std::string ipv4_text(std::string_view octets) {
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) text += (i == 0 ? "" : ".") + std::to_string(octet_of(octets, i));
  return text;
}

// As RFC 5952 4 has it: the longest run of two zero groups or more becomes "::".
std::string ipv6_text(std::string_view octets) {
  constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);
  if (octets.starts_with(mapped)) return "::ffff:" + ipv4_text(octets.substr(mapped.size()));
  std::size_t gap = 8;
  std::size_t longest = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && number_at(octets, 2 * end) == 0) ++end;
    if (end - i <= longest) continue;
    gap = i;
    longest = end - i;
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      text += "::";
      i += longest - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), number_at(octets, 2 * i), 16).ptr;
    text.append(digits.begin(), end);
  }
  return text;
}

std::string path_text(std::string_view octets) { return std::string(octets.substr(0, octets.find('\0'))); }

std::uint32_t crc32c(std::string_view octets) {
  constexpr std::uint32_t polynomial = 0x82F63B78;  // of RFC 3720 B.4, bits reversed
  std::uint32_t sum = 0xFFFFFFFF;
  for (const char c : octets) {
    sum ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1U ^ ((sum & 1U) != 0 ? polynomial : 0U);
  }
  return ~sum;
}

// Of the whole header, counted with zeros in its own place.
bool is_right_sum(std::string_view header, std::size_t at) {
  std::string zeroed(header);
  std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at), 4, '\0');
  const std::uint32_t stated = static_cast<std::uint32_t>(number_at(header, at)) << 16U | number_at(header, at + 2);
  return crc32c(zeroed) == stated;
}

// What is wrong with the TLVs that begin there.
std::optional<ProxyError> check_tlvs(std::string_view header, std::size_t at) {
  constexpr std::uint8_t crc_type = 0x03;
  constexpr std::size_t frame = 3;  // type and length
  while (at < header.size()) {
    if (header.size() - at < frame) return error_at(at, "a TLV is cut off");
    const std::size_t size = number_at(header, at + 1);
    if (header.size() - at - frame < size) return error_at(at, "a TLV reaches beyond the header");
    if (octet_of(header, at) == crc_type) {
      if (size != 4) return error_at(at, "a CRC-32C has four octets");
      if (!is_right_sum(header, at + frame)) return error_at(at, "the CRC-32C is not that of the header");
    }
    at += frame + size;
  }
  return std::nullopt;
}

// Sizes are those of one address.
struct Family {
  std::uint8_t octet;
  std::size_t size;
  bool has_ports;
  std::string (*text)(std::string_view octets);
};

constexpr std::array families{
    Family{0x11, 4, true, ipv4_text},
    Family{0x21, 16, true, ipv6_text},
    Family{0x31, 108, false, path_text},
};

ProxyResult parse_addresses(std::string_view header) {
  constexpr std::uint8_t unspecified = 0x00;
  const std::uint8_t octet = octet_of(header, 13);
  if (octet == unspecified) return ProxyHeader{header.size(), true, {}, {}};
  const auto family = std::find_if(families.begin(), families.end(), [&](const Family& f) { return f.octet == octet; });
  if (family == families.end()) return error_at(13, "not TCP over IPv4 or IPv6, nor a stream socket, nor unspecified");
  const std::size_t size = 2 * family->size + (family->has_ports ? 4 : 0);
  if (header.size() - fixed_size < size) return error_at(14, "the length leaves no room for the addresses");
  if (auto error = check_tlvs(header, fixed_size + size)) return *error;
  ProxyHeader read{header.size(), !family->has_ports, {}, {}};
  read.source.address = family->text(header.substr(fixed_size, family->size));
  read.destination.address = family->text(header.substr(fixed_size + family->size, family->size));
  if (family->has_ports) {
    read.source.port = number_at(header, fixed_size + 2 * family->size);
    read.destination.port = number_at(header, fixed_size + 2 * family->size + 2);
  }
  return read;
}

ProxyResult parse_binary(std::string_view octets) {
  if (octets.size() <= signature.size()) return ProxyNeedsMore{};
  const unsigned version = octet_of(octets, 12) >> 4U;
  const unsigned command = octet_of(octets, 12) & 15U;
  if (version != 2) return error_at(12, "the version is not 2");
  if (command > 1) return error_at(12, "the command is neither LOCAL nor PROXY");
  if (octets.size() < fixed_size) return ProxyNeedsMore{};
  const std::size_t rest = number_at(octets, 14);
  if (rest > longest_rest) return error_at(14, "the length is above 4096");
  if (octets.size() < fixed_size + rest) return ProxyNeedsMore{};
  if (command == 0) return ProxyHeader{fixed_size + rest, true, {}, {}};  // whatever follows is to be ignored
  return parse_addresses(octets.substr(0, fixed_size + rest));
}

}  // namespace

ProxyResult parse_proxy_header(std::string_view octets) {
  if (octets.empty()) return ProxyNeedsMore{};
  if (begins_like(octets, text_start)) return parse_text(octets);
  if (begins_like(octets, signature)) return parse_binary(octets);
  return error_at(0, "neither PROXY and a space nor the signature of version 2");
}

}  // namespace smtp_double
