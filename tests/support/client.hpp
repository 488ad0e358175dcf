#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/session.hpp"

namespace smtp_double::test {

/// What is left of a turn when the session has gone on.
struct Answer {
  Stage stage;
  std::string line;
  std::string shown_line;  ///< without secrets
  std::string rule;        ///< "" when the built-in server answered
  std::uint64_t hit;
  int code;
  ReplyPlan plan;
  bool accepted;
  bool switched;
};

/// A client of one session that needs neither a socket nor time: it takes every plan as played at once.
class Client {
 public:
  explicit Client(Scenario scenario, Peer peer = {"192.0.2.1", 40000, 25}, Variant variant = Variant::Smtp)
      : scenario_(std::make_shared<const Scenario>(std::move(scenario))),
        progress_(*scenario_),
        budget_(scenario_->server.limits.memory),
        peer_(std::move(peer)),
        variant_(variant) {
    reconnect();
  }

  /// A new session of the same double; its greeting is due.
  void reconnect() {
    session_ = std::make_unique<Session>(scenario_, progress_, budget_, ++sessions_, peer_, variant_);
    session_->start();
  }

  /// Everything that is answered before more octets are needed.
  std::vector<Answer> answers() {
    std::vector<Answer> all;
    while (Turn* turn = session_->next_turn()) {
      all.push_back({turn->stage, std::string(turn->line), std::string(turn->shown),
                     turn->rule != nullptr ? turn->rule->name : "", turn->hit, turn->code.value(), turn->plan,
                     turn->accepted, turn->switched});
      if (turn->message != nullptr) {
        messages.push_back(turn->message);
        if (turn->accepted) mailbox.push_back(turn->message);
        turn->share.give_back();
      }
    }
    return all;
  }

  std::vector<Answer> send(std::string octets) {
    received_.push_back(std::make_unique<std::string>(std::move(octets)));
    session_->receive(*received_.back());
    auto all = answers();
    received_.clear();
    return all;
  }

  /// The octets that come back for these; what the connection does then stands behind, e.g. "(close)".
  std::string talk(std::string octets) { return shown(send(std::move(octets))); }
  std::string greeting() { return shown(answers()); }

  /// Greeting, EHLO, MAIL and one RCPT, whatever is answered.
  void open_transaction() {
    answers();
    send("EHLO client.example\r\nMAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@b.example>\r\n");
  }

  /// Behind a STARTTLS that was answered 220: the handshake, with nothing wrong about it.
  std::string handshake(std::string_view server_name, TlsFacts facts = {"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, {}}) {
    session_->client_hello(server_name);
    std::string said = shown(answers());
    facts.server_name = server_name;
    if (!session_->is_over()) session_->tls_is_up(std::move(facts));
    return said + shown(answers());
  }

  Session& session() { return *session_; }
  const Scenario& scenario() const { return *scenario_; }
  Progress& progress() { return progress_; }
  ContentBudget& budget() { return budget_; }

  std::vector<std::shared_ptr<const Message>> messages;  ///< whose end was seen
  std::vector<std::shared_ptr<const Message>> mailbox;   ///< of those the accepted ones

 private:
  static std::string shown(const std::vector<Answer>& answers) {
    std::string text;
    for (const Answer& answer : answers) {
      text += answer.plan.bytes;
      for (const Step& step : answer.plan.steps) {
        if (std::holds_alternative<Close>(step)) text += "(close)";
        if (std::holds_alternative<Reset>(step)) text += "(reset)";
        if (std::holds_alternative<GoSilent>(step)) text += "(silent)";
        if (std::holds_alternative<BeginTls>(step)) text += "(begin TLS)";
        if (const auto* handshake = std::get_if<Handshake>(&step)) text += handshake->half ? "(half)" : "(handshake)";
      }
    }
    return text;
  }

  std::shared_ptr<const Scenario> scenario_;
  Progress progress_;
  ContentBudget budget_;
  Peer peer_;
  Variant variant_;
  std::uint64_t sessions_ = 0;
  std::vector<std::unique_ptr<std::string>> received_;
  std::unique_ptr<Session> session_;
};

}  // namespace smtp_double::test
