#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace smtp_double {

enum class Severity : std::uint8_t { Error, Warning };

/// What is wrong with a file, and where. Lines and columns count from 1, columns in characters;
/// line 0 stands for the file as a whole.
struct Diagnostic {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  Severity severity = Severity::Error;
  std::string path;          ///< of what is meant, e.g. "rules[2].when"; "" for the document
  std::string message;       ///< without path and hint
  std::string hint;          ///< what to do about it; may be empty
  std::string source_line;   ///< the text of `line`
  std::string pointer = {};  ///< what `path` names, as a JSON pointer (RFC 6901): "/rules/2/when"

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// "FILE:LINE:COLUMN: PATH: MESSAGE; HINT", then the line and a caret below the column. Ends with a newline.
std::string render(const Diagnostic& diagnostic);
std::string render(const std::vector<Diagnostic>& diagnostics);

/// Adds it, up to a hundred errors and a hundred warnings; one more then says that there are others.
void add_bounded(std::vector<Diagnostic>& diagnostics, Diagnostic diagnostic);

bool has_errors(const std::vector<Diagnostic>& diagnostics);

/// By line and column within each file; files stay in the order in which they came.
void sort_by_place(std::vector<Diagnostic>& diagnostics);

/// A text as messages show it: in single quotes, cut when it is long, control characters escaped.
std::string quotation(std::string_view text);

/// "a", "a and b", "a, b and c"
std::string enumerated(const std::vector<std::string>& words);

}  // namespace smtp_double
