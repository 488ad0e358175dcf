#include "config/extensions_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "config/nearest_word.hpp"
#include "config/units.hpp"
#include "config/yaml_slips.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 4> extension_keys{"offer", "accept", "after-tls", "after-auth"};

struct ExtensionLines {
  std::vector<std::string> lines;
  std::optional<std::uint64_t> size;  // that SIZE names
};

// "SIZE 10MB" is offered in octets; 0 and no number at all mean no limit (RFC 1870 4).
bool take_size(Reading& reading, const YamlNode& node, std::string& line, ExtensionLines& out) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string::npos) return true;
  const std::string_view value = std::string_view(line).substr(blank + 1);
  const auto size = parse_size(value);
  if (!size) {
    reading.error_inside(node, blank + 1, quotation(value) + " is no size", size_units_hint());
    return false;
  }
  out.size = *size == 0 ? std::numeric_limits<std::uint64_t>::max() : *size;
  line = line.substr(0, blank + 1) + std::to_string(*size);
  return true;
}

// "SIZE=10MB" -> "SIZE 10MB", "PIPELINNING" -> "PIPELINING"
std::optional<std::string> extension_meant(std::string_view line) {
  const std::string_view keyword = line.substr(0, line.find_first_of(" =:"));
  const auto nearest = nearest_word(keyword, extension_keywords());
  if (!nearest) return std::nullopt;
  std::string meant(*nearest);
  if (keyword.size() + 1 < line.size()) meant.append(1, ' ').append(trimmed(line.substr(keyword.size() + 1)));
  return meant;
}

// It is offered all the same: a server may offer what nobody knows.
void warn_of_slip(Reading& reading, const YamlNode& item) {
  // What old clients read, and a keyword of RFC 5321 that asks for nothing.
  const bool is_meant =
      equals_ignoring_case(item.text.substr(0, 5), "AUTH=") || equals_ignoring_case(item.text, "EXPN");
  if (is_meant || extension_of(item.text)) return;
  const auto meant = extension_meant(item.text);
  if (!meant) return;
  reading.warning(item.offset, quotation(item.text) + " is offered, and is no extension that the server knows",
                  fmt::format("did you mean '{}'?", *meant));
}

enum class Purpose : std::uint8_t { Offer, Accept };

ExtensionLines read_extension_lines(Reading& reading, const YamlNode& node, Purpose purpose) {
  ExtensionLines out;
  if (!check_list(reading, node, "extensions, such as [PIPELINING, SIZE 10MB]")) return out;
  for (const YamlNode* item : node.items) {
    auto line = read_line(reading, *item, "an extension");
    if (!line) continue;
    if (purpose == Purpose::Offer) warn_of_slip(reading, *item);
    if (extension_of(*line) == Extension::Size && !take_size(reading, *item, *line, out)) continue;
    out.lines.push_back(std::move(*line));
  }
  return out;
}

void check_known(Reading& reading, const YamlNode& node) {
  for (const YamlNode* item : node.items) {
    if (item->kind != YamlKind::Scalar || extension_of(item->text)) continue;
    const auto meant = extension_meant(item->text);
    reading.error(*item, quotation(item->text) + " is no extension that the server knows",
                  meant ? fmt::format("did you mean '{}'?", *meant)
                        : fmt::format("known are: {}; any other can be under 'offer'", listed(extension_keywords())));
  }
}

std::vector<std::string> take_lines(ExtensionLines extensions, OfferedExtensions& out) {
  if (extensions.size) out.size = extensions.size;
  return std::move(extensions.lines);
}

// What is kept is what is offered, unless the scenario says otherwise. Tells whether there is an offer.
bool read_offer(Reading& reading, const Keys& keys, Offer& offer, OfferedExtensions& out) {
  const YamlNode* offered = keys["offer"];
  if (offered != nullptr) {
    const Reading::Step step(reading, "offer");
    offer = make_offer(take_lines(read_extension_lines(reading, *offered, Purpose::Offer), out));
  }
  if (const YamlNode* accept = keys["accept"]) {
    const Reading::Step step(reading, "accept");
    const auto lines = take_lines(read_extension_lines(reading, *accept, Purpose::Accept), out);
    check_known(reading, *accept);
    keep_only(offer, lines);
  }
  return offered != nullptr;
}

// A list, or a mapping with `offer` and `accept`.
Offer read_later_offer(Reading& reading, const YamlNode& node, const Offer& before, OfferedExtensions& out) {
  if (node.kind != YamlKind::Mapping) {
    return make_offer(take_lines(read_extension_lines(reading, node, Purpose::Offer), out));
  }
  Offer offer = before;
  const auto keys = read_keys(reading, node, std::span(extension_keys).first(2));
  if (keys) read_offer(reading, *keys, offer, out);
  return offer;
}

}  // namespace

OfferedExtensions read_extensions(Reading& reading, const YamlNode& node, const Offer& usual) {
  OfferedExtensions out;
  out.offer = usual;
  if (node.kind != YamlKind::Mapping) {
    out.offer = make_offer(take_lines(read_extension_lines(reading, node, Purpose::Offer), out));
    out.is_own = true;
    return out;
  }
  const auto keys = read_keys(reading, node, extension_keys);
  if (!keys) return out;
  out.is_own = read_offer(reading, *keys, out.offer, out);
  with(reading, *keys, "after-tls",
       [&](const YamlNode& value) { out.after_tls = read_later_offer(reading, value, inside_tls(out.offer), out); });
  with(reading, *keys, "after-auth", [&](const YamlNode& value) {
    out.after_auth = read_later_offer(reading, value, out.after_tls.value_or(inside_tls(out.offer)), out);
  });
  return out;
}

}  // namespace smtp_double
