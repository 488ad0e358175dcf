#include "config/yaml_document.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

// As flow YAML: what is a text in '', what is nothing as ~.
std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlKind::Null: return "~";
    case YamlKind::Scalar: return "'" + node.text + "'";
    case YamlKind::Sequence: {
      std::string out = "[";
      for (const YamlNode* item : node.items) out += (item == node.items.front() ? "" : ", ") + shown(*item);
      return out + "]";
    }
    case YamlKind::Mapping: break;
  }
  std::string out = "{";
  for (const auto& [key, value] : node.entries) out += (out.size() > 1 ? ", " : "") + key->text + ": " + shown(*value);
  return out + "}";
}

std::string parsed(std::string text) {
  const SourceText source("a.yaml", std::move(text));
  std::vector<Diagnostic> diagnostics;
  const auto document = parse_yaml(source, diagnostics);
  INFO(render(diagnostics));
  REQUIRE(document);
  CHECK(diagnostics.empty());
  return shown(document->root());
}

std::string failure(std::string text) {
  const SourceText source("a.yaml", std::move(text));
  std::vector<Diagnostic> diagnostics;
  CHECK_FALSE(parse_yaml(source, diagnostics));
  REQUIRE(diagnostics.size() == 1);
  return diagnostics.front().message;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("YAML comes as texts, lists and mappings in the order of the file") {
  CHECK(parsed("b: 1\na: [x, 'y', \"z\"]\n") == "{b: '1', a: ['x', 'y', 'z']}");
  CHECK(parsed("a: ~\nb: null\nc:\nd: ''\n") == "{a: ~, b: ~, c: ~, d: ''}");
  CHECK(parsed("a: |\n  x\n  y\nb: >-\n  c\n  d\n") == "{a: 'x\ny\n', b: 'c d'}");
  CHECK(parsed("a: !!str 5\n") == "{a: '5'}");
  CHECK(parsed("%YAML 1.2\n---\na: b\n...\n") == "{a: 'b'}");
}

TEST_CASE("merge keys add what is missing") {
  CHECK(parsed("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n") == "{a: {x: '1', y: '2'}, b: {y: '3', x: '1'}}");
  CHECK(parsed("a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b]}\n") ==
        "{a: {x: '1'}, b: {x: '2', z: '3'}, c: {x: '1', z: '3'}}");
  CHECK(parsed("\"<<\": 1\n") == "{<<: '1'}");
}

TEST_CASE("nodes know where they are, behind their anchors") {
  const SourceText source("a.yaml", "a: &x \"b\"\nc:\nd:\n  -\n");
  std::vector<Diagnostic> diagnostics;
  const auto document = parse_yaml(source, diagnostics);
  REQUIRE(document);
  const auto& entries = document->root().entries;
  CHECK(source.place(entries[0].value->offset) == SourcePlace{"a.yaml", 1, 7});
  CHECK(entries[0].value->style == YamlStyle::Quoted);
  CHECK(source.place(entries[1].value->offset) == SourcePlace{"a.yaml", 2, 1});
  CHECK(source.place(entries[2].value->items[0]->offset) == SourcePlace{"a.yaml", 4, 3});
}

TEST_CASE("nesting is bounded, however it is written") {
  CHECK(parsed(nested(64)).size() == 128);
  CHECK(failure(nested(65)) == "nested more than 64 levels deep");
  CHECK(failure(std::string(1'000'000, '[')) == "nested more than 64 levels deep");
  CHECK(failure(std::string(1'000'000, '{')) == "nested more than 64 levels deep");
  std::string compact;
  for (int i = 0; i < 100'000; ++i) compact += "- ";
  CHECK(failure(compact) == "nested more than 64 levels deep");
  std::string lines;
  for (int i = 0; i < 1'000; ++i) lines += "[\n";
  CHECK(failure(lines) == "nested more than 64 levels deep");
  std::string keys;
  for (int i = 0; i < 1'000; ++i) keys += "? ";
  CHECK(failure(keys) == "nested more than 64 levels deep");
}

TEST_CASE("keys in one line are bounded, since they take the parser long") {
  std::string keys = "{";
  for (int i = 0; i < 1'000; ++i) keys += "k" + std::to_string(i) + ": 1, ";
  CHECK(parsed(keys + "}").size() > 5'000);
  std::string too_many = "{";
  for (int i = 0; i < 30'000; ++i) too_many += "x, ";
  CHECK(failure(too_many) == "too many keys within { } in too long lines");
  std::string items = "[";
  for (int i = 0; i < 30'000; ++i) items += "x, ";
  CHECK(parsed(items + "]").size() > 30'000);
}

TEST_CASE("brackets in texts are no nesting") {
  std::string text = "a:\n";
  for (int i = 0; i < 100; ++i) text += "  - text [with bracket\n";
  CHECK(parsed(text).size() > 1'000);
}

TEST_CASE("what is no UTF-8 is told before it is parsed") {
  for (const char* bad : {"\xff", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xe2\x82", "\x80", "\xc3("}) {
    CHECK(failure(std::string("a: ") + bad).ends_with("is no UTF-8"));
  }
  CHECK(parsed("a: \xf0\x9f\x93\xa7\xe2\x82\xac\xc3\xa4\n") == "{a: '\xf0\x9f\x93\xa7\xe2\x82\xac\xc3\xa4'}");
}

TEST_CASE("a text of more than 16 MiB is not parsed") {
  CHECK(failure("a: " + std::string(16 * 1024 * 1024, 'x')) == "larger than 16 MiB");
}

TEST_CASE("JSON is read as JSON means it") {
  CHECK(parsed(R"({"a":"\/\"\\\b\f\n\r\t","b":null,"c":[true,false,{}],"d":[],"":""})") ==
        "{a: '/\"\\\b\f\n\r\t', b: ~, c: ['true', 'false', {}], d: [], : ''}");
  CHECK(parsed("\t{\r\n\t\"a\"\n\t:\n\t1\t,\"b\":2}\n") == "{a: '1', b: '2'}");
  CHECK(parsed(R"(["\u0041\u00e9\u20AC\uD83D\uDE00", "é€😀"])") == "['Aé€😀', 'é€😀']");
  CHECK(parsed("[123456789012345678901234567890, -0.5e+10, 1E400, 0]") ==
        "['123456789012345678901234567890', '-0.5e+10', '1E400', '0']");
  CHECK(parsed(R"({"<<":{"a":1},"b":"null"})") == "{<<: {a: '1'}, b: 'null'}");
  CHECK(parsed("{\"" + std::string(5000, 'k') + "\":1}").size() == 5007);
}

TEST_CASE("JSON may have as many keys in a line as it likes") {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":" + std::to_string(i);
  CHECK(parsed(text + "}").ends_with("k99999: '99999'}"));
}

TEST_CASE("what is no JSON to the letter is YAML, or nothing") {
  CHECK(parsed("{a: 1}") == "{a: '1'}");
  CHECK(parsed("{\"a\": 01, 'b': x,}") == "{a: '01', b: 'x'}");
  CHECK(parsed("[\"a\", # b\n\"c\"]") == "['a', 'c']");
  for (const char* text : {"[\"\\ud83d\"]", "[\"\\udc00\\ud800\"]", "[\"\\u12\"]", "[1", "{\"a\" 1}", "[1] 2", "[\"a",
                           "[\"\\", "[\"\\q\"]", "{\"a\":1]"}) {
    CAPTURE(text);
    CHECK_FALSE(failure(text).empty());
  }
}

TEST_CASE("a key of JSON that stands twice is reported once") {
  const SourceText source("a.json", "{\"a\":1,\n\"a\":2}");
  std::vector<Diagnostic> diagnostics;
  const auto document = parse_yaml(source, diagnostics);
  REQUIRE(document);
  CHECK(shown(document->root()) == "{a: '1'}");
  CHECK(render(diagnostics) ==
        "a.json:2:1: the key 'a' stands here twice; the first is in line 1\n    \"a\":2}\n    ^\n");
}
