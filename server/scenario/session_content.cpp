// A message while it comes, by DATA or in chunks: its content, its recipients, the bounds on both, and its replies.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "protocol/command_parser.hpp"
#include "protocol/parameters.hpp"
#include "scenario/reply_text.hpp"
#include "scenario/session.hpp"

namespace smtp_double {

void Session::begin_content(bool in_chunks) {
  in_chunks_ = in_chunks;
  content_.emplace(scenario_->server.limits.message_size);
  next_mark_ = 0;
  const std::uint64_t declared = declared_size(dialogue_.transaction().parameters()).value_or(0);
  const bool fits = declared <= DataCollector::most_expected && budget_->held() + declared <= budget_->limit() / 2;
  reserved_ = fits ? declared : 0;
  content_->expect(reserved_);
  budget_content();
}

// A chunk is answered when its octets are here (RFC 3030 2). Where BDAT is not served at all it is refused at once, and
// its octets are skipped.
bool Session::begin_chunk(const ParsedLine& parsed, const BuiltInReply& built_in) {
  const auto* bdat = std::get_if<Bdat>(&parsed.command);
  if (bdat == nullptr || !dialogue_.offer().in_force.has(Extension::Chunking)) return false;
  chunk_line_ = parsed.line;
  const bool refused = built_in.code.class_digit() != 2;
  chunk_ = Chunk{bdat->size, bdat->last, refused ? std::optional(built_in) : std::nullopt};
  if (!refused && !content_) begin_content(true);
  return true;
}

// The octets that BDAT announces follow all the same, and are no commands.
void Session::skip_after(std::string_view argument) {
  // Any number of blanks may come before the size: not to see the octets would be to take them for commands.
  argument.remove_prefix(std::min(argument.find_first_not_of(" \t"), argument.size()));
  skipped_ = 0;
  const auto size = std::from_chars(argument.data(), argument.data() + argument.size(), skipped_);
  if (size.ec == std::errc::result_out_of_range) skipped_ = UINT64_MAX;
}

void Session::skip_octets() {
  const auto octets = static_cast<std::size_t>(std::min<std::uint64_t>(skipped_, input_.size()));
  input_.remove_prefix(octets);
  skipped_ -= octets;
}

// The rules for the body are asked at fixed numbers of octets, however these come.
Turn* Session::content_turn() {
  const auto& marks = scenario_->content_marks;
  while (true) {
    const bool has_mark = content_ && next_mark_ < marks.size() && !content_answered_;
    const std::uint64_t mark = has_mark ? std::max<std::uint64_t>(marks[next_mark_], 1) : UINT64_MAX;
    if (has_mark && content_->size() >= mark) {
      if (Turn* turn = body_turn(marks[next_mark_++])) return turn;
    } else if (chunk_ && chunk_->left == 0) {
      return chunk_->last && !chunk_->refusal ? message_turn() : chunk_turn();
    } else if (input_.empty()) {
      return nullptr;
    } else if (chunk_) {
      take_chunk(has_mark ? mark - content_->size() : UINT64_MAX);
    } else if (take_content(mark - content_->size())) {
      return message_turn();
    }
  }
}

Turn* Session::body_turn(std::uint64_t mark) {
  Event event = event_at(Stage::Body);
  event.verb = chunk_ ? "BDAT" : "DATA";
  // Not what has come, which is an octet more where a CR behind a dot turned out to be content.
  event.size = std::max<std::uint64_t>(mark, 1);
  event.content_mark = mark;
  begin_turn(Stage::Body, {});
  selection_ = select_rule(*scenario_, *progress_, event, candidates_);
  if (selection_.rule == nullptr) return nullptr;
  note_selection();
  answer_body(event);
  return &turn_;
}

// A reply while content comes is the one to the content: nothing is said at its end.
void Session::answer_body(Event& event) {
  turn_.code = ReplyCode::of<250>();
  const Response& response = *selection_.response;
  begin_plan(&event);
  if (response.read_pace) turn_.plan.steps.emplace_back(ReadSlowly{*response.read_pace});
  if (const auto* reply = std::get_if<ReplyTemplate>(&response.what)) append_reply(event, *reply);
  if (const auto* raw = std::get_if<RawBytes>(&response.what)) append_raw(*raw, turn_.code);
  if (!turn_.plan.bytes.empty()) {
    content_answered_ = {turn_.code, turn_.rule, turn_.hit, reply_lines(turn_.plan.bytes)};
  }
  finish_plan(&response);
}

// One that is not the last, or that came out of order.
Turn* Session::chunk_turn() {
  begin_turn(Stage::Bdat, chunk_line_);
  const BuiltInReply built_in = chunk_->refusal ? *chunk_->refusal : dialogue_.judge_chunk(*content_, out_of_memory_);
  if (content_answered_ || next_answered_) {
    note_answered(content_answered_ ? content_answered_ : next_answered_);
  } else if (is_ruled(Stage::Bdat)) {
    const ParsedLine parsed = parse_command({chunk_line_});
    Event event = event_at(Stage::Bdat);
    note_envelope(event, parsed);
    if (content_) event.size = content_->size();
    answer(event, built_in);
  } else {
    answer_built_in(built_in);
  }
  chunk_.reset();
  dialogue_.after_chunk(turn_.code);
  if (turn_.code.class_digit() < 4) return &turn_;
  if (content_) drop_chunks();
  count_error();
  return &turn_;
}

Turn* Session::message_turn() {
  told_ = make_message();
  next_recipient_ = 0;
  return recipient_turn();
}

// LMTP has a reply for each recipient (RFC 2033 4.2), SMTP one for all.
Turn* Session::recipient_turn() {
  begin_turn(Stage::Message, chunk_ ? std::string_view(chunk_line_) : std::string_view());
  const BuiltInReply built_in = dialogue_.judge_content(*content_, out_of_memory_);
  if (next_recipient_ == 0) turn_.message = told_;
  if (content_answered_) {
    auto answered = content_answered_;  // which stands for every recipient
    note_answered(answered);
  } else if (next_answered_) {
    note_answered(next_answered_);
  } else if (is_ruled(Stage::Message)) {
    Event event = event_at(Stage::Message);
    event.verb = chunk_ ? "BDAT" : "DATA";
    if (told_->is_whole) event.content = told_->content;
    event.size = told_->size;
    if (answers_each()) {
      event.recipient = told_->recipients[next_recipient_].mailbox;
      event.parameters = told_->recipients[next_recipient_].parameters;
    }
    answer(event, built_in);
  } else {
    answer_built_in(built_in);
  }
  const bool taken = turn_.code.class_digit() == 2;
  if (taken && answers_each()) {
    turn_.taker = told_->recipients[next_recipient_];
    takers_.push_back(*turn_.taker);
    taken_with_.push_back(told_reply());
  }
  const bool more = answers_each() && ++next_recipient_ < told_->recipients.size() && !over_;
  if (!more && (taken || !takers_.empty())) accept_message();
  if (!more && turn_.message == nullptr) turn_.message = told_;
  turn_.promises = taken;
  turn_.ends_message = !more;
  if (!more) end_message();
  // Once for the message: the last of its replies is still to be heard.
  if (!more && turn_.code.class_digit() >= 4) count_error();
  return &turn_;
}

// A rule may have asked for content that is for nobody: that has one reply.
bool Session::answers_each() const { return dialogue_.is_lmtp() && !told_->recipients.empty(); }

// LMTP's is for those only whose reply said so.
void Session::accept_message() {
  if (answers_each() && takers_.size() < told_->recipients.size()) {
    told_ = std::make_shared<Message>(*told_);
    told_->recipients = takers_;
  }
  told_->outcome = taken_with_.empty() ? told_reply() : taken_with_.back();
  told_->outcomes = std::exchange(taken_with_, {});
  turn_.message = told_;
  turn_.accepted = true;
  ++accepted_messages_;
  errors_ = 0;
}

// What the client is told at this turn, or was before it.
std::string Session::told_reply() const {
  return turn_.plan.bytes.empty() ? replied_before_ : reply_lines(turn_.plan.bytes);
}

// What was answered 2yz stands, however the rest of the replies comes to its end (RFC 2033 4.2).
std::shared_ptr<Message> Session::abandon_message() {
  if (told_ == nullptr || takers_.empty()) return nullptr;
  accept_message();
  end_message();
  turn_.share.give_back();
  return std::exchange(turn_.message, nullptr);
}

// It was accepted for nobody, or for those of LMTP's recipients that had their reply before.
void Session::refuse_unkept() {
  if (!turn_.ends_message) {
    takers_.pop_back();
    taken_with_.pop_back();
  } else if (turn_.taker && turn_.message->recipients.size() > 1) {
    turn_.message = std::make_shared<Message>(*turn_.message);
    turn_.message->recipients.pop_back();
    turn_.message->outcomes.pop_back();
    turn_.message->outcome = turn_.message->outcomes.back();
  } else {
    turn_.accepted = false;
    --accepted_messages_;
  }
  const auto ending = over_ && !turn_.plan.steps.empty() ? std::optional(turn_.plan.steps.back()) : std::nullopt;
  turn_.promises = false;
  turn_.rule = nullptr;
  turn_.hit = 0;
  turn_.plan.clear();
  const BuiltInReply reply = built_in_reply<451>({4, 3, 0}, "The message could not be stored");
  turn_.code = reply.code;
  append_built_in(reply);
  turn_.plan.steps.emplace_back(Send{turn_.plan.bytes.size()});
  if (ending) turn_.plan.steps.push_back(*ending);
  if (turn_.ends_message) count_error();
}

void Session::end_message() {
  turn_.share = {*budget_, std::exchange(budgeted_, 0)};
  content_answered_.reset();
  ++messages_;
  told_.reset();
  takers_.clear();
  taken_with_.clear();
  chunk_.reset();
  drop_chunks();
  dialogue_.after_content();
  budget_recipients();
}

// What was kept of the content, and is not wanted any more.
void Session::drop_chunks() {
  content_.reset();
  budget_->give_back(std::exchange(budgeted_, 0));
  out_of_memory_ = false;
}

// A rule may go on with 250 where the built-in server would have stopped, but not for ever.
void Session::budget_recipients() {
  constexpr std::size_t uncounted = 16;
  constexpr std::size_t generous = 10;
  const auto recipients = dialogue_.transaction().recipients();
  if (recipients.size() <= uncounted) {
    if (envelope_ != 0) budget_->give_back(std::exchange(envelope_, 0));
    return;
  }
  if (turn_.stage != Stage::Rcpt || turn_.code.class_digit() != 2 || over_) return;
  const Recipient& last = recipients.back();
  const std::uint64_t octets = sizeof last + last.mailbox.size() + last.parameters.size();
  const bool too_many = recipients.size() > generous * std::size_t{scenario_->server.limits.recipients};
  if (too_many || !budget_->take(octets)) {
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

void Session::take_chunk(std::uint64_t octets) {
  const auto most = std::min<std::uint64_t>({octets, chunk_->left, input_.size()});
  const std::string_view part = input_.substr(0, static_cast<std::size_t>(most));
  if (content_ && !chunk_->refusal) {
    content_->take_octets(part);
    budget_content();
  }
  input_.remove_prefix(part.size());
  chunk_->left -= part.size();
}

// Octets count, and room that was made for them beforehand; not what a text happens to have grown to, which depends on
// how the octets came.
void Session::budget_content() {
  const std::uint64_t held = content_->is_whole() ? std::max(content_->held(), reserved_) : 0;
  if (held <= budgeted_) {
    budget_->give_back(budgeted_ - held);
  } else if (!budget_->take(held - budgeted_)) {
    return drop_content();
  }
  budgeted_ = held;
}

void Session::drop_content() {
  content_->stop_keeping();
  budget_->give_back(budgeted_);
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
