#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/moment.hpp"
#include "scenario/message.hpp"

namespace smtp_double {

/// The name under which a message is kept.
struct KeptName {
  std::string name;  ///< "" as long as it is not
};

/// A message that is to be kept somewhere else than in memory, and what its client is told.
struct MessageToKeep {
  std::shared_ptr<const Message> message;  ///< its own texts; where it is from is not filled in yet, nor is its id
  Moment at = {};                          ///< of its end
  std::string client;                      ///< "192.0.2.1:4711"
  std::string tls;                         ///< version, cipher, names; "" without TLS
  std::string auth_user;                   ///< "" when nobody was authenticated
  std::vector<Recipient> recipients = {};  ///< those it is accepted for, as far as they have been answered
  std::vector<std::string> outcomes = {};  ///< LMTP: the reply to each of them
  std::string outcome = {};                ///< the reply, its lines joined by '\n'; "" for none
  /// Of a message that is kept already only the envelope is kept anew.
  std::shared_ptr<KeptName> kept_as = std::make_shared<KeptName>();
};

/// Keeps the messages of one double for longer than its process lives. Safe from every thread.
class MessageKeeper {
 public:
  using Then = std::function<void(bool is_kept)>;

  virtual ~MessageKeeper() = default;

  /// Whether the message may be acknowledged, if that is known at once. Else `then` is called with it, once, from
  /// another thread; nobody waits meanwhile. An empty `then`: nobody wants to know.
  virtual std::optional<bool> keep(MessageToKeep message, Then then) = 0;
};

}  // namespace smtp_double
