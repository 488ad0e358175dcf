#include "admin/query_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "mime/gmime_decoding.hpp"
#include "mime/header_section.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view header_key = "header.";
constexpr std::array outcomes{SessionOutcome::Open, SessionOutcome::Accepted, SessionOutcome::Refused,
                              SessionOutcome::Failed, SessionOutcome::Quiet};

std::array<std::string_view, outcomes.size()> outcome_words() {
  std::array<std::string_view, outcomes.size()> words;
  std::ranges::transform(outcomes, words.begin(), [](SessionOutcome outcome) { return name(outcome); });
  return words;
}

std::optional<SessionOutcome> outcome_called(std::string_view word) {
  const auto found = std::ranges::find_if(outcomes, [word](SessionOutcome outcome) { return name(outcome) == word; });
  return found == outcomes.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

MessageQuery read_message_query(QueryReader& query) {
  MessageQuery wanted;
  wanted.sender = query.text("sender");
  wanted.recipient = query.text("recipient");
  wanted.subject = query.text("subject");
  wanted.headers = query.headers();
  wanted.session = query.number("session", 1, UINT64_MAX);
  return wanted;
}

SessionQuery read_session_query(QueryReader& query) {
  SessionQuery wanted;
  const auto words = outcome_words();
  if (const auto word = query.one_of("outcome", words)) wanted.outcome = outcome_called(*word);
  wanted.helo = query.text("helo");
  wanted.client = query.text("client");
  if (const auto open = query.flag("open")) wanted.ended = !*open;
  return wanted;
}

MessageQuery read_message_query(ObjectReader& where, const json::object& object) {
  MessageQuery wanted;
  wanted.sender = where.text("sender");
  wanted.recipient = where.text("recipient");
  wanted.subject = where.text("subject");
  wanted.session = where.number("session");
  for (const auto& [key, value] : object) {
    const std::string_view word(key.data(), key.size());
    if (!word.starts_with(header_key) || word.size() == header_key.size()) continue;
    if (auto text = where.text(word)) wanted.headers.emplace_back(word.substr(header_key.size()), std::move(*text));
  }
  where.member("header.NAME");  // for whoever asks what is known
  return wanted;
}

SessionQuery read_session_query(ObjectReader& where) {
  SessionQuery wanted;
  if (const auto word = where.text("outcome")) {
    wanted.outcome = outcome_called(*word);
    if (!wanted.outcome) where.complain("outcome", "'outcome' is open, accepted, refused, failed or quiet");
  }
  wanted.helo = where.text("helo");
  wanted.client = where.text("client");
  wanted.ended = where.flag("ended");
  return wanted;
}

std::vector<std::string> decoded_header_values(const Message& message, std::string_view name) {
  std::vector<std::string> values;
  std::string_view content = message.content;
  while (const auto field = take_mime_field(content)) {
    if (equals_ignoring_case(field->name, name)) values.push_back(decode_header_value(unfolded_value(field->value)));
  }
  return values;
}

std::optional<std::uint64_t> id_in(std::string_view text) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace smtp_double
