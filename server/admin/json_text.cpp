#include "admin/json_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <utility>

#include "protocol/utf8.hpp"

namespace smtp_double {

json::string text(std::string_view octets) {
  const auto as_json = [](std::string_view part) { return json::string_view(part.data(), part.size()); };
  if (is_utf8(octets)) return json::string(as_json(octets));
  json::string out;
  while (!octets.empty()) {
    const std::size_t size = utf8_character_size(octets);
    if (size > 0) {
      out.append(as_json(octets.substr(0, size)));
    } else {
      out.append("\xEF\xBF\xBD");
    }
    octets.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

namespace {

// ---- see to_text()

void append_value(std::string& out, const json::value& value);

void append_array(std::string& out, const json::array& array) {
  out += '[';
  for (const json::value& one : array) {
    if (&one != &array.front()) out += ',';
    append_value(out, one);
  }
  out += ']';
}

void append_object(std::string& out, const json::object& object) {
  out += '{';
  bool is_first = true;
  for (const auto& [key, value] : object) {
    if (!std::exchange(is_first, false)) out += ',';
    out += json::serialize(json::string(key));
    out += ':';
    append_value(out, value);
  }
  out += '}';
}

void append_value(std::string& out, const json::value& value) {
  if (const auto* array = value.if_array()) {
    append_array(out, *array);
  } else if (const auto* object = value.if_object()) {
    append_object(out, *object);
  } else if (const auto* number = value.if_double()) {
    fmt::format_to(std::back_inserter(out), "{}", *number);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string to_text(const json::value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

json::value text_or_null(const std::optional<std::string>& octets) {
  return octets ? json::value(text(*octets)) : json::value(nullptr);
}

json::value text_or_null(std::string_view octets) {
  return octets.empty() ? json::value(nullptr) : json::value(text(octets));
}

std::string rfc3339(std::chrono::microseconds since_1970) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
  const std::time_t time = seconds.count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(time), (since_1970 - seconds).count());
}

double milliseconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000.0; }

}  // namespace smtp_double
