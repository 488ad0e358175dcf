#include <algorithm>
#include <memory>
#include <utility>

#include "dialogues/check_outcome.hpp"
#include "dialogues/dialogue_run.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"

namespace smtp_double::test {
namespace {

constexpr auto silence = std::chrono::milliseconds(30);
constexpr auto longest_delay = std::chrono::milliseconds(5);

void hurry(Response& response) {
  const auto shorten = [](std::chrono::microseconds& time) {
    time = std::min<std::chrono::microseconds>(time, longest_delay);
  };
  auto* time = response.delay ? std::get_if<std::chrono::microseconds>(&*response.delay) : nullptr;
  if (time != nullptr) shorten(*time);
  if (response.pace) shorten(response.pace->every);
  shorten(response.then_after);
}

// A dialogue shows which delay there is; to sit it out would prove nothing more.
Scenario hurried(Scenario scenario) {
  for (Rule& rule : scenario.rules) {
    for (Response& response : rule.responses) hurry(response);
  }
  return scenario;
}

class TcpRun {
 public:
  TcpRun(const DialogueFile& dialogue, const Scenario& scenario, Delivery::Pace pace,
         std::chrono::milliseconds patience)
      : dialogue_(dialogue),
        pace_(pace),
        patience_(patience),
        server_(hurried(scenario), 1, {"127.0.0.1:0"}, RunningServer::Start::Later) {}

  std::string run() {
    connect(0);
    for (step_ = 0; step_ < dialogue_.steps.size(); ++step_) {
      // What a client says before the greeting has to be there before it.
      if (!std::holds_alternative<Say>(dialogue_.steps[step_])) server_.start();
      std::string wrong = std::visit([this](const auto& step) { return take(step); }, dialogue_.steps[step_]);
      if (!wrong.empty()) return "step " + std::to_string(step_ + 1) + ": " + wrong;
    }
    if (std::string wrong = leave(); !wrong.empty()) return wrong;
    server_.stop();
    if (std::string wrong = mailbox_difference(dialogue_, server_.owner().mailbox.messages()); !wrong.empty()) {
      return wrong;
    }
    for (const ExpectedTranscript& expected : dialogue_.transcripts) {
      const std::string got = server_.transcript(expected.session);
      if (got != expected.text) return difference("transcript", expected.text, got);
    }
    return {};
  }

 private:
  void connect(std::size_t first_step) {
    client_ = std::make_unique<TcpClient>(server_.port());
    ended_ = false;
    if (pace_ == Delivery::Pace::AsWritten) return;
    for (std::size_t i = first_step; i < dialogue_.steps.size(); ++i) {
      if (std::holds_alternative<Reconnect>(dialogue_.steps[i])) return;
      if (const auto* say = std::get_if<Say>(&dialogue_.steps[i])) client_->send(say->octets);
    }
  }

  std::string take(const Say& say) {
    if (pace_ == Delivery::Pace::AsWritten) client_->send(say.octets);
    return {};
  }

  std::string take(const Hear& hear) {
    const bool line = hear.octets.ends_with("\r\n") && hear.octets.find("\r\n") == hear.octets.size() - 2;
    const std::string got =
        line ? client_->read_until("\r\n", patience_) : client_->read(hear.octets.size(), patience_);
    return got == hear.octets ? std::string() : difference("reply", hear.octets, got);
  }

  std::string take(const Lapse&) { return {}; }

  std::string take(const Advance& advance) {
    server_.owner().served()->clock.advance(advance.time);
    return {};
  }

  std::string take(const FallSilent&) { return {}; }

  std::string take(const Reconnect&) {
    std::string wrong = leave();
    connect(step_ + 1);
    return wrong;
  }

  std::string take(End end) {
    ended_ = true;
    if (end == End::HalfClosed) return take_half_close();
    if (end == End::StoppedReading) return take_silence();
    if (end == End::Silent) {
      client_->send("NOOP\r\n");
      if (std::string wrong = take_silence(); !wrong.empty()) return wrong;
      client_->finish_sending();  // up to here, and to the end, there must be nothing
    }
    const std::string got = client_->read_all(patience_);
    if (!got.empty()) return difference("at the end", "", got);
    const ConnectionState wanted = end == End::Reset ? ConnectionState::Reset : ConnectionState::Closed;
    return client_->connection() == wanted ? "" : "the connection did not end like that";
  }

  std::string take_silence() {
    const std::string got = client_->read_all(silence);
    if (!got.empty()) return difference("silence", "", got);
    return client_->connection() == ConnectionState::Open ? "" : "the connection ended instead of falling silent";
  }

  // The server has said its last, and takes what the client still has.
  std::string take_half_close() {
    const std::string got = client_->read_all(patience_);
    if (!got.empty()) return difference("at the end", "", got);
    if (client_->connection() != ConnectionState::Closed) return "the server did not half-close";
    client_->send("NOOP\r\n");
    client_->finish_sending();
    return {};
  }

  // The client goes; nothing unheard may be left.
  std::string leave() {
    if (ended_) return {};
    client_->finish_sending();
    const std::string got = client_->read_all(patience_);
    if (!got.empty()) return difference("at the end", "", got);
    return client_->connection() == ConnectionState::Closed ? "" : "the server does not close after the client";
  }

  const DialogueFile& dialogue_;
  Delivery::Pace pace_;
  std::chrono::milliseconds patience_;
  RunningServer server_;
  std::unique_ptr<TcpClient> client_;
  std::size_t step_ = 0;
  bool ended_ = false;
};

}  // namespace

std::string run_over_tcp(const DialogueFile& dialogue, const Scenario& scenario, Delivery::Pace pace,
                         std::chrono::milliseconds patience) {
  if (dialogue.lmtp) return {};  // the server of the tests has no listener for it
  return TcpRun(dialogue, scenario, pace, patience).run();
}

}  // namespace smtp_double::test
