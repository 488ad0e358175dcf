#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/source_text.hpp"
#include "config/yaml_document.hpp"

namespace smtp_double {

/// A document while values are made of it: collects what is wrong, each with its place and its path.
class Reading {
 public:
  Reading(const SourceText& source, std::vector<Diagnostic>& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  const SourceText& source() const { return source_; }
  SourcePlace place(const YamlNode& node) const { return source_.place(node.offset); }
  /// What stands in the file from the node's beginning on.
  std::string_view raw_text(const YamlNode& node) const;

  void error(const YamlNode& at, std::string message, std::string hint = {});
  /// Of a key that should not be there: its path is that of the mapping, its pointer its own.
  void error_of_key(const YamlNode& key, std::string message, std::string hint);
  /// At the n-th octet of a scalar, if that can be found in the file; else at the scalar.
  void error_inside(const YamlNode& scalar, std::size_t octet, std::string message, std::string hint = {});
  void warning(std::size_t offset, std::string message, std::string hint);
  void warning_inside(const YamlNode& scalar, std::size_t octet, std::string message, std::string hint);

  /// What is read while it lives is below `step`: "rules[2]", then "when", "[0]" …
  class [[nodiscard]] Step {
   public:
    Step(Reading& reading, std::string step) : path_(reading.path_) { path_.push_back(std::move(step)); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { path_.pop_back(); }

   private:
    std::vector<std::string>& path_;
  };

 private:
  void report(std::size_t offset, Severity severity, std::string message, std::string hint,
              std::string_view pointer_end = {});

  const SourceText& source_;
  std::vector<Diagnostic>& diagnostics_;
  std::vector<std::string> path_;
};

/// A hint for a word that is none of the known ones; "" where there is no special one.
using WordHint = std::function<std::string(std::string_view word)>;

/// A mapping whose keys are known.
class Keys {
 public:
  /// False when an unknown key was reported: what seems to be missing may be there under another name.
  bool all_known() const { return all_known_; }
  /// Null when the key is not there.
  const YamlNode* operator[](std::string_view key) const;

 private:
  friend std::optional<Keys> read_keys(Reading&, const YamlNode&, std::span<const std::string_view>, const WordHint&);
  explicit Keys(const YamlNode& mapping) : mapping_(mapping) {}
  const YamlNode& mapping_;
  bool all_known_ = true;
};

/// Reports what is no mapping, and keys that are not known.
std::optional<Keys> read_keys(Reading& reading, const YamlNode& node, std::span<const std::string_view> known,
                              const WordHint& hint = {});

/// Whether a mapping is hardly meant as one: an item of a list that is a text with ': ' in it.
bool is_text_with_colon(const Reading& reading, const YamlNode& node);

/// Calls `read` with the value of the key, if it is there; what is read is a step below.
template <class Read>
void with(Reading& reading, const Keys& keys, std::string_view key, Read read) {
  const YamlNode* node = keys[key];
  if (node == nullptr) return;
  const Reading::Step step(reading, std::string(key));
  read(*node);
}

/// The text of a scalar; `what` is expected, e.g. "a duration".
std::optional<std::string_view> read_text(Reading& reading, const YamlNode& node, std::string_view what);
/// The same for one line: no control characters, not empty.
std::optional<std::string> read_line(Reading& reading, const YamlNode& node, std::string_view what);

/// Reports a node that is no list.
bool check_list(Reading& reading, const YamlNode& node, std::string_view of_what);

std::optional<bool> read_flag(Reading& reading, const YamlNode& node);
/// What `greatest` is where a number may be as great as it likes.
constexpr std::uint64_t no_bound = std::numeric_limits<std::uint64_t>::max();
/// A whole number within the bounds.
std::optional<std::uint64_t> read_number(Reading& reading, const YamlNode& node, std::uint64_t least,
                                         std::uint64_t greatest);
/// A number of octets, with or without a unit.
std::optional<std::uint64_t> read_size(Reading& reading, const YamlNode& node);
std::optional<std::chrono::microseconds> read_duration(Reading& reading, const YamlNode& node);

/// Index of a word among the known ones.
std::optional<std::size_t> read_word(Reading& reading, const YamlNode& node, std::span<const std::string_view> known,
                                     const WordHint& hint = {});

/// A control character other than those of `allowed`, by its place in the text.
std::optional<std::size_t> find_control(std::string_view text, std::string_view allowed);
void report_control(Reading& reading, const YamlNode& scalar, std::size_t octet);

}  // namespace smtp_double
