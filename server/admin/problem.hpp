#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "admin/http.hpp"
#include "admin/json_text.hpp"
#include "config/diagnostic.hpp"

namespace smtp_double {

/// One error as the API tells it.
struct Problem {
  std::string title;
  std::string detail;
  std::string pointer = {};  ///< JSON pointer to what is wrong; "" where there is none
  std::uint32_t line = 0;    ///< from 1; 0 where there is none, likewise the column
  std::uint32_t column = 0;
};

HttpResponse problems(int status, const std::vector<Problem>& list);
HttpResponse problem(int status, std::string title, std::string detail, std::string pointer = {});

/// 503: those who wait have all the places that there are.
HttpResponse too_many_waiting();

/// 422 with each error of a scenario, and its place; warnings are left out.
HttpResponse problems_of(const std::vector<Diagnostic>& diagnostics);

/// The object as a body, with the warnings of what is served all the same, told as errors are; where there are any.
std::string with_warnings(json::object object, const std::vector<Diagnostic>& diagnostics);

}  // namespace smtp_double
