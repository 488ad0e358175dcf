#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/mailbox.hpp"
#include "journal/session_summary.hpp"
#include "scenario/expectation.hpp"
#include "scenario/message.hpp"

namespace smtp_double {

class Double;

/// Which messages are meant. Texts are globs as in scenarios: addresses without regard to case, header values with it.
struct MessageQuery {
  std::optional<std::string> sender;
  std::optional<std::string> recipient;  ///< one of them
  std::optional<std::string> subject;
  std::vector<std::pair<std::string, std::string>> headers;  ///< name, and what one of its values is
  std::optional<std::uint64_t> session;

  bool is_for_all() const { return *this == MessageQuery{}; }

  friend bool operator==(const MessageQuery&, const MessageQuery&) = default;
};

/// Which sessions are meant; `helo` and `client` are globs. The client is its address, with or without the port.
struct SessionQuery {
  std::optional<SessionOutcome> outcome;
  std::optional<std::string> helo;
  std::optional<std::string> client;
  std::optional<bool> ended;

  bool is_for_all() const { return *this == SessionQuery{}; }

  friend bool operator==(const SessionQuery&, const SessionQuery&) = default;
};

/// The values of a header field, as a query is to see them.
using HeaderReader = std::function<std::vector<std::string>(const Message& message, std::string_view name)>;
/// As they stand in the message, unfolded.
std::vector<std::string> plain_header_values(const Message& message, std::string_view name);

/// What is not as the query has it: "subject is 'Hi', not 'Bye'"; "" when it is one that is meant.
std::string why_not(const MessageQuery& query, const Message& message,
                    const HeaderReader& headers = plain_header_values);
std::string why_not(const SessionQuery& query, const SessionSummary& session);

/// " with recipient '*@x' and subject 'Hi'"; "" when all are meant.
std::string to_string(const MessageQuery& query);
std::string to_string(const SessionQuery& query);

/// What of the messages, or of the sessions, was meant.
template <class Found>
struct QueryAnswer {
  std::uint64_t count = 0;
  std::vector<Found> found;          ///< those that are still there, the oldest first, up to a bound
  std::vector<std::string> nearest;  ///< of the others: "message 3: subject is 'Hi', not 'Bye'", the nearest first
  std::uint64_t unknown = 0;         ///< so many are gone of which nobody can say whether they were
};
using MessageAnswer = QueryAnswer<std::shared_ptr<const Message>>;
using SessionAnswer = QueryAnswer<SessionSummary>;

MessageAnswer ask(const Double& served, const MessageQuery& query, std::size_t most_found,
                  const HeaderReader& headers = plain_header_values);
SessionAnswer ask(const Double& served, const SessionQuery& query, std::size_t most_found);

/// Whether an expected count has come true.
enum class CountVerdict : std::uint8_t { Holds, Fails, Unknowable };

/// `unknown` more may have been counted.
CountVerdict judge_count(const CountRange& range, std::uint64_t count, std::uint64_t unknown);

}  // namespace smtp_double
