#pragma once

// Catch2 2 has one header, Catch2 3 has many; tests include this one and work with both.
#include <string>
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#define SMTP_DOUBLE_CONTAINS ContainsSubstring
#else
#include <catch2/catch.hpp>
#define SMTP_DOUBLE_CONTAINS Contains
#endif

namespace smtp_double {

/// The matcher for a part of a text, which has another name in each of them.
inline auto has_part(const std::string& part) { return Catch::Matchers::SMTP_DOUBLE_CONTAINS(part); }

}  // namespace smtp_double

#undef SMTP_DOUBLE_CONTAINS
