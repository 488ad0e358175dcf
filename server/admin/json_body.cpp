#include "admin/json_body.hpp"

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <cmath>

#include "config/nearest_word.hpp"
#include "scenario/duration.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t deepest = 32;

Problem bad_json(std::string detail, std::string_view body, std::size_t at) {
  const std::string_view before = body.substr(0, at);
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(before, '\n'));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is the start
  return {"Bad JSON", std::move(detail), {}, lines + 1, static_cast<std::uint32_t>(at - line_start) + 1};
}

std::string escaped_key(std::string_view key) {
  std::string escaped;
  for (const char c : key) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

bool may_be_json(std::string_view content_type) {
  return content_type.empty() || content_type == "application/json" || content_type.ends_with("+json") ||
         content_type == "application/x-www-form-urlencoded" || content_type == "text/json";
}

bool is_yaml(std::string_view content_type) {
  return content_type == "application/yaml" || content_type == "application/x-yaml" || content_type == "text/yaml" ||
         content_type == "text/x-yaml" || content_type.ends_with("+yaml");
}

bool is_yaml_body(const HttpRequest& request) {
  const bool says_nothing = request.content_type.empty() || request.content_type == "text/plain" ||
                            request.content_type == "application/x-www-form-urlencoded";
  const std::size_t first = request.body.find_first_not_of(" \t\r\n");
  return is_yaml(request.content_type) || (says_nothing && first != std::string::npos && request.body[first] != '{');
}

boost::system::result<json::object, HttpResponse> json_object_in(const HttpRequest& request) {
  if (!may_be_json(request.content_type)) {
    return problem(415, "Wrong content type", "the body is to be application/json, not " + request.content_type);
  }
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return json::object();
  json::stream_parser parser({}, {.max_depth = deepest});
  boost::system::error_code error;
  const std::size_t read = parser.write_some(request.body.data(), request.body.size(), error);
  if (!error && read < request.body.size()) {
    return problems(400, {bad_json("there is more behind the end of the value", request.body, read)});
  }
  if (!error) parser.finish(error);
  if (error) return problems(400, {bad_json(error.message(), request.body, read)});
  json::value value = parser.release();
  if (!value.is_object()) return problem(400, "Bad JSON", "the body is to be an object: {…}");
  return std::move(value.as_object());
}

const json::value* ObjectReader::member(std::string_view key) {
  known_.push_back(key);
  const json::value* value = object_.if_contains(as_json(key));
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
  const json::value* value = member(key);
  if (value == nullptr) return std::nullopt;
  if (const json::string* text = value->if_string()) return std::string(text->data(), text->size());
  complain_of_type(key, "a text");
  return std::nullopt;
}

std::optional<std::uint64_t> ObjectReader::number(std::string_view key, std::uint64_t most) {
  const json::value* value = member(key);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : UINT64_MAX;
  if (value->is_number() && !error && number <= most) return number;
  complain_of_type(key, most == UINT64_MAX ? "a number, 0 or more" : "a number from 0 to " + std::to_string(most));
  return std::nullopt;
}

std::optional<bool> ObjectReader::flag(std::string_view key) {
  const json::value* value = member(key);
  if (value == nullptr) return std::nullopt;
  if (const bool* flag = value->if_bool()) return *flag;
  complain_of_type(key, "true or false");
  return std::nullopt;
}

std::optional<std::chrono::microseconds> ObjectReader::duration(std::string_view key) {
  constexpr double most = 365.0 * 24 * 3600 * 1000;  // as of a duration in words
  const json::value* value = member(key);
  if (value == nullptr) return std::nullopt;
  if (const json::string* words = value->if_string()) {
    if (const auto time = parse_duration(std::string_view(words->data(), words->size()))) return time;
  } else if (value->is_number()) {
    const double number = value->to_number<double>();
    if (number >= 0 && number <= most) return std::chrono::microseconds(std::llround(number * 1000));
  }
  complain_of_type(key, "a duration: milliseconds, or a text such as \"2s\"");
  return std::nullopt;
}

std::optional<std::vector<std::string>> ObjectReader::texts(std::string_view key) {
  const json::value* value = member(key);
  if (value == nullptr) return std::nullopt;
  const json::array* list = value->if_array();
  if (list == nullptr || !std::ranges::all_of(*list, [](const json::value& one) { return one.is_string(); })) {
    complain_of_type(key, "a list of texts");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const json::value& one : *list) texts.emplace_back(one.get_string().data(), one.get_string().size());
  return texts;
}

const json::object* ObjectReader::object(std::string_view key) {
  const json::value* value = member(key);
  if (value == nullptr) return nullptr;
  if (const json::object* object = value->if_object()) return object;
  complain_of_type(key, "an object");
  return nullptr;
}

std::string ObjectReader::pointer_to(std::string_view key) const { return pointer_ + '/' + escaped_key(key); }

void ObjectReader::complain(std::string_view key, std::string detail) {
  problems_.push_back({"Bad request", std::move(detail), pointer_to(key)});
}

void ObjectReader::complain_of_type(std::string_view key, std::string_view wanted) {
  complain(key, "'" + std::string(key) + "' is to be " + std::string(wanted));
}

void ObjectReader::finish() {
  for (const auto& [key, value] : object_) {
    const std::string_view word(key.data(), key.size());
    if (std::ranges::find(known_, word) != known_.end()) continue;
    complain(word, "unknown key " + quotation(word) + "; " + suggestion(word, known_));
  }
}

}  // namespace smtp_double
