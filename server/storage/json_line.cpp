#include "storage/json_line.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "protocol/utf8.hpp"

namespace smtp_double {
namespace {

void append_escaped(std::string& json, char c) {
  switch (c) {
    case '"': json += "\\\""; return;
    case '\\': json += "\\\\"; return;
    case '\n': json += "\\n"; return;
    case '\r': json += "\\r"; return;
    case '\t': json += "\\t"; return;
    default: break;
  }
  if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
    json += c;
    return;
  }
  std::array<char, 8> escaped{};
  std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  json += escaped.data();
}

}  // namespace

std::string json_text(std::string_view text) {
  std::string json = "\"";
  while (!text.empty()) {
    const std::size_t size = utf8_character_size(text);
    if (size == 0) {
      json += "\\ufffd";
    } else if (size == 1) {
      append_escaped(json, text.front());
    } else {
      json += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return json + '"';
}

std::string time_text(std::chrono::microseconds since_1970) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(since_1970).count();
  const auto rest = static_cast<long>((since_1970 - std::chrono::seconds(seconds)).count());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, rest);
  return text.data();
}

JsonLine& JsonLine::add(std::string_view name, std::string_view text) { return add_raw(name, json_text(text)); }

JsonLine& JsonLine::add(std::string_view name, std::chrono::microseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(time.count() / 1000),
                static_cast<long long>(time.count() % 1000));
  return add_raw(name, text.data());
}

JsonLine& JsonLine::add_or_null(std::string_view name, const std::optional<std::string>& text) {
  return add_raw(name, text ? json_text(*text) : "null");
}

JsonLine& JsonLine::add_raw(std::string_view name, std::string_view json) {
  members_ += members_.empty() ? '{' : ',';
  members_ += json_text(name);
  members_ += ':';
  members_ += json;
  return *this;
}

}  // namespace smtp_double
