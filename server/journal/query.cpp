#include "journal/query.hpp"

#include <algorithm>

#include "journal/double.hpp"
#include "scenario/condition.hpp"
#include "scenario/message_fields.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t most_nearest = 3;
constexpr std::size_t most_quoted = 80;

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text.substr(0, most_quoted)) + (text.size() > most_quoted ? "…'" : "'");
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + in_quotes(value);
  return text;
}

/// Compares one thing with what a query says of it, part by part.
class Comparison {
 public:
  void text(std::string_view field, const std::optional<std::string>& wanted, const std::vector<std::string>& values,
            bool ignoring_case) {
    if (!wanted) return;
    const bool holds = std::ranges::any_of(
        values, [&](const std::string& value) { return matches_glob(*wanted, value, ignoring_case); });
    part(holds, [&] {
      const std::string has = values.empty() ? " has no value" : " is " + joined(values);
      return std::string(field) + has + (values.empty() ? "" : ", not " + in_quotes(*wanted));
    });
  }

  template <class Text>
  void part(bool holds, const Text& text) {
    if (holds) {
      ++holding_;
    } else {
      why_ += (why_.empty() ? "" : "; ") + text();
    }
  }

  std::size_t holding() const { return holding_; }
  const std::string& why() const { return why_; }

 private:
  std::size_t holding_ = 0;
  std::string why_;
};

std::vector<std::string> of(const std::optional<std::string>& value) {
  return value ? std::vector<std::string>{*value} : std::vector<std::string>();
}

Comparison compare(const MessageQuery& query, const Message& message, const HeaderReader& headers) {
  Comparison comparison;
  std::vector<std::string> recipients;
  if (query.recipient) {
    for (const Recipient& recipient : message.recipients) recipients.push_back(recipient.mailbox);
  }
  comparison.text("sender", query.sender, of(message.sender), true);
  comparison.text("recipient", query.recipient, recipients, true);
  if (query.subject) comparison.text("subject", query.subject, headers(message, "Subject"), false);
  for (const auto& [name, value] : query.headers) {
    comparison.text("header." + name, value, headers(message, name), false);
  }
  if (query.session) {
    comparison.part(message.session == *query.session, [&] {
      return "session is " + std::to_string(message.session) + ", not " + std::to_string(*query.session);
    });
  }
  return comparison;
}

Comparison compare(const SessionQuery& query, const SessionSummary& session) {
  Comparison comparison;
  if (query.outcome) {
    comparison.part(session.outcome() == *query.outcome, [&] {
      return "outcome is " + std::string(name(session.outcome())) + ", not " + std::string(name(*query.outcome));
    });
  }
  comparison.text("helo", query.helo, of(session.helo), true);
  const bool is_exact = query.client && matches_glob(*query.client, session.client, true);
  const std::string with_port = session.client + ':' + std::to_string(session.client_port);
  if (query.client) comparison.text("client", query.client, {is_exact ? session.client : with_port}, true);
  if (query.ended) {
    comparison.part(session.end.has_value() == *query.ended,
                    [&] { return std::string(session.end ? "it has ended" : "it has not ended"); });
  }
  return comparison;
}

/// Keeps the nearest of those that were not meant; of equals the newest.
class Nearest {
 public:
  void add(std::string_view thing, std::uint64_t number, const Comparison& comparison) {
    if (all_.size() == most_nearest && comparison.holding() < all_.back().holding) return;
    const auto place = std::ranges::find_if(
        all_, [&](const Candidate& candidate) { return candidate.holding <= comparison.holding(); });
    std::string text = std::string(thing) + ' ' + std::to_string(number) + ": " + comparison.why();
    all_.insert(place, {comparison.holding(), std::move(text)});
    if (all_.size() > most_nearest) all_.pop_back();
  }

  std::vector<std::string> take() {
    std::vector<std::string> texts;
    texts.reserve(all_.size());
    for (Candidate& candidate : all_) texts.push_back(std::move(candidate.text));
    return texts;
  }

 private:
  struct Candidate {
    std::size_t holding;
    std::string text;
  };
  std::vector<Candidate> all_;
};

void append_part(std::string& text, std::string_view field, const std::optional<std::string>& value) {
  if (value) text.append(text.empty() ? " with " : " and ").append(field).append(" ").append(in_quotes(*value));
}

}  // namespace

std::vector<std::string> plain_header_values(const Message& message, std::string_view name) {
  return header_values(message.content, name);
}

std::string why_not(const MessageQuery& query, const Message& message, const HeaderReader& headers) {
  return compare(query, message, headers).why();
}

std::string why_not(const SessionQuery& query, const SessionSummary& session) { return compare(query, session).why(); }

std::string to_string(const MessageQuery& query) {
  std::string text;
  append_part(text, "sender", query.sender);
  append_part(text, "recipient", query.recipient);
  append_part(text, "subject", query.subject);
  for (const auto& [name, value] : query.headers) append_part(text, "header." + name, value);
  if (query.session) text += " of session " + std::to_string(*query.session);
  return text;
}

std::string to_string(const SessionQuery& query) {
  std::string text;
  if (query.outcome) append_part(text, "outcome", std::string(name(*query.outcome)));
  append_part(text, "helo", query.helo);
  append_part(text, "client", query.client);
  if (query.ended) text += *query.ended ? " that ended" : " still open";
  return text;
}

MessageAnswer ask(const Double& served, const MessageQuery& query, std::size_t most_found,
                  const HeaderReader& headers) {
  MessageAnswer answer;
  Nearest nearest;
  const Mailbox& mailbox = served.mailbox;
  const std::uint64_t last = mailbox.last_id();
  std::uint64_t after = 0;
  for (auto slice = mailbox.read(after); !slice.empty() && after < last; slice = mailbox.read(after)) {
    after = slice.back()->id;
    for (auto& message : slice) {
      const Comparison comparison = compare(query, *message, headers);
      if (!comparison.why().empty()) {
        nearest.add("message", message->id, comparison);
        continue;
      }
      ++answer.count;
      if (answer.found.size() < most_found) answer.found.push_back(std::move(message));
    }
  }
  answer.nearest = nearest.take();
  // Those that are gone are known in one respect: they were there.
  answer.unknown = mailbox.evicted();
  if (query.is_for_all()) answer.count += std::exchange(answer.unknown, 0);
  return answer;
}

SessionAnswer ask(const Double& served, const SessionQuery& query, std::size_t most_found) {
  SessionAnswer answer;
  Nearest nearest;
  for (SessionSummary& session : summarize_sessions(served.journal)) {
    const Comparison comparison = compare(query, session);
    if (!comparison.why().empty()) {
      nearest.add("session", session.number, comparison);
      continue;
    }
    ++answer.count;
    if (answer.found.size() < most_found) answer.found.push_back(std::move(session));
  }
  answer.nearest = nearest.take();
  if (query.is_for_all()) {
    answer.count = served.sessions_since_clear();
  } else {
    answer.unknown = served.journal.evicted();
  }
  return answer;
}

CountVerdict judge_count(const CountRange& range, std::uint64_t count, std::uint64_t unknown) {
  if (range.max && count > *range.max) return CountVerdict::Fails;
  if (unknown > 0 && (range.max || count < range.min)) return CountVerdict::Unknowable;
  return range.holds(count) ? CountVerdict::Holds : CountVerdict::Fails;
}

}  // namespace smtp_double
