#include "sasl/gs2_header.hpp"

#include "protocol/utf8.hpp"

namespace smtp_double::sasl {

std::optional<std::string> decode_saslname(std::string_view text) {
  if (text.empty() || !is_utf8(text) || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') return std::nullopt;
    if (text[i] != '=') {
      name += text[i];
      continue;
    }
    const std::string_view escape = text.substr(i, 3);
    if (escape != "=2C" && escape != "=3D") return std::nullopt;
    name += escape == "=2C" ? ',' : '=';
    i += 2;
  }
  return name;
}

Gs2Header take_gs2_header(std::string_view& message) {
  if (message.starts_with("p=")) return {{}, {}, "Channel binding was not offered"};
  if (!message.starts_with("n,") && !message.starts_with("y,")) return {{}, {}, "The header begins with n, or y,"};
  const std::size_t end = message.find(',', 2);
  if (end == std::string_view::npos) return {{}, {}, "The header has a second comma"};
  const std::string_view identity = message.substr(2, end - 2);
  Gs2Header header{{}, message.substr(0, end + 1), {}};
  if (!identity.empty()) {
    const auto name = identity.starts_with("a=") ? decode_saslname(identity.substr(2)) : std::nullopt;
    if (!name) return {{}, {}, "The header's authorization identity is a= and a name, or nothing"};
    header.authzid = *name;
  }
  message.remove_prefix(end + 1);
  return header;
}

}  // namespace smtp_double::sasl
