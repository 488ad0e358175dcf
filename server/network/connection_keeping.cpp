// A message is kept before its reply leaves, where it is to be kept at all. Nobody else waits for that.

#include <boost/asio/post.hpp>
#include <utility>

#include "network/connection.hpp"
#include "network/log_text.hpp"
#include "scenario/reply_text.hpp"

namespace smtp_double {
// Shared with whoever keeps the message, on another thread, which may be done when the connection is long gone.
struct Connection::Keeping {
  Connection* waiting = nullptr;  // for the loop's thread alone, as is all of it
  std::optional<bool> outcome = {};

  void end(bool is_kept) {
    outcome = is_kept;
    if (waiting != nullptr && waiting->timer_ != nullptr) waiting->timer_->cancel();
  }
};

bool Connection::must_hold(Turn& turn) {
  if (double_->keeper == nullptr) return false;
  if (keeping_ == nullptr) {
    if (turn.promises) begin_keeping(turn);
  } else if (keeping_->outcome) {
    end_keeping(*std::exchange(keeping_, nullptr)->outcome);
  }
  if (keeping_ != nullptr) return true;
  if (turn.ends_message) to_be_kept_.reset();
  return false;
}

MessageToKeep Connection::described(std::shared_ptr<const Message> message) const {
  MessageToKeep kept{.message = std::move(message),
                     .at = double_->now(),
                     .client = peer_text(session_.peer()),
                     .tls = {},
                     .auth_user = std::string(session_.auth_user())};
  if (const TlsFacts* facts = session_.tls_facts()) kept.tls = to_string(*facts);
  return kept;
}

// LMTP answers for one recipient after the other: the envelope grows with each of them.
void Connection::begin_keeping(const Turn& turn) {
  if (!to_be_kept_) to_be_kept_ = described(session_.message_replied_to());
  if (turn.taker) {
    to_be_kept_->outcome = reply_lines(turn.plan.bytes);
    to_be_kept_->recipients.push_back(*turn.taker);
    to_be_kept_->outcomes.push_back(to_be_kept_->outcome);
  } else {
    to_be_kept_->outcome = turn.message->outcome;
    to_be_kept_->recipients = turn.message->recipients;
  }
  keeping_ = std::make_shared<Keeping>(Keeping{this, std::nullopt});
  const auto known = double_->keeper->keep(
      *to_be_kept_, [keeping = keeping_, executor = loop_.context().get_executor()](bool is_kept) {
        boost::asio::post(executor, [keeping, is_kept] { keeping->end(is_kept); });
      });
  if (!known) return;
  keeping_.reset();
  end_keeping(*known);
}

void Connection::end_keeping(bool is_kept) {
  if (is_kept) return;
  if (!to_be_kept_->outcomes.empty()) {
    to_be_kept_->recipients.pop_back();
    to_be_kept_->outcomes.pop_back();
  }
  session_.refuse_unkept();
}

void Connection::forget_keeping() {
  if (keeping_ != nullptr) keeping_->waiting = nullptr;
}

bool Connection::is_waiting_for(const Demand& demand) const {
  if (std::holds_alternative<Hold>(demand)) return keeping_ != nullptr && !keeping_->outcome;
  return !interrupted_;
}

// An interruption waits until the reply is known: what is kept would be sent once more otherwise.
std::optional<EndCause> Connection::end_hold() {
  timer_ = nullptr;
  return cut_ ? std::optional(EndCause::Cut) : std::nullopt;
}

}  // namespace smtp_double
