#include "protocol/transaction.hpp"

namespace smtp_double {
namespace {

// Recipients whose memory the next transaction gets; that of more is given back.
constexpr std::size_t most_kept = 16;

}  // namespace

std::optional<std::string_view> Transaction::sender() const {
  if (!has_sender_) return std::nullopt;
  return sender_;
}

void Transaction::begin(std::string_view sender, std::string_view parameters) {
  clear();
  open_ = true;
  has_sender_ = true;
  sender_.assign(sender);
  parameters_.assign(parameters);
}

void Transaction::add_recipient(std::string_view mailbox, std::string_view parameters) {
  open_ = true;
  if (accepted_ == recipients_.size()) recipients_.emplace_back();
  recipients_[accepted_].mailbox.assign(mailbox);
  recipients_[accepted_++].parameters.assign(parameters);
}

void Transaction::clear() {
  open_ = false;
  has_sender_ = false;
  chunking_ = false;
  failed_ = false;
  asked_ = 0;
  accepted_ = 0;
  if (recipients_.size() > most_kept) std::vector<Recipient>().swap(recipients_);
  sender_.clear();
  parameters_.clear();
}

}  // namespace smtp_double
