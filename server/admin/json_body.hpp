#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/http.hpp"
#include "admin/json_text.hpp"
#include "admin/problem.hpp"

namespace smtp_double {

/// The JSON object that a body is; an empty body is an empty object. The error is the answer that says what is wrong,
/// and where.
boost::system::result<json::object, HttpResponse> json_object_in(const HttpRequest& request);

/// Whether the content type is one that JSON comes with: its own, none, or what command-line clients send when they are
/// not told.
bool may_be_json(std::string_view content_type);
bool is_yaml(std::string_view content_type);
/// For what may be either: it says that it is YAML, or says nothing (as curl does) and is no JSON object.
bool is_yaml_body(const HttpRequest& request);

/// Reads the members of an object one by one, and gathers what is wrong with them, each with its JSON pointer.
class ObjectReader {
 public:
  /// `object` and `problems` outlive the reader.
  ObjectReader(const json::object& object, std::vector<Problem>& problems, std::string pointer = {})
      : object_(object), problems_(problems), pointer_(std::move(pointer)) {}

  bool has(std::string_view key) const { return object_.contains(as_json(key)); }
  /// Null where there is none. Whoever asks for a member knows it; finish() complains of the others.
  const json::value* member(std::string_view key);

  // Nothing where it is missing, null or wrong.
  std::optional<std::string> text(std::string_view key);
  std::optional<std::uint64_t> number(std::string_view key, std::uint64_t most = UINT64_MAX);
  std::optional<bool> flag(std::string_view key);
  /// A number of milliseconds, or "2s".
  std::optional<std::chrono::microseconds> duration(std::string_view key);
  std::optional<std::vector<std::string>> texts(std::string_view key);
  /// Null where it is missing or no object.
  const json::object* object(std::string_view key);

  std::string pointer_to(std::string_view key) const;
  void complain(std::string_view key, std::string detail);
  /// Complains of what nobody asked for.
  void finish();

 private:
  static json::string_view as_json(std::string_view text) { return {text.data(), text.size()}; }
  void complain_of_type(std::string_view key, std::string_view wanted);

  const json::object& object_;
  std::vector<Problem>& problems_;
  std::string pointer_;
  std::vector<std::string_view> known_;
};

}  // namespace smtp_double
