#include "admin/http.hpp"

#include <algorithm>

namespace smtp_double {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What stands before the next `separator`, which goes with it.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool read_query(std::string_view text, HttpRequest& request) {
  while (!text.empty()) {
    std::string_view pair = take_until(text, '&');
    if (pair.empty()) continue;
    auto key = percent_decoded(take_until(pair, '='), true);
    auto value = percent_decoded(pair, true);
    if (!key || !value) return false;
    request.query.emplace_back(std::move(*key), std::move(*value));
  }
  return true;
}

}  // namespace

std::string_view name(HttpMethod method) {
  switch (method) {
    case HttpMethod::Get: return "GET";
    case HttpMethod::Post: return "POST";
    case HttpMethod::Put: return "PUT";
    case HttpMethod::Delete: return "DELETE";
    case HttpMethod::Other: return "";
  }
  return "";
}

std::optional<std::string_view> HttpRequest::parameter(std::string_view name) const {
  for (auto last = query.rbegin(); last != query.rend(); ++last) {
    if (last->first == name) return last->second;
  }
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text, bool in_query) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && in_query) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

bool read_target(std::string_view target, HttpRequest& request) {
  target = target.substr(0, target.find('#'));
  std::string_view path = take_until(target, '?');
  if (!path.starts_with('/')) return false;
  while (path.size() > 1) {
    path.remove_prefix(1);
    auto decoded = percent_decoded(path.substr(0, path.find('/')), false);
    if (!decoded) return false;
    request.path.push_back(std::move(*decoded));
    path.remove_prefix(std::min(path.find('/'), path.size()));
  }
  if (path == "/" && !request.path.empty()) request.path.emplace_back();
  return read_query(target, request);
}

}  // namespace smtp_double
