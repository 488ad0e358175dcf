#include "admin/problem.hpp"

#include <boost/json/array.hpp>
#include <utility>

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

std::vector<Problem> problems_among(const std::vector<Diagnostic>& diagnostics, Severity severity,
                                    const std::string& title) {
  std::vector<Problem> list;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != severity) continue;
    list.push_back({title, detail_of(diagnostic), diagnostic.pointer, diagnostic.line, diagnostic.column});
  }
  return list;
}

json::array array_of(const std::vector<Problem>& list) {
  json::array array;
  for (const Problem& one : list) array.emplace_back(object_of(one));
  return array;
}

}  // namespace

HttpResponse problems(int status, const std::vector<Problem>& list) {
  return {.status = status, .body = to_text(json::object{{"errors", array_of(list)}})};
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
  return problems(422, problems_among(diagnostics, Severity::Error, "Bad scenario"));
}

std::string with_warnings(json::object object, const std::vector<Diagnostic>& diagnostics) {
  json::array warnings = array_of(problems_among(diagnostics, Severity::Warning, "Doubtful scenario"));
  if (!warnings.empty()) object["warnings"] = std::move(warnings);
  return to_text(object);
}

}  // namespace smtp_double
