#include "protocol/server_profile.hpp"

#include <array>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, extension_count> keywords{"PIPELINING", "SIZE", "8BITMIME",
                                                                 "SMTPUTF8",   "DSN",  "ENHANCEDSTATUSCODES"};

}  // namespace

std::optional<Extension> extension_of(std::string_view ehlo_line) {
  const std::string_view keyword = ehlo_line.substr(0, ehlo_line.find(' '));
  for (std::size_t i = 0; i < keywords.size(); ++i) {
    if (equals_ignoring_case(keyword, keywords[i])) return static_cast<Extension>(i);
  }
  return std::nullopt;
}

std::vector<std::string> ServerProfile::default_extensions() {
  const std::string size = "SIZE " + std::to_string(Limits{}.message_size);
  return {"PIPELINING", size, "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN"};
}

std::string ServerProfile::make_ehlo_text() const {
  std::string text = hostname;
  for (const std::string& line : offered) text.append(1, '\n').append(line);
  return text;
}

std::string ServerProfile::make_quit_wire() const {
  return to_wire({ReplyCode::of<221>(), "2.0.0 " + hostname + " closing the connection"});
}

void ServerProfile::make_replies() {
  ehlo_text = make_ehlo_text();
  ehlo_wire = to_wire({ReplyCode::of<250>(), ehlo_text});
  quit_wire = make_quit_wire();
}

ExtensionSet ServerProfile::known_extensions(const std::vector<std::string>& ehlo_lines) {
  ExtensionSet set;
  for (const std::string& line : ehlo_lines) {
    if (const auto extension = extension_of(line)) set.add(*extension);
  }
  return set;
}

}  // namespace smtp_double
