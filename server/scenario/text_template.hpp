#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenario/field.hpp"

namespace smtp_double {

/// A text with `{{variables}}`. A variable is a field or a named group of a regular expression;
/// `\{{` stands for `{{`.
class TextTemplate {
 public:
  struct Group {
    std::string name;
    friend bool operator==(const Group&, const Group&) = default;
  };
  using Variable = std::variant<Field, Group>;
  using Part = std::variant<std::string, Variable>;

  struct Error {
    std::size_t offset;  ///< octets from the start of the text
    std::string message;
    std::string word;  ///< the variable's name, where that is what is wrong
  };

  TextTemplate() = default;
  /// A text without variables, taken as it is.
  static TextTemplate constant(std::string text);
  /// `is_group` tells which words are named groups; any other has to be a field.
  static std::variant<TextTemplate, Error> parse(std::string_view text,
                                                 const std::function<bool(std::string_view)>& is_group);

  bool is_constant() const;
  /// The text of a constant one.
  std::string_view constant_text() const;
  const std::vector<Part>& parts() const { return parts_; }

  /// `value_of` gives the text of a variable, nothing where it has none (which prints as "").
  /// Control characters in a value become '?', so that a client's octets never add a line to a reply.
  std::string render(const std::function<std::string(const Variable&)>& value_of) const;

  friend bool operator==(const TextTemplate&, const TextTemplate&) = default;

 private:
  std::vector<Part> parts_;
};

}  // namespace smtp_double
