#include "tls/certificate_names.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace smtp_double {
namespace {

constexpr std::size_t longest_name = 253;  // RFC 1035 2.3.4, as text
constexpr std::size_t longest_label = 63;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// The underscore stands in names that are in use, whatever RFC 952 says.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

bool is_host_name(std::string_view name) {
  if (name.size() > longest_name) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return inet_pton(AF_INET, text.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1;
}

std::string certifiable(std::string_view text) {
  if (text.size() > longest_name || text.find('\0') != std::string_view::npos) return {};
  std::string name(text);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return is_ip_address(name) || is_host_name(name) ? name : std::string();
}

std::vector<std::string> leaf_names(const std::string& server_name, const std::string& hostname,
                                    const std::string& address) {
  std::vector<std::string> names;
  const auto add = [&names](std::string name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  };
  add(certifiable(server_name));
  add(certifiable(hostname));
  add("localhost");
  add("127.0.0.1");
  add("::1");
  add(certifiable(address));
  return names;
}

}  // namespace smtp_double
