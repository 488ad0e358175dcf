#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace smtp_double {

/// The word that was probably meant: near enough by edits (a swap of neighbours is one), whatever the case.
std::optional<std::string_view> nearest_word(std::string_view word, std::span<const std::string_view> known);

/// "did you mean 'reply'?", or when nothing is near "known are: a, b, c".
std::string suggestion(std::string_view word, std::span<const std::string_view> known);

/// "a, b, c"
std::string listed(std::span<const std::string_view> words);

}  // namespace smtp_double
