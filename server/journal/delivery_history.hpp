#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "journal/moment.hpp"
#include "protocol/stage.hpp"

namespace smtp_double {

/// What one recipient of an attempt was told in the end: the code of RCPT when that refused it, else that of MAIL, DATA
/// or the content; 0 when there was no such reply.
struct RecipientVerdict {
  std::string mailbox;
  std::uint16_t code = 0;

  friend bool operator==(const RecipientVerdict&, const RecipientVerdict&) = default;
};

/// One mail transaction, from MAIL to its end.
struct DeliveryAttempt {
  std::uint64_t session = 0;
  std::uint64_t sequence = 0;                    ///< of the entry for MAIL
  Moment at;                                     ///< of MAIL
  std::chrono::microseconds decided{0};          ///< when the reply that decides was given, since the double began
  std::optional<std::chrono::microseconds> gap;  ///< since the attempt before was decided
  Stage stage = Stage::Mail;                     ///< of the reply that decides: the last, or the last refusal
  std::uint16_t code = 0;                        ///< 0 when there was none
  std::string reply;                             ///< its first line; "" likewise
  std::uint64_t message = 0;                     ///< its id in the mailbox; 0 when it was not accepted
  std::string sender;
  std::vector<RecipientVerdict> recipients;  ///< in their order

  friend bool operator==(const DeliveryAttempt&, const DeliveryAttempt&) = default;
};

/// By what attempts are known to be of one message.
enum class DeliveryKey : std::uint8_t { MessageId, Content, Envelope };

/// "message-id", "content", "envelope"
std::string_view name(DeliveryKey key);

/// All attempts to deliver one message, in their order.
struct DeliveryHistory {
  std::string key;  ///< the Message-ID, the hash of the content, or the envelope as text
  DeliveryKey by = DeliveryKey::Envelope;
  std::string sender;
  std::vector<std::string> recipients;  ///< of any attempt
  std::string subject;
  std::uint64_t accepted = 0;  ///< attempts whose content was accepted
  std::vector<std::string> findings;
  std::vector<DeliveryAttempt> attempts;

  friend bool operator==(const DeliveryHistory&, const DeliveryHistory&) = default;
};

/// What the journal knows of deliveries, by their first attempts. An attempt that came to its content is known by its
/// Message-ID, or else by its sender and content. One that was refused before joins the last delivery of that sender
/// to which all its recipients are still to be delivered: another message to the same recipients cannot be told from
/// it.
std::vector<DeliveryHistory> delivery_histories(const Journal& journal);

}  // namespace smtp_double
