#include <algorithm>
#include <memory>
#include <utility>

#include "dialogues/check_outcome.hpp"
#include "dialogues/dialogue_run.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"
#include "support/tls_tcp_client.hpp"

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

constexpr int weak_bits = 1024;

// By OpenSSL's client that trusts the double's CA, and asks its list of those that are revoked.
long verdict_on(CertificateKind kind) {
  switch (kind) {
    case CertificateKind::SelfSigned: return X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
    case CertificateKind::Expired: return X509_V_ERR_CERT_HAS_EXPIRED;
    case CertificateKind::NotYetValid: return X509_V_ERR_CERT_NOT_YET_VALID;
    case CertificateKind::WrongHost: return X509_V_ERR_HOSTNAME_MISMATCH;
    case CertificateKind::UntrustedCa: return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case CertificateKind::Revoked: return X509_V_ERR_CERT_REVOKED;
    case CertificateKind::TrustedTestCa:
    case CertificateKind::WeakKey:
    case CertificateKind::File: return X509_V_OK;
  }
  return X509_V_OK;
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
        server_(hurried(scenario), listeners(dialogue), 1, RunningServer::Start::Later) {}

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
  static std::vector<ListenerAddress> listeners(const DialogueFile& dialogue) {
    const ListenerKind kind = dialogue.implicit_tls ? ListenerKind::Smtps
                              : dialogue.lmtp       ? ListenerKind::Lmtp
                                                    : ListenerKind::Smtp;
    return {{endpoint("127.0.0.1:0"), kind}};
  }

  void connect(std::size_t first_step) {
    tls_.reset();
    tls_failed_ = false;
    client_ = std::make_unique<TcpClient>(server_.port());
    ended_ = false;
    if (pace_ == Delivery::Pace::AsWritten) return;
    for (std::size_t i = first_step; i < dialogue_.steps.size(); ++i) {
      if (std::holds_alternative<Reconnect>(dialogue_.steps[i])) return;
      if (const auto* say = std::get_if<Say>(&dialogue_.steps[i])) client_->send(say->octets);
    }
  }

  std::string take(const Say& say) {
    if (pace_ == Delivery::Pace::AsWritten) send(say.octets);
    return {};
  }

  std::string take(const Hear& hear) {
    const bool line = hear.octets.ends_with("\r\n") && hear.octets.find("\r\n") == hear.octets.size() - 2;
    const std::string got = line ? read_line() : read(hear.octets.size());
    return got == hear.octets ? std::string() : difference("reply", hear.octets, got);
  }

  std::string read_line() {
    return is_secure() ? tls_->read_until("\r\n", patience_) : client_->read_until("\r\n", patience_);
  }
  std::string read(std::size_t octets) {
    return is_secure() ? tls_->read(octets, patience_) : client_->read(octets, patience_);
  }
  std::string read_all(std::chrono::milliseconds at_most) {
    return is_secure() ? tls_->read_all(at_most) : client_->read_all(at_most);
  }
  void send(const std::string& octets) { is_secure() ? tls_->send(octets) : client_->send(octets); }
  bool is_secure() const { return tls_ != nullptr && tls_->is_established(); }

  std::string take(const SpeakVersion& speak) {
    settings_.version = speak.version;
    return {};
  }

  std::string take(const OwnCertificate& own) {
    settings_.own_name = own.name;
    return {};
  }

  void begin_tls(const std::string& server_name) {
    settings_.ca = server_.certificates().ca();
    settings_.crl = server_.certificates().crl();
    settings_.server_name = server_name;
    tls_ = std::make_unique<TlsTcpClient>(*client_, settings_);
  }

  std::string take(const SayClientHello& hello) {
    begin_tls(hello.server_name);
    tls_->say_hello();
    return {};
  }

  std::string take(const ShakeHands& handshake) {
    begin_tls(handshake.server_name);
    switch (handshake.outcome) {
      case ShakeHands::Outcome::Done:
        return tls_->shake_hands(patience_) ? "" : "the handshake failed: " + tls_->error();
      case ShakeHands::Outcome::Half: return take_half();
      case ShakeHands::Outcome::Failed: return take_failure();
    }
    return {};
  }

  std::string take_half() {
    tls_->say_hello();
    std::string half = client_->read_some(patience_);
    half += client_->read_all(silence);
    if (half.empty()) return "nothing of the handshake came";
    return tls_->take(half) ? "all of the handshake came" : "";
  }

  // Up to TLS 1.2 a client learns it within the handshake, since then with the first octets behind it.
  std::string take_failure() {
    const bool done = tls_->shake_hands(patience_);
    const std::string got = done ? tls_->read_all(patience_) : std::string();
    if (!got.empty()) return difference("behind a handshake that fails", "", got);
    tls_failed_ = !tls_->error().empty();
    return tls_failed_ ? "" : "the handshake did not fail";
  }

  std::string take(const SeeCertificate& seen) {
    if (!is_secure()) return {};  // nobody showed it
    if (seen.kind == CertificateKind::WeakKey && tls_->key_bits() != weak_bits) return "the key is not weak";
    const long verdict = tls_->verdict();
    const bool same = verdict == verdict_on(seen.kind) || (seen.kind == CertificateKind::UntrustedCa &&
                                                           verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE);
    return same ? ""
                : "certificate: not " + std::string(word_of(seen.kind)) +
                      ", as it is judged: " + std::to_string(verdict);
  }

  std::string take(const SeeAgreed& agreed) {
    if (tls_->version() != agreed.version) return difference("version", agreed.version, tls_->version());
    const bool same = agreed.cipher.empty() || agreed.cipher == tls_->cipher();
    return same ? "" : difference("cipher", agreed.cipher, tls_->cipher());
  }

  std::string take(const MissCloseNotify&) {
    misses_close_notify_ = true;
    return {};
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
      if (tls_ == nullptr || is_secure()) send("NOOP\r\n");
      if (std::string wrong = take_silence(); !wrong.empty()) return wrong;
      client_->finish_sending();  // up to here, and to the end, there must be nothing
    }
    const std::string got = read_all(patience_);
    if (!got.empty()) return difference("at the end", "", got);
    const ConnectionState wanted = end == End::Reset ? ConnectionState::Reset : ConnectionState::Closed;
    if (client_->connection() != wanted) return "the connection did not end like that";
    return end == End::Closed ? close_notify_difference() : "";
  }

  std::string close_notify_difference() {
    const bool expected =
        is_secure() && !std::exchange(misses_close_notify_, false) && !std::exchange(tls_failed_, false);
    const bool came = tls_ != nullptr && tls_->was_closed();
    if (came == expected) return {};
    return came ? "TLS does not end without close_notify" : "TLS ends without close_notify";
  }

  std::string take_silence() {
    const std::string got = read_all(silence);
    if (!got.empty()) return difference("silence", "", got);
    return client_->connection() == ConnectionState::Open ? "" : "the connection ended instead of falling silent";
  }

  // The server has said its last, and takes what the client still has.
  std::string take_half_close() {
    const std::string got = read_all(patience_);
    if (!got.empty()) return difference("at the end", "", got);
    if (client_->connection() != ConnectionState::Closed) return "the server did not half-close";
    if (std::string wrong = close_notify_difference(); !wrong.empty()) return wrong;
    send("NOOP\r\n");
    client_->finish_sending();
    return {};
  }

  // The client goes; nothing unheard may be left.
  std::string leave() {
    if (ended_) return {};
    if (is_secure()) tls_->close();
    client_->finish_sending();
    const std::string got = read_all(patience_);
    if (!got.empty()) return difference("at the end", "", got);
    return client_->connection() == ConnectionState::Closed ? "" : "the server does not close after the client";
  }

  const DialogueFile& dialogue_;
  Delivery::Pace pace_;
  std::chrono::milliseconds patience_;
  RunningServer server_;
  std::unique_ptr<TcpClient> client_;
  TlsClientSettings settings_;
  std::unique_ptr<TlsTcpClient> tls_;
  std::size_t step_ = 0;
  bool ended_ = false;
  bool tls_failed_ = false;
  bool misses_close_notify_ = false;
};

}  // namespace

std::string run_over_tcp(const DialogueFile& dialogue, const Scenario& scenario, Delivery::Pace pace,
                         std::chrono::milliseconds patience) {
  return TcpRun(dialogue, scenario, pace, patience).run();
}

}  // namespace smtp_double::test
