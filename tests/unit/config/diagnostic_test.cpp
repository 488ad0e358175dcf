#include "config/diagnostic.hpp"

#include <array>

#include "config/nearest_word.hpp"
#include "config/source_text.hpp"
#include "config/units.hpp"
#include "config/yaml_slips.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("a diagnostic shows the line and a caret") {
  const Diagnostic diagnostic{
      "a.yaml", 14, 5, Severity::Error, "rules[2]", "unknown key 'replay'", "did you mean 'reply'?", "    replay: 550"};
  CHECK(render(diagnostic) ==
        "a.yaml:14:5: rules[2]: unknown key 'replay'; did you mean 'reply'?\n"
        "        replay: 550\n"
        "        ^\n");
}

TEST_CASE("a diagnostic of a whole file shows no line") {
  CHECK(render(Diagnostic{"a.yaml", 0, 0, Severity::Warning, {}, "odd", {}, {}}) == "a.yaml: warning: odd\n");
}

TEST_CASE("quotations are one line of bounded length") {
  CHECK(quotation("a\nb\x1b") == "'a\\nb\\x1b'");
  CHECK(quotation(std::string(70, 'x')) == "'" + std::string(60, 'x') + "…'");
}

TEST_CASE("places count lines and characters from 1") {
  const SourceText source("a.yaml",
                          "\xEF\xBB\xBF"
                          "ab\r\nä b\n");
  CHECK(source.place(0) == SourcePlace{"a.yaml", 1, 1});
  CHECK(source.place(3) == SourcePlace{"a.yaml", 1, 3});
  CHECK(source.place(7) == SourcePlace{"a.yaml", 2, 3});
  CHECK(source.place(999) == SourcePlace{"a.yaml", 3, 1});
  CHECK(source.line(1) == "ab");
  CHECK(source.line(2) == "ä b");
  CHECK(source.line(9).empty());
}

TEST_CASE("places are sorted within their file") {
  const auto at = [](const char* file, std::uint32_t line, std::uint32_t column) {
    return Diagnostic{file, line, column, Severity::Error, {}, {}, {}, {}};
  };
  std::vector<Diagnostic> diagnostics{at("b", 2, 1), at("a", 9, 9), at("b", 1, 7), at("b", 1, 3)};
  sort_by_place(diagnostics);
  CHECK(diagnostics == std::vector<Diagnostic>{at("b", 1, 3), at("b", 1, 7), at("b", 2, 1), at("a", 9, 9)});
}

TEST_CASE("the nearest word is near") {
  constexpr std::array<std::string_view, 4> known{"reply", "recipient", "recipients", "at"};
  CHECK(nearest_word("replay", known) == "reply");
  CHECK(nearest_word("repyl", known) == "reply");
  CHECK(nearest_word("REPLY", known) == "reply");
  CHECK(nearest_word("recipent", known) == "recipient");
  CHECK(nearest_word("ta", known) == "at");
  CHECK(nearest_word("on", known) == std::nullopt);
  CHECK(nearest_word("colour", known) == std::nullopt);
  CHECK(nearest_word("", known) == std::nullopt);
  CHECK(nearest_word(std::string(10'000, 'r'), known) == std::nullopt);
}

TEST_CASE("sizes have units") {
  CHECK(parse_size("0") == 0);
  CHECK(parse_size("10MB") == 10'000'000);
  CHECK(parse_size("10 MiB") == 10'485'760);
  CHECK(parse_size("1KB") == 1'000);
  CHECK(parse_size("1kB") == 1'000);
  CHECK(parse_size("64KiB") == 65'536);
  CHECK(parse_size("2GiB") == 2'147'483'648);
  for (const char* bad : {"", "MB", "10M", "10mb", "1.5MB", "-1", "99999999999GB", "10  MB", "18446744073709551616"}) {
    CHECK(parse_size(bad) == std::nullopt);
  }
}

TEST_CASE("numbers are digits") {
  CHECK(parse_number("18446744073709551615") == 18446744073709551615U);
  for (const char* bad : {"", "+1", "-1", " 1", "1 ", "0x1", "1e3", "18446744073709551616"}) {
    CHECK(parse_number(bad) == std::nullopt);
  }
}

TEST_CASE("texts are quoted as YAML takes them") {
  CHECK(in_yaml_quotes("a b") == "\"a b\"");
  CHECK(in_yaml_quotes("say \"it's\"") == "'say \"it''s\"'");
  CHECK(in_yaml_quotes("\\d") == "'\\d'");
}

TEST_CASE("a line without a slip has no hint") {
  for (const char* line : {"", "  - at: rcpt", "reply: \"550: No\"", "# a: b: c", "a: [b, c: d]", "times: 1 # a: b"}) {
    INFO(line);
    CHECK(slip_hint(line).empty());
  }
}
