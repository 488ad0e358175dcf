// A session goes over to another scenario while it runs: to an edit of its own, or to that of another double.

#include <utility>

#include "protocol/path_parser.hpp"
#include "scenario/session.hpp"

namespace smtp_double {

// A reply that was given early points to the rule of its scenario, and is recorded with the next command.
bool Session::is_between_commands() const {
  const bool in_message = content_ || chunk_ || told_ != nullptr;
  return !in_message && !in_auth_ && !awaits_tls_ && !next_answered_ && !farewell_ && !over_;
}

void Session::adopt(std::shared_ptr<const Scenario> scenario, Progress& progress) {
  be_served_by(std::move(scenario), progress);
}

void Session::be_served_by(std::shared_ptr<const Scenario> scenario, Progress& progress) {
  // The last turn, which may still be played, points into the scenario it was made by: not into one that was adopted
  // since and had no turn.
  if (std::exchange(adopted_at_, turns_) != turns_) turn_scenario_ = std::move(scenario_);
  selection_ = {};
  passes_.clear();
  scenario_ = std::move(scenario);
  progress_ = &progress;
  dialogue_.be_served_by(scenario_->server);
  lines_.set_limit(longest_line(*scenario_));
}

// Before the command is judged: it is the first one of the other double's.
void Session::go_by_command(const ParsedLine& parsed) {
  if (!is_between_commands() || !dialogue_.transaction().recipients().empty() || !switchboard_->is_in_use()) return;
  if (is_hello(parsed.stage)) {
    const auto* hello = std::get_if<Hello>(&parsed.command);
    go_over(SelectBy::Helo, hello != nullptr ? hello->name : parsed.argument);
  } else if (parsed.stage == Stage::Rcpt) {
    go_by_recipient(envelope_of(parsed.command).path.value_or(""));
  }
}

// A tag may be one of several, and says more than the domain does.
void Session::go_by_recipient(std::string_view mailbox) {
  std::string_view local = local_part(mailbox);
  if (const std::size_t first = local.find('+'); first != std::string_view::npos) {
    local.remove_prefix(first + 1);
    if (go_over(SelectBy::RecipientTag, local)) return;
    while (local.find('+') != std::string_view::npos) {
      const std::size_t end = local.find('+');
      if (go_over(SelectBy::RecipientTag, local.substr(0, end))) return;
      local.remove_prefix(end + 1);
    }
    if (go_over(SelectBy::RecipientTag, local)) return;
  }
  go_over(SelectBy::RecipientDomain, domain_part(mailbox));
}

// The exchange was the other double's, the verdict is this one's, by its users and its rules.
void Session::go_by_user(Event& event) {
  const bool may = dialogue_.transaction().recipients().empty() && !content_ && switchboard_->is_in_use();
  if (!may || !go_over(SelectBy::AuthUser, exchange_->user())) return;
  judge_again();
  note_auth(event);  // of the exchange that there is now: its predecessor had the name
  turn_.switched = std::exchange(switched_, false);
  turn_.misses.clear();  // by the rules of the one before
  adopted_at_ = 0;       // from here on the turn is one of the scenario that there is now
  event.session = number_;
  event.message = messages_ + 1;
  event.now = now_;
}

// As if all that the client has said had been said to this double. It has heard a verdict, or will now: one that would
// come only after another line stays what it was.
void Session::judge_again() {
  if (!heard_) return;
  AuthSettings settings{scenario_->credentials, heard_->hostname, heard_->nonce};
  if (tls_ && tls_->client) settings.certificate = *tls_->client;
  AuthExchange again(exchange_->mechanism(), settings);
  AuthReply reply = again.start(heard_->initial_response);
  for (const std::string& line : heard_->lines) reply = again.respond(line);
  if (!reply.is_verdict) return;
  auth_reply_ = std::move(reply);
  exchange_ = std::move(again);
}

bool Session::go_over(SelectBy by, std::string_view value) {
  if (value.empty()) return false;
  auto target = switchboard_->put_through(by, value);
  if (!target) return false;
  budget_->give_back(std::exchange(envelope_, 0));
  budget_ = target->budget;
  be_served_by(std::move(target->scenario), *target->progress);
  number_ = target->session;
  now_ = target->now;
  messages_ = 0;
  errors_ = 0;
  if (target->explains_misses) explains_ = true;
  switched_ = true;
  return true;
}

}  // namespace smtp_double
