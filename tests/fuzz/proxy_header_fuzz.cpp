// What is read of a PROXY header depends on its own octets only, and is known as soon as they are there.

#include <string>

#include "input.hpp"
#include "protocol/address_literal.hpp"
#include "protocol/proxy_header.hpp"
#include "require.hpp"

using namespace smtp_double;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t cut_at = input.below(SIZE_MAX);
  const std::string octets(input.rest());
  const ProxyResult whole = parse_proxy_header(octets);
  const std::string cut = octets.substr(0, cut_at % (octets.size() + 1));
  const ProxyResult part = parse_proxy_header(cut);
  if (!std::holds_alternative<ProxyNeedsMore>(part)) require(part == whole, "what comes behind changes nothing");
  const auto* header = std::get_if<ProxyHeader>(&whole);
  if (header == nullptr) return 0;
  require(header->octets > 0 && header->octets <= octets.size(), "what was taken is there");
  require(cut.size() >= header->octets || std::holds_alternative<ProxyNeedsMore>(part), "a part needs more");
  for (const ProxyEndpoint& end : {header->source, header->destination}) {
    if (header->is_local) break;
    const bool is_ipv6 = end.address.find(':') != std::string::npos;
    require(is_address_literal((is_ipv6 ? "[IPv6:" : "[") + end.address + ']'), "an address is one");
  }
  return 0;
}
