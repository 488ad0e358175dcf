#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// Text as JSON has it, in quotes. Octets that are no UTF-8 are U+FFFD.
std::string json_text(std::string_view text);

/// RFC 3339 in UTC, with microseconds: "2026-11-26T07:21:16.123456Z"
std::string time_text(std::chrono::microseconds since_1970);

/// A JSON object in one line, made member by member.
class JsonLine {
 public:
  JsonLine& add(std::string_view name, std::string_view text);
  JsonLine& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  JsonLine& add(std::string_view name, std::unsigned_integral auto number) {
    return add_raw(name, std::to_string(number));
  }
  JsonLine& add_flag(std::string_view name, bool flag) { return add_raw(name, flag ? "true" : "false"); }
  /// In milliseconds.
  JsonLine& add(std::string_view name, std::chrono::microseconds time);
  /// null for nothing.
  JsonLine& add_or_null(std::string_view name, const std::optional<std::string>& text);
  /// What is JSON already.
  JsonLine& add_raw(std::string_view name, std::string_view json);

  /// Without a line end.
  std::string text() const { return members_.empty() ? "{}" : members_ + '}'; }

 private:
  std::string members_;
};

}  // namespace smtp_double
