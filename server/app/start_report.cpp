#include "app/start_report.hpp"

#include <fmt/format.h>

#include <ostream>

namespace smtp_double {

std::string one_line(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.line > 0) text += fmt::format(":{}:{}", diagnostic.line, diagnostic.column);
  text += ": ";
  if (!diagnostic.path.empty()) text += diagnostic.path + ": ";
  text += diagnostic.message;
  if (!diagnostic.hint.empty()) text += "; " + diagnostic.hint;
  return text;
}

void StartReport::diagnostics(const std::vector<Diagnostic>& diagnostics) {
  if (format_ == LogFormat::Text) {
    err_ << render(diagnostics);
    return;
  }
  for (const Diagnostic& diagnostic : diagnostics) {
    err_ << json_log_line(diagnostic.severity == Severity::Warning ? "warning" : "error", one_line(diagnostic));
  }
}

void StartReport::warning(const std::string& message) { say("warning", message); }

void StartReport::error(const std::string& message) { say("error", message); }

void StartReport::note(const std::string& message) { say("info", message); }

void StartReport::say(const std::string& severity, const std::string& message) {
  if (format_ == LogFormat::Text) {
    err_ << "smtp-double: " << (severity == "warning" ? "warning: " : "") << message << '\n';
  } else {
    err_ << json_log_line(severity, message);
  }
}

}  // namespace smtp_double
