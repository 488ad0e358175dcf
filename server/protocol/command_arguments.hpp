#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace smtp_double {

/// The argument of BDAT (RFC 3030 2).
struct ChunkSize {
  std::uint64_t octets = 0;  ///< UINT64_MAX for twenty digits that make more
  bool last = false;

  friend bool operator==(const ChunkSize&, const ChunkSize&) = default;
};

/// "SIZE" or "SIZE LAST", up to twenty digits and the word in any case.
std::optional<ChunkSize> parse_chunk_size(std::string_view argument);

/// The size alone, whatever stands behind it and a space: the octets follow all the same.
std::optional<std::uint64_t> stated_chunk_size(std::string_view argument);

/// The argument of ETRN (RFC 1985 5).
struct QueueName {
  enum class Kind : std::uint8_t { Host, Domain, Queue };

  Kind kind = Kind::Host;
  std::string_view name;  ///< without the '@' of a domain with all its hosts, or the '#' of a queue

  friend bool operator==(const QueueName&, const QueueName&) = default;
};

std::optional<QueueName> parse_queue_name(std::string_view argument);

}  // namespace smtp_double
