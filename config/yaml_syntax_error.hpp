#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"

namespace smtp_double {

/// What is known when the YAML parser gives up.
struct YamlFailure {
  std::string parser_message;
  std::size_t offset;                       ///< where it gave up
  std::size_t last_offset;                  ///< where the last thing begins that it could read
  std::optional<std::size_t> open_bracket;  ///< the innermost '[' or '{' around it
};

/// The failure in words for people who write scenarios, with what probably caused it.
Diagnostic syntax_error(const SourceText& source, const YamlFailure& failure);

/// Where the quoted text that begins at `start` ends; npos when it does not.
std::size_t closing_quote(std::string_view text, std::size_t start);

}  // namespace smtp_double
