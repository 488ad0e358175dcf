#include "protocol/proxy_header.hpp"

#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string two(std::size_t number) {
  return {static_cast<char>(number >> 8U & 0xFFU), static_cast<char>(number & 0xFFU)};
}

std::string binary(char command, char family, const std::string& rest) {
  return signature + command + family + two(rest.size()) + rest;
}

std::string tlv(char type, const std::string& value) { return type + two(value.size()) + value; }

const std::string ipv4("\xC0\x00\x02\x01\xC6\x33\x64\x02\x30\x39\x00\x19", 12);

std::string path(const std::string& text) { return text + std::string(108 - text.size(), '\0'); }

// What is read, on one line.
std::string shown(const ProxyResult& result) {
  if (std::holds_alternative<ProxyNeedsMore>(result)) return "more";
  if (const auto* error = std::get_if<ProxyError>(&result)) return error->text;
  const auto& header = std::get<ProxyHeader>(result);
  const auto end = [](const ProxyEndpoint& e) { return ' ' + e.address + '|' + std::to_string(e.port); };
  return std::to_string(header.octets) + (header.is_local ? " local" : "") + end(header.source) +
         end(header.destination);
}

std::string shown(const std::string& octets) { return shown(parse_proxy_header(octets)); }

const std::vector<std::string>& good_headers() {
  static const std::vector<std::string> headers{
      "PROXY TCP4 192.0.2.1 198.51.100.2 12345 25\r\n",
      "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 65535\r\n",
      "PROXY UNKNOWN\r\n",
      "PROXY UNKNOWN anything at  all\r\n",
      binary(0x21, 0x11, ipv4),
      binary(0x21, 0x11, ipv4 + tlv(0x04, "abc") + tlv(0x02, "")),
      binary(0x20, 0x00, ""),
      binary(0x21, 0x31, path("/run/a") + path("/run/b")),
  };
  return headers;
}

}  // namespace

TEST_CASE("PROXY version 1") {
  CHECK(shown("PROXY TCP4 192.0.2.1 198.51.100.2 12345 25\r\n") == "44 192.0.2.1|12345 198.51.100.2|25");
  CHECK(shown("PROXY TCP4 255.255.255.255 0.0.0.0 0 65535\r\nEHLO") == "44 255.255.255.255|0 0.0.0.0|65535");
  CHECK(shown("PROXY TCP6 2001:db8::1 ::1 1 2\r\nPROXY") == "32 2001:db8::1|1 ::1|2");
  CHECK(shown("PROXY UNKNOWN\r\n") == "15 local |0 |0");
  CHECK(shown("PROXY UNKNOWN ffff::1 and so on\r\n") == "33 local |0 |0");
}

TEST_CASE("PROXY version 1 has at most 107 octets") {
  const std::string start = "PROXY UNKNOWN ";
  CHECK(shown(start + std::string(105 - start.size(), 'x') + "\r\n") == "107 local |0 |0");
  CHECK(shown(start + std::string(106 - start.size(), 'x') + "\r\n") ==
        "PROXY header, octet 107: no CRLF within 107 octets");
  CHECK(shown(start + std::string(106 - start.size(), 'x')) == "more");
  CHECK(shown(start + std::string(107 - start.size(), 'x')) == "PROXY header, octet 107: no CRLF within 107 octets");
  CHECK(
      shown(
          "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n")
          .substr(0, 4) == "104 ");
}

TEST_CASE("PROXY version 1: what is wrong, and where") {
  struct Row {
    std::string octets;
    std::string error;
  };
  const std::string source = "the source address is not one of this family";
  const std::string destination = "the destination address is not one of this family";
  const std::string source_port = "the source port is not a number from 0 to 65535 with a port behind it";
  const std::string destination_port = "the destination port is not a number from 0 to 65535 at the end";
  for (const Row& row : {Row{"EHLO x\r\n", "0: neither PROXY and a space nor the signature of version 2"},
                         {"PROXY\r\n", "0: neither PROXY and a space nor the signature of version 2"},
                         {"proxy TCP4 ", "0: neither PROXY and a space nor the signature of version 2"},
                         {"PROXY \r\n", "6: neither TCP4 nor TCP6 nor UNKNOWN"},
                         {"PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n", "6: neither TCP4 nor TCP6 nor UNKNOWN"},
                         {"PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", "6: neither TCP4 nor TCP6 nor UNKNOWN"},
                         {"PROXY UNKNOWNS\r\n", "6: neither TCP4 nor TCP6 nor UNKNOWN"},
                         {"PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "6: neither TCP4 nor TCP6 nor UNKNOWN"},
                         {"PROXY TCP4\r\n", "10: " + source},
                         {"PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", "11: " + source},
                         {"PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\r\n", "11: " + source},
                         {"PROXY TCP4 1.2..4 1.2.3.4 1 2\r\n", "11: " + source},
                         {"PROXY TCP4 256.2.3.4 1.2.3.4 1 2\r\n", "11: " + source},
                         {"PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", "11: " + source},
                         {"PROXY TCP4 ::1 1.2.3.4 1 2\r\n", "11: " + source},
                         {"PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", "11: " + source},
                         {"PROXY TCP6 1.2.3.4 ::1 1 2\r\n", "11: " + source},
                         {"PROXY TCP6 [::1] ::1 1 2\r\n", "11: " + source},
                         {"PROXY TCP6 ::1%1 ::1 1 2\r\n", "11: " + source},
                         {"PROXY TCP4 1.2.3.4 mx 1 2\r\n", "19: " + destination},
                         {"PROXY TCP4 1.2.3.4\r\n", "18: " + destination},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4\r\n", "26: " + source_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", "27: " + source_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", "27: " + source_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n", "27: " + source_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "27: " + source_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 1 99999999999\r\n", "29: " + destination_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", "29: " + destination_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", "29: " + destination_port},
                         {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", "29: " + destination_port},
                         {"PROXY UNKNOWN\n", "13: LF without CR"},
                         {"PROXY UNKNOWN\nEHLO x\r\n", "13: LF without CR"},
                         {"PROXY UNKNOWN\rx\r\n", "13: CR without LF"}}) {
    CAPTURE(row.octets);
    CHECK(shown(row.octets) == "PROXY header, octet " + row.error);
  }
}

TEST_CASE("PROXY version 2") {
  CHECK(shown(binary(0x21, 0x11, ipv4)) == "28 192.0.2.1|12345 198.51.100.2|25");
  CHECK(shown(binary(0x21, 0x11, ipv4) + "EHLO") == "28 192.0.2.1|12345 198.51.100.2|25");
  CHECK(shown(binary(0x20, 0x00, "")) == "16 local |0 |0");
  CHECK(shown(binary(0x20, 0x11, ipv4)) == "28 local |0 |0");
  CHECK(shown(binary(0x20, 0x55, "anything")) == "24 local |0 |0");
  CHECK(shown(binary(0x21, 0x00, "anything")) == "24 local |0 |0");
  CHECK(shown(binary(0x21, 0x31, path("/run/a") + path(""))) == "232 local /run/a|0 |0");
  CHECK(shown(binary(0x21, 0x31, std::string(216, 'p'))) ==
        "232 local " + std::string(108, 'p') + "|0 " + std::string(108, 'p') + "|0");
}

TEST_CASE("PROXY version 2 writes IPv6 addresses as RFC 5952 does") {
  struct Row {
    std::string octets;
    std::string text;
  };
  const auto zeros = [](std::size_t count) { return std::string(count, '\0'); };
  for (const Row& row :
       {Row{zeros(16), "::"},
        {zeros(15) + '\x01', "::1"},
        {'\x20' + std::string("\x01\x0D\xB8") + zeros(11) + '\x01', "2001:db8::1"},
        {two(1) + zeros(14), "1::"},
        {two(1) + zeros(2) + two(2) + zeros(4) + two(3) + two(4) + two(5), "1:0:2::3:4:5"},
        {two(1) + zeros(4) + two(2) + zeros(4) + two(3) + two(4), "1::2:0:0:3:4"},
        {two(1) + zeros(2) + two(2) + two(3) + two(4) + two(5) + two(6) + two(0xABCD), "1:0:2:3:4:5:6:abcd"},
        {zeros(10) + "\xFF\xFF\xC0" + zeros(1) + "\x02\x01", "::ffff:192.0.2.1"}}) {
    REQUIRE(row.octets.size() == 16);
    CHECK(shown(binary(0x21, 0x21, row.octets + zeros(16) + two(1) + two(2))) == "52 " + row.text + "|1 ::|2");
  }
}

TEST_CASE("PROXY version 2: what is wrong, and where") {
  struct Row {
    std::string octets;
    std::string error;
  };
  const std::string family = "13: not TCP over IPv4 or IPv6, nor a stream socket, nor unspecified";
  const std::string room = "14: the length leaves no room for the addresses";
  for (const Row& row :
       {Row{signature.substr(0, 11) + 'x', "0: neither PROXY and a space nor the signature of version 2"},
        {binary(0x11, 0x11, ipv4), "12: the version is not 2"},
        {signature + '\x31', "12: the version is not 2"},
        {signature + '\x22', "12: the command is neither LOCAL nor PROXY"},
        {binary(0x21, 0x12, ipv4), family},
        {binary(0x21, 0x10, ipv4), family},
        {binary(0x21, 0x01, ipv4), family},
        {binary(0x21, 0x41, ipv4), family},
        {binary(0x21, 0x11, ipv4.substr(1)), room},
        {binary(0x21, 0x21, std::string(35, 'x')), room},
        {binary(0x21, 0x31, std::string(215, 'x')), room},
        {binary(0x21, 0x11, ipv4 + "x"), "28: a TLV is cut off"},
        {binary(0x21, 0x11, ipv4 + tlv(1, "h2") + "xy"), "33: a TLV is cut off"},
        {binary(0x21, 0x11, ipv4 + '\x01' + two(3) + "h2"), "28: a TLV reaches beyond the header"},
        {binary(0x21, 0x11, ipv4 + tlv(3, "abc")), "28: a CRC-32C has four octets"},
        {binary(0x21, 0x11, ipv4 + tlv(3, "abcd")), "28: the CRC-32C is not that of the header"}}) {
    CHECK(shown(row.octets) == "PROXY header, octet " + row.error);
  }
}

TEST_CASE("PROXY version 2 has at most 4096 octets behind the fixed part") {
  const std::string padding = tlv(4, std::string(4096 - ipv4.size() - 3, 'x'));
  CHECK(shown(binary(0x21, 0x11, ipv4 + padding)) == "4112 192.0.2.1|12345 198.51.100.2|25");
  CHECK(shown(signature + "\x21\x11" + two(4097)) == "PROXY header, octet 14: the length is above 4096");
  CHECK(shown(signature + "\x20\x11" + two(65535)) == "PROXY header, octet 14: the length is above 4096");
}

TEST_CASE("PROXY version 2: a checksum that is right") {
  // Made with another implementation of CRC-32C.
  const std::string sum("\x97\x8B\x0B\x4C", 4);
  const std::string header = binary(0x21, 0x11, ipv4 + tlv(3, sum));
  CHECK(shown(header) == "35 192.0.2.1|12345 198.51.100.2|25");
  for (std::size_t i = 16; i < 28; ++i) {
    std::string changed = header;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK(shown(changed) == "PROXY header, octet 28: the CRC-32C is not that of the header");
  }
}

TEST_CASE("a PROXY header that has not all come needs more, wherever it is cut") {
  for (const std::string& header : good_headers()) {
    for (std::size_t size = 0; size < header.size(); ++size) {
      CAPTURE(header, size);
      CHECK(shown(header.substr(0, size)) == "more");
    }
    CHECK(std::get<ProxyHeader>(parse_proxy_header(header)).octets == header.size());
    CHECK(std::get<ProxyHeader>(parse_proxy_header(header + header)).octets == header.size());
  }
}

TEST_CASE("whatever octet of a PROXY header changes, no more is taken than is there") {
  std::mt19937 random(1);
  for (const std::string& header : good_headers()) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      for (const unsigned change : {1U, 0x80U, 0xFFU, static_cast<unsigned>(random())}) {
        std::string changed = header;
        changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ change);
        const ProxyResult result = parse_proxy_header(changed);
        if (const auto* read = std::get_if<ProxyHeader>(&result)) CHECK(read->octets <= changed.size());
      }
    }
  }
}
