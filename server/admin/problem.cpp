#include "admin/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "admin/json_text.hpp"

namespace smtp_double {
namespace {

json::object object_of(const Problem& problem) {
  json::object object{{"title", text(problem.title)}, {"detail", text(problem.detail)}};
  if (!problem.pointer.empty()) object["pointer"] = text(problem.pointer);
  if (problem.line > 0) object["line"] = problem.line;
  if (problem.column > 0) object["column"] = problem.column;
  return object;
}

std::string detail_of(const Diagnostic& diagnostic) {
  return diagnostic.hint.empty() ? diagnostic.message : diagnostic.message + "; " + diagnostic.hint;
}

}  // namespace

HttpResponse problems(int status, const std::vector<Problem>& list) {
  json::array errors;
  for (const Problem& one : list) errors.emplace_back(object_of(one));
  return {.status = status, .body = to_text(json::object{{"errors", std::move(errors)}})};
}

HttpResponse problem(int status, std::string title, std::string detail, std::string pointer) {
  return problems(status, {{std::move(title), std::move(detail), std::move(pointer)}});
}

HttpResponse too_many_waiting() {
  HttpResponse response = problem(503, "Too many waiting", "256 requests wait or stream already: try again later");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse problems_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<Problem> list;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::Error) continue;
    list.push_back({"Bad scenario", detail_of(diagnostic), diagnostic.pointer, diagnostic.line, diagnostic.column});
  }
  return problems(422, list);
}

}  // namespace smtp_double
