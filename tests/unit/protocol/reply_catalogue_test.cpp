#include "protocol/reply_catalogue.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

ReplyCode code(int number) { return ReplyCode::from(number).value(); }

std::vector<ReplyCode> every_code() {
  std::vector<ReplyCode> codes;
  for (int number = 100; number <= 599; ++number) codes.push_back(code(number));
  return codes;
}

std::vector<Stage> every_stage() {
  std::vector<Stage> stages;
  stages.reserve(stage_count);
  for (std::size_t i = 0; i < stage_count; ++i) stages.push_back(static_cast<Stage>(i));
  return stages;
}

std::vector<CodeEntry> every_entry() {
  std::vector<CodeEntry> all;
  for (const auto entries : {success_codes(), transient_codes(), permanent_codes()}) {
    all.insert(all.end(), entries.begin(), entries.end());
  }
  return all;
}

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> result;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    result.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return result;
}

std::string enhanced(int number, Stage stage) {
  const auto found = default_enhanced(code(number), stage);
  return found ? to_string(*found) : "none";
}

}  // namespace

TEST_CASE("every code of RFC 5321 has an entry") {
  for (int number : {211, 214, 220, 221, 250, 251, 252, 354, 421, 450, 451, 452, 455,
                     500, 501, 502, 503, 504, 521, 550, 551, 552, 553, 554, 555, 556}) {
    INFO(number);
    const CodeEntry* entry = find_code(code(number));
    REQUIRE(entry != nullptr);
    CHECK(entry->status == CodeStatus::Standard);
  }
}

TEST_CASE("codes of extensions, of old RFCs, of the registry and of drafts say so") {
  for (int number : {235, 253, 334, 432, 453, 454, 458, 459, 530, 534, 535}) {
    INFO(number);
    REQUIRE(find_code(code(number)) != nullptr);
    CHECK(find_code(code(number))->status == CodeStatus::Extension);
  }
  CHECK(find_code(code(538))->status == CodeStatus::Historic);
  for (int number : {422, 430, 523, 524, 525, 533}) {
    INFO(number);
    CHECK(find_code(code(number))->status == CodeStatus::Registry);
  }
  for (int number : {353, 456, 520, 557}) {
    INFO(number);
    CHECK(find_code(code(number))->status == CodeStatus::Draft);
  }
  CHECK(find_code(code(571)) == nullptr);
}

TEST_CASE("every entry is complete, in the grammar and in its place") {
  int previous = 0;
  for (const CodeEntry& entry : every_entry()) {
    INFO(entry.number);
    CHECK(entry.number > previous);
    previous = entry.number;
    REQUIRE(ReplyCode::from(entry.number));
    CHECK(find_code(code(entry.number))->name == entry.name);
    CHECK(in_grammar(code(entry.number)));
    for (std::string_view text : {entry.name, entry.text, entry.meaning, entry.detail, entry.scope, entry.client,
                                  entry.server, entry.references, entry.enhanced, entry.other_verbs}) {
      CHECK(is_printable_ascii(text));
    }
    for (std::string_view text :
         {entry.name, entry.meaning, entry.detail, entry.scope, entry.client, entry.references}) {
      CHECK_FALSE(text.empty());
    }
    CHECK(entry.meaning.ends_with('.'));
    CHECK(entry.client.ends_with('.'));
    CHECK((entry.server.empty() || entry.server.ends_with('.')));
    CHECK((entry.listed & entry.extended).none());
    CHECK(((entry.listed | entry.extended) & entry.seen).none());
    if (entry.status == CodeStatus::Draft) CHECK((entry.listed | entry.extended).none());
    if (entry.status == CodeStatus::Standard) CHECK((entry.listed | entry.extended).any());
  }
}

TEST_CASE("the enhanced codes of an entry have its class and are registered") {
  for (const CodeEntry& entry : every_entry()) {
    for (const std::string& word : words(entry.enhanced)) {
      INFO(entry.number << ' ' << word);
      const auto parsed = EnhancedCode::parse(word);
      REQUIRE(parsed);
      CHECK(parsed->class_digit == entry.number / 100);
      CHECK(find_enhanced(*parsed).match == EnhancedMatch::Exact);
    }
    if (entry.number / 100 == 3) CHECK(entry.enhanced.empty());
  }
}

TEST_CASE("a check of the message's origin that the registry puts beside 550 is one of its enhanced codes") {
  const std::vector<std::string> listed = words(find_code(code(550))->enhanced);
  for (std::uint16_t detail = 20; detail <= 27; ++detail) {
    const std::string word = to_string(EnhancedCode{5, 7, detail});
    INFO(word);
    CHECK(std::ranges::find(listed, word) != listed.end());
  }
}

TEST_CASE("each of 100 to 599 has a text that a reply line can carry") {
  for (ReplyCode reply_code : every_code()) {
    for (Stage stage : every_stage()) {
      for (std::string_view text : {short_text(reply_code), short_text(reply_code, stage)}) {
        INFO(reply_code.value() << ' ' << text);
        REQUIRE_FALSE(text.empty());
        REQUIRE(text.size() < 80);
        REQUIRE(is_printable_ascii(text));
        REQUIRE_FALSE(enhanced_code_in(text));
      }
    }
  }
}

TEST_CASE("short texts say what the code says") {
  CHECK(short_text(code(550)) == "No such user here");
  CHECK(short_text(code(421)) == "{{hostname}} Service not available, closing channel");
  CHECK(short_text(code(220)).starts_with("{{hostname}} "));
  CHECK(short_text(code(221)).starts_with("{{hostname}} "));
  CHECK(short_text(code(571)) == "Message refused by policy");
  CHECK(short_text(code(199)) == "Wait");
  CHECK(short_text(code(299)) == "OK");
  CHECK(short_text(code(399)) == "Go on");
  CHECK(short_text(code(499)) == "Try again later");
  CHECK(short_text(code(599)) == "Refused");

  CHECK(short_text(code(550), Stage::Rcpt) == "No such user here");
  CHECK(short_text(code(550), Stage::Mail) == "Sender refused by policy");
  CHECK(short_text(code(500), Stage::Message) == "Line too long");
  CHECK(short_text(code(500), Stage::Unknown) == "Command not recognized");
  CHECK(short_text(code(452), Stage::Rcpt) == "Too many recipients");
  CHECK(short_text(code(452), Stage::Mail) == "Insufficient system storage");
}

TEST_CASE("default enhanced codes have the code's class and are registered") {
  for (ReplyCode reply_code : every_code()) {
    for (Stage stage : every_stage()) {
      const auto found = default_enhanced(reply_code, stage);
      INFO(reply_code.value() << " at " << name(stage));
      const bool none = reply_code.class_digit() == 1 || reply_code.class_digit() == 3 || stage == Stage::Connect ||
                        stage == Stage::Helo || stage == Stage::Ehlo || stage == Stage::Lhlo;
      REQUIRE(found.has_value() != none);
      if (!found) continue;
      REQUIRE(found->class_digit == reply_code.class_digit());
      REQUIRE(find_enhanced(*found).match == EnhancedMatch::Exact);
    }
  }
}

TEST_CASE("default enhanced codes fit the stage") {
  CHECK(enhanced(250, Stage::Mail) == "2.1.0");
  CHECK(enhanced(250, Stage::Rcpt) == "2.1.5");
  CHECK(enhanced(250, Stage::Message) == "2.0.0");
  CHECK(enhanced(235, Stage::AuthResult) == "2.7.0");
  CHECK(enhanced(450, Stage::Rcpt) == "4.2.1");
  CHECK(enhanced(451, Stage::Data) == "4.3.0");
  CHECK(enhanced(452, Stage::Mail) == "4.3.1");
  CHECK(enhanced(452, Stage::Rcpt) == "4.5.3");
  CHECK(enhanced(421, Stage::Idle) == "4.4.2");
  CHECK(enhanced(550, Stage::Rcpt) == "5.1.1");
  CHECK(enhanced(550, Stage::Mail) == "5.7.1");
  CHECK(enhanced(550, Stage::Message) == "5.7.1");
  CHECK(enhanced(552, Stage::Message) == "5.3.4");
  CHECK(enhanced(500, Stage::Message) == "5.5.2");
  CHECK(enhanced(500, Stage::Unknown) == "5.5.1");
  CHECK(enhanced(535, Stage::AuthResult) == "5.7.8");
  CHECK(enhanced(299, Stage::Noop) == "2.0.0");
  CHECK(enhanced(499, Stage::Rcpt) == "4.0.0");
  CHECK(enhanced(599, Stage::Rcpt) == "5.0.0");
  CHECK(enhanced(354, Stage::Data) == "none");
  CHECK(enhanced(554, Stage::Connect) == "none");
}

TEST_CASE("which codes are listed at a stage") {
  CHECK(listing(code(550), Stage::Rcpt) == Listing::Rfc5321);
  CHECK(listing(code(556), Stage::Rcpt) == Listing::OtherRfc);
  CHECK(listing(code(252), Stage::Rcpt) == Listing::Field);
  CHECK(listing(code(571), Stage::Rcpt) == Listing::Field);
  CHECK(listing(code(521), Stage::Mail) == Listing::Field);
  CHECK(listing(code(354), Stage::Rcpt) == Listing::Nobody);
  CHECK(listing(code(599), Stage::Rcpt) == Listing::Nobody);

  CHECK(is_listed(code(521), Stage::Connect));
  CHECK(is_listed(code(535), Stage::AuthResponse));
  CHECK(is_listed(code(535), Stage::AuthResult));
  CHECK(is_listed(code(552), Stage::Message));
  // The answer to any line that was too long, one of the message included (RFC 5321 4.5.3.1.9).
  const StageSet not_to_a_line = StageSet{}
                                     .set(index_of(Stage::Connect))
                                     .set(index_of(Stage::Tls))
                                     .set(index_of(Stage::Body))
                                     .set(index_of(Stage::Idle));
  for (Stage stage : every_stage()) CHECK(is_listed(code(500), stage) != not_to_a_line.test(index_of(stage)));
  CHECK_FALSE(is_listed(code(552), Stage::Connect));
  CHECK_FALSE(is_listed(code(450), Stage::Connect));
  CHECK_FALSE(is_listed(code(550), Stage::Rset));
  CHECK_FALSE(is_listed(code(571), Stage::Rcpt));
  for (Stage stage : every_stage()) CHECK(is_listed(code(421), stage));
}

TEST_CASE("every stage that has a reply has a success or go-ahead, and a failure") {
  const StageSet with_reply = *stages_named("any");
  for (Stage stage : every_stage()) {
    INFO(name(stage));
    CHECK_FALSE(meaning_of(stage).empty());
    if (!with_reply.test(index_of(stage)) || stage == Stage::Unknown) continue;
    const auto lists = [&](std::span<const CodeEntry> entries) {
      return std::ranges::any_of(entries, [&](const CodeEntry& entry) { return is_listed(code(entry.number), stage); });
    };
    CHECK(lists(success_codes()));
    CHECK(lists(transient_codes()));
    CHECK((lists(permanent_codes()) || stage == Stage::Quit));
  }
}

TEST_CASE("field uses are in order and say who") {
  int previous = 0;
  for (const FieldUse& use : all_field_uses()) {
    INFO(use.number);
    CHECK(use.number >= previous);
    previous = use.number;
    CHECK_FALSE(use.who.empty());
    CHECK(use.meaning.ends_with('.'));
    CHECK(is_printable_ascii(use.meaning));
  }
  CHECK(field_uses(523).size() == 2);
  CHECK(field_uses(571).front().on_wire == OnWire::Yes);
  CHECK(field_uses(605).front().on_wire == OnWire::Never);
  CHECK(field_uses(999).empty());
}

TEST_CASE("the registry of enhanced codes is in order and complete") {
  std::pair<int, int> previous{-1, -1};
  std::array<int, 8> per_subject{};
  for (const EnhancedEntry& entry : enhanced_codes()) {
    const std::pair<int, int> place{entry.subject, entry.detail};
    INFO(entry.subject << '.' << entry.detail);
    CHECK(place > previous);
    previous = place;
    REQUIRE(entry.subject < per_subject.size());
    ++per_subject[entry.subject];
    CHECK_FALSE(entry.name.empty());
    CHECK(entry.meaning.ends_with('.'));
    CHECK_FALSE(entry.references.empty());
    for (const std::string& number : words(entry.basic)) {
      REQUIRE(ReplyCode::parse(number));
      CHECK(find_code(*ReplyCode::parse(number)) != nullptr);
    }
  }
  CHECK(per_subject == std::array<int, 8>{1, 11, 5, 7, 8, 7, 11, 31});
}

TEST_CASE("an unknown enhanced code falls back to its subject, then to its class") {
  const auto lookup = [](std::string_view text) { return find_enhanced(*EnhancedCode::parse(text)); };
  CHECK(lookup("4.2.2").entry->name == "Mailbox full");
  CHECK(lookup("4.2.2").match == EnhancedMatch::Exact);
  CHECK(lookup("5.7.515").match == EnhancedMatch::Subject);
  CHECK(lookup("5.7.515").entry->detail == 0);
  CHECK(lookup("5.7.515").entry->subject == 7);
  CHECK(lookup("5.9.1").match == EnhancedMatch::Class);
  CHECK(lookup("5.9.1").entry->subject == 0);
}

TEST_CASE("vendors who differ from the registry are known") {
  const auto who = [](std::string_view text) {
    std::set<std::string_view> names;
    for (const VendorMeaning& vendor : vendor_meanings()) {
      if (vendor.covers(*EnhancedCode::parse(text))) names.insert(vendor.who);
    }
    return names;
  };
  CHECK(who("5.7.30") == std::set<std::string_view>{"Exchange Online", "Gmail"});
  CHECK(who("4.7.30") == std::set<std::string_view>{"Gmail"});
  CHECK(who("5.7.515") == std::set<std::string_view>{"Exchange Online"});
  CHECK(who("5.1.1").empty());
}

TEST_CASE("digits have meanings of their own") {
  CHECK(first_digit_meaning(code(550)).name == "permanent failure");
  CHECK(first_digit_meaning(code(150)).name == "positive preliminary");
  CHECK(second_digit_meaning(code(550)).name == "mail system");
  CHECK(second_digit_meaning(code(571)).name == "outside the grammar");
  CHECK(third_digit_meaning(code(550)) == "marks a mailbox that cannot be used");
  CHECK(third_digit_meaning(code(571)) == "has no meaning of its own beyond telling codes apart");
  CHECK(in_grammar(code(559)));
  CHECK_FALSE(in_grammar(code(560)));
  CHECK_FALSE(in_grammar(code(199)));
}
