#include "config/response_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "config/nearest_word.hpp"
#include "config/octets_reader.hpp"
#include "config/reply_reader.hpp"
#include "config/scenario_words.hpp"
#include "config/timing_reader.hpp"
#include "config/tls_reader.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 9> keys_of_responses{"delay",    "reply",     "raw", "malformed", "pace",
                                                            "truncate", "read-pace", "tls", "then"};
constexpr std::array<std::string_view, 10> keys_in_a_list{"delay",    "reply",     "raw", "malformed", "pace",
                                                          "truncate", "read-pace", "tls", "then",      "repeat"};
constexpr std::array<std::string_view, 6> then_words{"continue",   "close", "reset",
                                                     "half-close", "hang",  "stop-reading"};
constexpr std::array then_values{Then::Continue,  Then::Close, Then::Reset,
                                 Then::HalfClose, Then::Hang,  Then::StopReading};

std::string then_hint(std::string_view word) {
  if (word == "drop" || word == "disconnect" || word == "abort") {
    return "'close' ends the connection with FIN, 'reset' with RST";
  }
  return {};
}

struct OtherMalformation {
  std::string_view word;
  std::string_view meant;
};

constexpr std::array other_malformations{
    OtherMalformation{"code-only", "no-text"},          OtherMalformation{"multiline-mismatch", "mixed-codes"},
    OtherMalformation{"multiline-cut", "unterminated"}, OtherMalformation{"multiline-no-last", "unterminated"},
    OtherMalformation{"multiline-endless", "endless"},  OtherMalformation{"lone-lf-inside", "lf-inside"},
    OtherMalformation{"long-line", "overlong-line"},    OtherMalformation{"utf8", "non-ascii"},
    OtherMalformation{"two-replies", "twice"},          OtherMalformation{"early-reply", "early"},
    OtherMalformation{"banner-garbage", "garbage"}};

std::string malformation_hint(std::string_view word) {
  for (const OtherMalformation& other : other_malformations) {
    if (other.word == word) return fmt::format("did you mean '{}'?", other.meant);
  }
  return {};
}

// ---- the values

std::optional<Malformation> read_malformation(Reading& reading, const YamlNode& node) {
  const auto words = malformation_words();
  const auto text = read_text(reading, node, "a way to break the reply, such as bare-lf");
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) return static_cast<Malformation>(found - words.begin());
  const std::string hint = malformation_hint(*text);
  reading.error(node, "unknown way to break a reply " + quotation(*text),
                hint.empty() ? suggestion(*text, words) : hint);
  return std::nullopt;
}

void read_then(Reading& reading, const YamlNode& node, Response& response) {
  if (node.kind != YamlKind::Mapping) {
    const auto found = read_word(reading, node, then_words, then_hint);
    if (found) response.then = then_values[*found];
    return;
  }
  const auto keys = read_keys(reading, node, then_words, then_hint);
  if (!keys || !keys->all_known()) return;
  if (node.entries.size() != 1) {
    reading.error(node, "expected one thing to do and the pause before it", "write it like {close: 2s}");
    return;
  }
  const std::string& word = node.entries.front().key->text;
  const Reading::Step step(reading, word);
  const auto pause = read_duration(reading, *node.entries.front().value);
  if (!pause) return;
  response.then = then_values[static_cast<std::size_t>(std::ranges::find(then_words, word) - then_words.begin())];
  response.then_after = *pause;
}

// ---- contradictions

bool only_at_body(const StageSet& at) { return at == stages_named("body"); }

/// What cannot be asked for of what is not said.
void check_something_is_said(Reading& reading, const Keys& keys, const Response& response, const StageSet& at) {
  const bool said = std::holds_alternative<ReplyTemplate>(response.what) ||
                    std::holds_alternative<RawBytes>(response.what) ||
                    (std::holds_alternative<DefaultReply>(response.what) && !only_at_body(at));
  if (said) return;
  const std::string_view why = only_at_body(at) ? "without a 'reply' nothing is said at body" : "'reply' is none";
  for (const std::string_view key : {"malformed", "pace", "truncate"}) {
    if (const YamlNode* node = keys[key]) {
      reading.error(*node, fmt::format("there is nothing to be sent that '{}' could change: {}", key, why));
    }
  }
}

bool begins_tls(const Response& response) {
  if (response.then) return false;
  const auto* reply = std::get_if<ReplyTemplate>(&response.what);
  return reply == nullptr || !reply->code.is_constant() || reply->code.constant_text().starts_with('2');
}

// Settings for what does not come to pass.
void check_tls_has_effect(Reading& reading, const Keys& keys, const Response& response, const StageSet& at) {
  if (at == *stages_named("starttls") && !begins_tls(response)) {
    reading.error(*keys["tls"], "'tls' here: behind this reply there is no handshake",
                  "TLS begins behind a 2yz to STARTTLS, without 'then'");
  }
  if ((at & *stages_named("tls")).any() && keys["raw"] != nullptr) {
    reading.error(*keys["raw"], "'raw' comes in place of the handshake that 'tls' is about", "keep one of them");
  }
}

// In the handshake nothing of SMTP is said.
void check_handshake(Reading& reading, const Keys& keys, const Response& response, const StageSet& at) {
  const StageSet handshake = *stages_named("tls");
  const StageSet with_tls = handshake | *stages_named("starttls");
  if (const YamlNode* tls = keys["tls"]; tls != nullptr && at.any() && (at & ~with_tls).any()) {
    reading.error(*tls, "'tls' is for the handshake", "the rule has to be at: starttls or at: tls");
  }
  if (keys["tls"] != nullptr && response.tls) check_tls_has_effect(reading, keys, response, at);
  if ((at & handshake).none()) return;
  for (const std::string_view key : {"reply", "malformed"}) {
    if (const YamlNode* node = keys[key]) {
      reading.error(*node, fmt::format("'{}' at tls: the handshake has no reply", key),
                    "its octets are those of 'raw', an alert is written tls: {alert: handshake_failure}");
    }
  }
  for (const std::string_view key : {"pace", "truncate"}) {
    if (const YamlNode* node = keys[key]; node != nullptr && keys["raw"] == nullptr) {
      reading.error(*node, fmt::format("'{}' at tls: without 'raw' there is nothing that it could change", key));
    }
  }
  if (const YamlNode* tls = keys["tls"]; tls != nullptr && response.tls && !response.tls->inject.empty()) {
    reading.error(*tls, "'inject' at tls: it goes with the reply to STARTTLS", "the rule has to be at: starttls");
  }
}

void check_agreement(Reading& reading, const Keys& keys, const Response& response, const StageSet& at) {
  const YamlNode* raw = keys["raw"];
  if (raw != nullptr && keys["reply"] != nullptr) {
    reading.error(*raw, "'raw' and 'reply' are two ways to say what is sent", "keep one of them");
  }
  const YamlNode* malformed = keys["malformed"];
  if (raw != nullptr && malformed != nullptr) {
    reading.error(*malformed, "'malformed' breaks a reply that is well-formed, and 'raw' is sent as it is",
                  "keep one of them");
  }
  const YamlNode* read_pace = keys["read-pace"];
  if (read_pace != nullptr && at.any() && !only_at_body(at)) {
    reading.error(*read_pace, "'read-pace' is for content", "the rule has to be at: body");
  }
  check_something_is_said(reading, keys, response, at);
  check_handshake(reading, keys, response, at);
}

std::optional<Response> read_item(Reading& reading, const YamlNode& node, const StageSet& at,
                                  const GroupNames& groups) {
  if (node.kind == YamlKind::Scalar) {
    if ((at & *stages_named("tls")).any()) {
      reading.error(node, "a reply at tls: the handshake has none", "write {raw: ...}, {tls: ...} or {then: ...}");
    }
    auto what = read_reply(reading, node, groups);
    if (!what) return std::nullopt;
    Response response;
    response.what = std::move(*what);
    return response;
  }
  const auto keys = read_keys(reading, node, keys_in_a_list);
  if (!keys) return std::nullopt;
  Response response = read_response(reading, *keys, at, groups);
  with(reading, *keys, "repeat", [&](const YamlNode& value) {
    if (const auto number = read_number(reading, value, 1, std::numeric_limits<std::uint32_t>::max())) {
      response.repeat = *number;
    }
  });
  return response;
}

}  // namespace

std::span<const std::string_view> response_keys() { return keys_of_responses; }

Response read_response(Reading& reading, const Keys& keys, const StageSet& at, const GroupNames& groups) {
  Response response;
  with(reading, keys, "delay", [&](const YamlNode& node) { response.delay = read_delay(reading, node, groups); });
  with(reading, keys, "reply", [&](const YamlNode& node) {
    if (auto what = read_reply(reading, node, groups)) response.what = std::move(*what);
  });
  with(reading, keys, "raw", [&](const YamlNode& node) {
    if (auto octets = read_octets(reading, node)) response.what = RawBytes{std::move(*octets)};
  });
  with(reading, keys, "malformed",
       [&](const YamlNode& node) { response.malformed = read_malformation(reading, node); });
  with(reading, keys, "pace", [&](const YamlNode& node) { response.pace = read_pace(reading, node); });
  with(reading, keys, "truncate",
       [&](const YamlNode& node) { response.truncate = read_number(reading, node, 1, no_bound); });
  with(reading, keys, "read-pace", [&](const YamlNode& node) {
    response.read_pace = read_size(reading, node);
    if (response.read_pace == 0U) {
      reading.error(node, "expected a number of octets per second above 0", "not to read at all is then: stop-reading");
    }
  });
  with(reading, keys, "tls", [&](const YamlNode& node) {
    response.tls = read_tls(reading, node);
    response.tls_place = reading.place(node);
  });
  with(reading, keys, "then", [&](const YamlNode& node) { read_then(reading, node, response); });
  check_agreement(reading, keys, response, at);
  return response;
}

std::vector<Response> read_responses(Reading& reading, const YamlNode& node, const StageSet& at,
                                     const GroupNames& groups) {
  std::vector<Response> responses;
  if (!check_list(reading, node, "responses, such as [{reply: 450}, {reply: 250}]")) return responses;
  if (node.items.empty()) reading.error(node, "expected at least one response");
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Reading::Step step(reading, std::to_string(i));
    if (auto response = read_item(reading, *node.items[i], at, groups)) responses.push_back(std::move(*response));
  }
  return responses;
}

}  // namespace smtp_double
