#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/http.hpp"
#include "admin/problem.hpp"

namespace smtp_double {

/// How many of a list are answered where nobody asks for more or less.
constexpr std::uint64_t usual_page = 50;

/// Reads the parameters of a query one by one, and gathers what is wrong with them: a misspelt filter must not become
/// none.
class QueryReader {
 public:
  /// `request` outlives the reader.
  explicit QueryReader(const HttpRequest& request) : request_(request) {}

  // Nothing where it is missing or wrong.
  std::optional<std::string> text(std::string_view name);
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t least, std::uint64_t most);
  /// How many of a list are asked for: "limit", up to 1000.
  std::uint64_t page_limit() { return number("limit", 1, 1000).value_or(usual_page); }
  std::optional<bool> flag(std::string_view name);
  std::optional<std::string_view> one_of(std::string_view name, std::span<const std::string_view> words);
  /// Those of "header.NAME": NAME and value.
  std::vector<std::pair<std::string, std::string>> headers();

  void complain(std::string detail) { problems_.push_back({"Bad parameter", std::move(detail)}); }
  /// 400 with all that was wrong, unknown names included; nothing when all is well.
  std::optional<HttpResponse> finish();

 private:
  const HttpRequest& request_;
  std::vector<std::string_view> known_{"token"};
  std::vector<Problem> problems_;
};

}  // namespace smtp_double
