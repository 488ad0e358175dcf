#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace smtp_double {

class ContentBudget;
class Progress;
struct Scenario;

/// What of a client's words may say which double it wants.
enum class SelectBy : std::uint8_t {
  Helo,             ///< the name behind EHLO, HELO or LHLO, whatever its case
  AuthUser,         ///< exactly
  RecipientDomain,  ///< whatever its case
  RecipientTag,     ///< what stands behind a '+' in the local part, exactly
};

/// Another double that a session goes over to, and what it is to it.
struct SwitchTarget {
  std::shared_ptr<const Scenario> scenario;
  Progress* progress = nullptr;     ///< this and the next outlive the session, or its next switch
  ContentBudget* budget = nullptr;  ///< likewise
  std::uint64_t session = 0;        ///< its number there
  std::chrono::microseconds now{0};
  bool explains_misses = false;
};

/// Where sessions that have named another double are put through to it.
class Switchboard {
 public:
  virtual ~Switchboard() = default;
  /// Whether there is any double to go over to: asked for each command that may name one.
  virtual bool is_in_use() const = 0;
  /// The double that is chosen so, for a session that goes over to it now; nothing when there is none, or the session
  /// is there already.
  virtual std::optional<SwitchTarget> put_through(SelectBy by, std::string_view value) = 0;
};

}  // namespace smtp_double
