#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/logging.hpp"
#include "config/diagnostic.hpp"

namespace smtp_double {

/// "FILE:LINE:COLUMN: PATH: MESSAGE; HINT", without the severity.
std::string one_line(const Diagnostic& diagnostic);

/// Says what is wrong while there is no log, in the format that the log is going to have: as text for people, a
/// diagnostic with its line and a caret; or as JSON, one object for each, without them.
class StartReport {
 public:
  explicit StartReport(std::ostream& err) : err_(err) {}

  void use(LogFormat format) { format_ = format; }
  void diagnostics(const std::vector<Diagnostic>& diagnostics);
  void warning(const std::string& message);
  void error(const std::string& message);
  /// What is no mistake; of several lines perhaps.
  void note(const std::string& message);

 private:
  void say(const std::string& severity, const std::string& message);

  std::ostream& err_;
  LogFormat format_ = LogFormat::Text;
};

}  // namespace smtp_double
