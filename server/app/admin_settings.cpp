#include "app/admin_settings.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace smtp_double {
namespace {

constexpr const char* default_address = "127.0.0.1:8025";

Given address_of(const std::optional<Given>& given, const Settings& file) {
  return first_of(given, file.admin, "admin.address").value_or(Given{default_address, "--admin"});
}

bool is_visible_ascii(char c) { return c > ' ' && c <= '~'; }

std::string settle_address(const Given& given, AdminSettings& settled) {
  settled.from = given.from;
  if (given.text == "off") return {};
  auto parsed = Endpoint::parse(given.text);
  if (auto* problem = std::get_if<std::string>(&parsed)) return std::string(given.from) + ": " + *problem;
  auto& endpoint = std::get<Endpoint>(parsed);
  if (endpoint.is_unix() || endpoint.is_proxied()) {
    return problem_with(given, "is no address for the admin port; write it like 127.0.0.1:8025, off is for none");
  }
  settled.endpoint = std::move(endpoint);
  return {};
}

// It is not shown: who reads the log is not to learn it.
std::string settle_token(const std::optional<Given>& given, AdminSettings& settled) {
  if (!given) return {};
  if (given->text.empty()) return std::string(given->from) + ": the token is empty";
  if (!std::ranges::all_of(given->text, is_visible_ascii)) {
    return std::string(given->from) + ": a token is made of visible ASCII characters, without blanks";
  }
  settled.token = given->text;
  return {};
}

std::string problem_with_reach(const Given& address, const AdminSettings& settled) {
  if (!settled.endpoint || settled.endpoint->is_loopback() || !settled.token.empty() || settled.is_open) return {};
  return problem_with(
      address,
      "can be reached from elsewhere, by anybody; give --admin-token TOKEN, which clients have to send, "
      "or listen on the loopback (127.0.0.1), or let everybody in with --admin-open");
}

}  // namespace

std::string settle_admin_address(const std::optional<Given>& address, const Settings& file, AdminSettings& settled) {
  settled.is_asked_for = address || file.admin;
  return settle_address(address_of(address, file), settled);
}

std::string settle_admin(const AdminOptions& options, const Settings& file, AdminSettings& settled) {
  std::string problem = settle_admin_address(options.address, file, settled);
  if (problem.empty()) problem = settle_token(first_of(options.token, file.admin_token, "admin.token"), settled);
  if (problem.empty()) {
    problem = settle_flag(first_of(options.open, written(file.admin_open), "admin.open"), settled.is_open);
  }
  return problem.empty() ? problem_with_reach(address_of(options.address, file), settled) : problem;
}

}  // namespace smtp_double
