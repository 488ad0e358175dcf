#include <deque>
#include <memory>
#include <utility>

#include "config/library_search.hpp"
#include "config/scenario_loader.hpp"
#include "dialogues/check_outcome.hpp"
#include "dialogues/dialogue_run.hpp"
#include "network/plan_player.hpp"
#include "scenario/duration.hpp"
#include "scenario/session.hpp"

namespace smtp_double::test {
namespace {

// One double and the connections a dialogue makes to it, without sockets and without time.
class PureRun {
 public:
  PureRun(const DialogueFile& dialogue, const Scenario& scenario, const Delivery& delivery,
          std::set<std::string>* fired)
      : dialogue_(dialogue),
        delivery_(delivery),
        fired_(fired),
        scenario_(std::make_shared<const Scenario>(scenario)),
        progress_(*scenario_),
        budget_(scenario_->server.limits.memory) {}

  std::string run() {
    connect(0);
    for (step_ = 0; step_ < dialogue_.steps.size(); ++step_) {
      std::string wrong = std::visit([this](const auto& step) { return take(step); }, dialogue_.steps[step_]);
      if (!wrong.empty()) return "step " + std::to_string(step_ + 1) + ": " + wrong;
    }
    if (std::string wrong = check_connection(); !wrong.empty()) return wrong;
    return mailbox_difference(dialogue_, mailbox_);
  }

 private:
  void connect(std::size_t first_step) {
    said_ = 0;
    end_.reset();
    const Variant variant = dialogue_.lmtp ? Variant::Lmtp : Variant::Smtp;
    session_ =
        std::make_unique<Session>(scenario_, progress_, budget_, ++sessions_, Peer{"127.0.0.1", 40000, 25}, variant);
    tls_ = Tls::Off;
    session_->set_time(now_);
    player_ = std::make_unique<PlanPlayer>(*session_);
    if (dialogue_.implicit_tls) {
      tls_ = Tls::AwaitsHello;
      session_->start_with_tls();
      return;
    }
    session_->start();
    if (delivery_.pace == Delivery::Pace::AllAtOnce) {
      collect();  // the greeting
      deliver(octets_from(first_step));
    } else if (first_step < dialogue_.steps.size() && !std::holds_alternative<Say>(dialogue_.steps[first_step])) {
      collect();
    } else {
      session_->note_early_talker();
    }
  }

  std::string octets_from(std::size_t step) const {
    std::string all;
    for (; step < dialogue_.steps.size() && !std::holds_alternative<Reconnect>(dialogue_.steps[step]); ++step) {
      if (const auto* say = std::get_if<Say>(&dialogue_.steps[step])) all += say->octets;
    }
    return all;
  }

  std::string take(const Say& say) {
    if (delivery_.pace == Delivery::Pace::AllAtOnce) return {};
    const bool answered = step_ > 0 && std::holds_alternative<Hear>(dialogue_.steps[step_ - 1]);
    if (answered && !heard_.empty()) return difference("before the client goes on", "", heard_);
    deliver(say.octets);
    return {};
  }

  std::string take(const Hear& hear) {
    if (heard_.starts_with(hear.octets)) {
      heard_.erase(0, hear.octets.size());
      return {};
    }
    return difference("reply", hear.octets, heard_);
  }

  std::string take(const Lapse& lapse) {
    for (std::uint64_t i = 0; i < lapse.times; ++i) {
      if (waits_.empty()) return difference("wait", to_string(lapse.time), "none");
      const auto wait = waits_.front();
      waits_.pop_front();
      if (wait != lapse.time) return difference("wait", to_string(lapse.time), to_string(wait));
    }
    return {};
  }

  std::string take(const Advance& advance) {
    now_ += advance.time;
    session_->set_time(now_);
    return {};
  }

  std::string take(const FallSilent&) {
    session_->dismiss(Farewell::Idle);
    collect();
    return {};
  }

  std::string take(const Reconnect&) {
    std::string wrong = check_connection();
    connect(step_ + 1);
    return wrong;
  }

  std::string take(End end) {
    if (end_ != end) return "the connection did not end like that";
    asked_for_end_ = true;
    const bool may_notify = tls_ == Tls::Up && (end == End::Closed || end == End::HalfClosed);
    if (std::exchange(misses_close_notify_, false)) {
      const bool misses = may_notify && !session_->tls_settings().close_notify.value_or(true);
      return misses ? "" : "TLS does not end without close_notify";
    }
    return may_notify && !session_->tls_settings().close_notify.value_or(true) ? "TLS ends without close_notify" : "";
  }

  std::string take(const SpeakVersion& speak) {
    client_version_ = speak.version;
    return {};
  }

  std::string take(const OwnCertificate& own) {
    client_certificate_ = own.name;
    return {};
  }

  std::string take(const MissCloseNotify&) {
    misses_close_notify_ = true;
    return {};
  }

  std::string take(const SayClientHello& hello) {
    if (std::string wrong = say_client_hello(hello.server_name); !wrong.empty()) return wrong;
    return goes_on_ ? "the handshake goes on" : "";
  }

  std::string take(const ShakeHands& handshake) {
    if (std::string wrong = say_client_hello(handshake.server_name); !wrong.empty()) return wrong;
    if (!goes_on_) return "the handshake does not go on";
    const bool half = handshake.outcome == ShakeHands::Outcome::Half;
    if (goes_on_->half != half) return half ? "all of the handshake comes" : "only half of the handshake comes";
    if (handshake.outcome == ShakeHands::Outcome::Done) {
      tls_ = Tls::Up;
      session_->tls_is_up(facts(handshake.server_name));
      collect();
    } else if (handshake.outcome == ShakeHands::Outcome::Failed) {
      end_ = End::Closed;  // nothing of it is the session's to know
    }
    return {};
  }

  std::string take(const SeeCertificate& seen) {
    const CertificateKind kind = session_->tls_settings().certificate.value_or(Certificate{}).kind;
    const std::string expected(word_of(seen.kind));
    return kind == seen.kind ? "" : difference("certificate", expected, std::string(word_of(kind)));
  }

  std::string take(const SeeAgreed& agreed) {
    const TlsFacts* facts = session_->tls_facts();
    if (facts == nullptr) return "TLS is not up";
    if (facts->version != agreed.version) return difference("version", agreed.version, facts->version);
    const bool same = agreed.cipher.empty() || agreed.cipher == facts->cipher;
    return same ? "" : difference("cipher", agreed.cipher, facts->cipher);
  }

  std::string say_client_hello(const std::string& server_name) {
    if (tls_ != Tls::AwaitsHello) return "the server awaits no handshake";
    if (!heard_.empty()) return difference("before the handshake", "", heard_);
    goes_on_.reset();
    session_->client_hello(server_name);
    collect();
    return {};
  }

  // What OpenSSL would agree on, roughly.
  TlsFacts facts(const std::string& server_name) const {
    const TlsSettings& settings = session_->tls_settings();
    const bool is_old = !settings.ciphers.empty() && !settings.ciphers.starts_with("TLS_");
    TlsVersion version = is_old ? TlsVersion::V12 : TlsVersion::V13;
    if (!settings.versions.empty()) version = std::min(version, settings.versions.back());
    if (client_version_) version = *client_version_;
    const bool is_newest = version == TlsVersion::V13;
    std::string cipher = is_newest ? "TLS_AES_256_GCM_SHA384" : "ECDHE-ECDSA-AES256-GCM-SHA384";
    if (!settings.ciphers.empty()) cipher = settings.ciphers;
    TlsFacts facts{std::string(name(version)), cipher, server_name, std::nullopt};
    const auto asked = settings.client_certificate.value_or(ClientCertificate::NotAsked);
    if (asked != ClientCertificate::NotAsked && !client_certificate_.empty()) facts.client = client_certificate_;
    return facts;
  }

  // Nothing unheard is left, and the connection stands as the dialogue says.
  std::string check_connection() {
    if (!heard_.empty()) return difference("at the end", "", heard_);
    if (end_ && !std::exchange(asked_for_end_, false)) return "the server ended the connection, which is not expected";
    return {};
  }

  void deliver(std::string_view octets) {
    while (!octets.empty()) {
      std::size_t size = delivery_.octet_by_octet ? 1 : octets.size();
      if (delivery_.cut && *delivery_.cut > said_) size = std::min(size, *delivery_.cut - said_);
      // In memory of its own, so that what outlives it is seen by the address sanitizer.
      const auto piece = std::make_unique<std::string>(octets.substr(0, size));
      octets.remove_prefix(size);
      said_ += size;
      if (tls_ == Tls::AwaitsHello) continue;  // no octets of the session's
      session_->receive(*piece);
      collect();
    }
  }

  void collect() {
    while (!end_) {
      std::string output;
      const Demand demand = player_->play(output, [this](Turn& turn) { note(turn); });
      heard_ += output;
      if (std::holds_alternative<NeedInput>(demand)) return;
      if (const auto* pause = std::get_if<Pause>(&demand)) {
        waits_.push_back(pause->time);
        session_->keep_unread();
      } else if (std::holds_alternative<TlsBegins>(demand)) {
        tls_ = Tls::AwaitsHello;
      } else if (const auto* handshake = std::get_if<TlsGoesOn>(&demand)) {
        goes_on_ = *handshake;
        if (!handshake->half) return;  // the client's turn
      } else if (const auto* ending = std::get_if<Ending>(&demand)) {
        end_ = end_of(*ending);
      }
    }
  }

  void note(const Turn& turn) {
    if (fired_ != nullptr && turn.rule != nullptr) fired_->insert(turn.rule->name);
    if (turn.accepted) mailbox_.push_back(turn.message);
  }

  static End end_of(Ending ending) {
    switch (ending) {
      case Ending::Close: return End::Closed;
      case Ending::Reset: return End::Reset;
      case Ending::HalfClose: return End::HalfClosed;
      case Ending::GoSilent: return End::Silent;
      case Ending::StopReading: return End::StoppedReading;
    }
    return End::Closed;
  }

  enum class Tls : std::uint8_t { Off, AwaitsHello, Up };

  const DialogueFile& dialogue_;
  const Delivery& delivery_;
  std::set<std::string>* fired_;
  std::shared_ptr<const Scenario> scenario_;
  Progress progress_;
  ContentBudget budget_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<PlanPlayer> player_;
  std::uint64_t sessions_ = 0;
  std::size_t step_ = 0;
  std::size_t said_ = 0;  // octets, on this connection
  std::string heard_;
  std::chrono::microseconds now_{0};
  std::deque<std::chrono::microseconds> waits_;
  std::optional<End> end_;
  bool asked_for_end_ = false;
  Tls tls_ = Tls::Off;
  std::optional<TlsGoesOn> goes_on_;
  std::optional<TlsVersion> client_version_;
  std::string client_certificate_;
  bool misses_close_notify_ = false;
  std::vector<std::shared_ptr<const Message>> mailbox_;
};

std::string library_yaml(const std::string& name) {
  if (const LibraryScenario* found = find_in_library(name)) return std::string(found->yaml);
  throw DialogueError("the library has no scenario '" + name + "'");
}

}  // namespace

Scenario scenario_of(const DialogueFile& dialogue) {
  const bool from_library = !dialogue.library_scenario.empty();
  std::string yaml = from_library ? library_yaml(dialogue.library_scenario) : dialogue.scenario;
  if (yaml.empty()) return make_scenario({});
  LoadedScenario loaded = load_scenario(std::move(yaml), dialogue.name + ".yaml");
  if (loaded.scenario) return std::move(*loaded.scenario);
  throw DialogueError(render(loaded.diagnostics));
}

std::string run_pure(const DialogueFile& dialogue, const Scenario& scenario, const Delivery& delivery,
                     std::set<std::string>* fired) {
  return PureRun(dialogue, scenario, delivery, fired).run();
}

}  // namespace smtp_double::test
