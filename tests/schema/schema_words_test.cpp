#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <set>
#include <string>

#include "config/matcher_words.hpp"
#include "config/scenario_loader.hpp"
#include "config/scenario_schema.hpp"
#include "sasl/mechanism.hpp"
#include "scenario/malformation.hpp"
#include "scenario/tls_settings.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
namespace json = boost::json;

namespace {

using Words = std::set<std::string>;

const json::value& schema() {
  static const json::value value = json::parse(json::string_view(scenario_schema().data(), scenario_schema().size()));
  return value;
}

const json::value& part(const std::string& pointer) {
  boost::system::error_code error;
  const json::value* found = schema().find_pointer(pointer, error);
  INFO(pointer);
  REQUIRE(found != nullptr);
  return *found;
}

Words enumerated(const std::string& pointer) {
  Words words;
  const std::string place = pointer + "/enum";
  for (const json::value& word : part(place).as_array()) words.insert(word.as_string().c_str());
  return words;
}

Words keys(const std::string& pointer) {
  Words words;
  const std::string place = pointer + "/properties";
  for (const auto& entry : part(place).as_object()) words.emplace(entry.key());
  return words;
}

/// The words that the program lists behind `marker` when it refuses the scenario.
Words told(const std::string& yaml, const std::string& marker) {
  const std::string said = render(load_scenario(yaml, "s.yaml").diagnostics);
  INFO(yaml << said);
  const std::size_t begin = said.find(marker);
  REQUIRE(begin != std::string::npos);
  std::string list = said.substr(begin + marker.size());
  for (const char* end : {"\n", ";", ", not "}) list.resize(std::min(list.size(), list.find(end)));
  Words words;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(", "), list.size());
    words.insert(list.substr(0, comma));
    list.erase(0, comma + 2);
  }
  return words;
}

Words told_keys(const std::string& yaml) { return told(yaml, "a mapping with keys among "); }
Words told_words(const std::string& yaml) { return told(yaml, "expected one of "); }

std::string rule(const std::string& rest) { return "rules: [{at: rcpt, " + rest + "}]"; }

Words comparisons_of(FieldType type) {
  Words words;
  for (const std::string_view word : matcher_words()) {
    if (find_matcher(word)->types.has(type)) words.emplace(word);
  }
  return words;
}

}  // namespace

TEST_CASE("the schema has the keys that the program reads") {
  const std::string at = "/definitions/";
  CHECK(keys("") == told_keys("text"));
  CHECK(keys(at + "server") == told_keys("server: x"));
  CHECK(keys(at + "extensions/anyOf/1") == Words{"offer", "accept", "after-tls", "after-auth"});
  CHECK(keys(at + "later-extensions/anyOf/1") == Words{"offer", "accept"});
  CHECK(keys(at + "auth") == told_keys("server: {auth: x}"));
  CHECK(keys(at + "tls") == told_keys(rule("tls: x")));
  CHECK(keys(at + "limits") == told_keys("server: {limits: x}"));
  CHECK(keys(at + "verify") == told_keys("verify: x"));
  CHECK(keys(at + "expect/anyOf/1") == Words{"hits", "min", "max"});
  CHECK(keys(at + "expected-count/anyOf/1") == Words{"min", "max"});
  CHECK(keys(at + "states") == told_keys("states: x"));
  CHECK(keys(at + "rule") == told_keys("rules: [x]"));
  CHECK(keys(at + "response") == told_keys(rule("responses: [[]]")));
  CHECK(keys(at + "long-reply") == Words{"code", "enhanced", "lines", "text"});
  CHECK(keys(at + "pace") == told_keys(rule("pace: x")));
  CHECK(keys(at + "period/anyOf/1") == Words{"from", "to", "cycle"});
  CHECK(keys(at + "random-delay") == Words{"uniform", "lognormal"});
  CHECK(keys(at + "random-delay/properties/lognormal") == told_keys(rule("delay: {lognormal: x}")));
  CHECK(keys(at + "then/anyOf/1") == enumerated(at + "then/anyOf/0"));
}

TEST_CASE("the schema has the words that the program knows") {
  const std::string at = "/definitions/";
  CHECK(enumerated(at + "stage") == told("rules: [{at: zzzzzzzz, reply: 250}]", "stages are: "));
  CHECK(enumerated(at + "then/anyOf/0") == told_words(rule("then: zzzzzzzz")));
  CHECK(enumerated(at + "rule/properties/exhausted") == told_words(rule("responses: [250], exhausted: zzzzzzzz")));
  CHECK(enumerated(at + "known-extension") == told("server: {extensions: {accept: [ZZZZZZZZ]}}", "known are: "));
  const auto alerts = alert_names();
  CHECK(enumerated(at + "alert") == Words(alerts.begin(), alerts.end()));
  const auto mechanisms = mechanism_names();
  CHECK(enumerated(at + "auth/properties/mechanisms/items/anyOf/0") == Words(mechanisms.begin(), mechanisms.end()));
  CHECK(enumerated(at + "tls-version") == told_words(rule("tls: {versions: zzzzzzzz}")));
  CHECK(enumerated(at + "tls/properties/abort") == told_words(rule("tls: {abort: zzzzzzzz}")));
  CHECK(enumerated(at + "tls/properties/client-certificate") ==
        told_words(rule("tls: {client-certificate: zzzzzzzz}")));
  const auto malformations = malformation_words();
  CHECK(enumerated(at + "malformed") == Words(malformations.begin(), malformations.end()));
}

TEST_CASE("the schema has the fields of conditions, and those that can be a key") {
  Words conditions{"any", "all", "not"};
  Words of_key;
  for (const std::string_view word : field_words()) {
    const auto field = parse_field(word);
    if (!field) continue;  // "header." and "parameter." are patterns there
    if (is_testable(field->kind)) conditions.emplace(word);
    if (load_scenario(rule("reply: 250, per: " + std::string(word)), "s.yaml").scenario) of_key.emplace(word);
  }
  CHECK(keys("/definitions/condition") == conditions);
  CHECK(enumerated("/definitions/key-field/anyOf/0") == of_key);
}

TEST_CASE("the schema has the comparisons of each type of field") {
  Words of_text = comparisons_of(FieldType::Text);
  of_text.insert("case-sensitive");
  CHECK(keys("/definitions/text-comparison") == of_text);
  CHECK(keys("/definitions/ip-comparison") == comparisons_of(FieldType::Address));
  CHECK(keys("/definitions/number-comparison") == comparisons_of(FieldType::Number));
  CHECK(keys("/definitions/size-comparison") == comparisons_of(FieldType::Number));
  CHECK(keys("/definitions/duration-comparison") == comparisons_of(FieldType::Duration));
  CHECK(keys("/definitions/flag-comparison") == comparisons_of(FieldType::Boolean));
}
