#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// The text of one file and where its lines begin.
class SourceText {
 public:
  /// A byte order mark at the front is left out.
  SourceText(std::string file, std::string text);

  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }

  SourcePlace place(std::size_t offset) const;
  /// The line an offset is in, without its line break.
  std::string_view line_around(std::size_t offset) const;
  std::size_t line_start(std::size_t offset) const;
  std::size_t line_count() const { return line_starts_.size(); }
  /// Line numbers count from 1.
  std::string_view line(std::uint32_t number) const;

  friend bool operator==(const SourceText&, const SourceText&) = default;

  Diagnostic diagnostic_at(std::size_t offset, Severity severity, std::string message, std::string hint = {}) const;

 private:
  std::size_t line_index(std::size_t offset) const;

  std::string file_;
  std::string text_;
  std::vector<std::size_t> line_starts_{0};
};

}  // namespace smtp_double
