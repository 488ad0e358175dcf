// What a session holds of a message while it comes: its content, its recipients, and the bounds on both.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "protocol/parameters.hpp"
#include "scenario/session.hpp"

namespace smtp_double {
namespace {

constexpr std::uint64_t most_expected = 256UL * 1024;  // of a declared size

}  // namespace

void Session::begin_content() {
  content_.emplace(scenario_->server.limits.message_size);
  next_mark_ = 0;
  const std::uint64_t declared = declared_size(dialogue_.transaction().parameters()).value_or(0);
  // A client's word is no reason to take memory from the others.
  reserved_ = declared <= most_expected && budget_.held() + declared <= budget_.limit() / 2 ? declared : 0;
  content_->expect(reserved_);
  budget_content();
}

// BDAT is not served, but the octets it announces follow all the same (RFC 3030 2), and are no commands.
void Session::begin_chunk(std::string_view argument) {
  // Any number of blanks may come before the size: not to see the octets would be to take them for commands.
  argument.remove_prefix(std::min(argument.find_first_not_of(" \t"), argument.size()));
  chunk_left_ = 0;
  const auto size = std::from_chars(argument.data(), argument.data() + argument.size(), chunk_left_);
  if (size.ec == std::errc::result_out_of_range) chunk_left_ = UINT64_MAX;
}

void Session::skip_chunk() {
  const auto octets = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, input_.size()));
  input_.remove_prefix(octets);
  chunk_left_ -= octets;
}

// A rule may go on with 250 where the built-in server would have stopped, but not for ever.
void Session::budget_recipients() {
  constexpr std::size_t uncounted = 16;
  constexpr std::size_t generous = 10;
  const auto recipients = dialogue_.transaction().recipients();
  if (recipients.size() <= uncounted) {
    if (envelope_ != 0) budget_.give_back(std::exchange(envelope_, 0));
    return;
  }
  if (turn_.stage != Stage::Rcpt || turn_.code.class_digit() != 2 || over_) return;
  const Recipient& last = recipients.back();
  const std::uint64_t octets = sizeof last + last.mailbox.size() + last.parameters.size();
  const bool too_many = recipients.size() > generous * std::size_t{scenario_->server.limits.recipients};
  if (too_many || !budget_.take(octets)) {
    dismiss(Farewell::TooManyRecipients);
  } else {
    envelope_ += octets;
  }
}

// So many octets of the input at the most.
bool Session::take_content(std::uint64_t octets) {
  std::string_view part = input_.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(octets, input_.size())));
  const std::size_t all = part.size();
  const bool ended = content_->take(part);
  input_.remove_prefix(all - part.size());
  budget_content();
  return ended;
}

// Octets count, and room that was made for them beforehand; not what a text happens to have grown to, which depends on
// how the octets came.
void Session::budget_content() {
  const std::uint64_t held = content_->is_whole() ? std::max<std::uint64_t>(content_->content().size(), reserved_) : 0;
  if (held <= budgeted_) {
    budget_.give_back(budgeted_ - held);
  } else if (!budget_.take(held - budgeted_)) {
    return drop_content();
  }
  budgeted_ = held;
}

void Session::drop_content() {
  content_->stop_keeping();
  budget_.give_back(budgeted_);
  budgeted_ = 0;
  out_of_memory_ = true;
}

std::shared_ptr<Message> Session::make_message() {
  const Transaction& transaction = dialogue_.transaction();
  auto message = std::make_shared<Message>();
  message->session = number_;
  message->number = messages_ + 1;
  message->helo = dialogue_.helo().value_or("");
  if (const auto sender = transaction.sender()) message->sender = std::string(*sender);
  message->parameters = transaction.parameters();
  message->recipients.assign(transaction.recipients().begin(), transaction.recipients().end());
  message->is_whole = content_->is_whole();
  message->size = content_->size();
  message->findings = content_->findings();
  message->content = content_->release();
  return message;
}

}  // namespace smtp_double
