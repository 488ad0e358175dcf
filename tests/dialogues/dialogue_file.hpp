#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenario/tls_settings.hpp"

// The format is described in README.md beside this file.

namespace smtp_double::test {

/// The client sends these octets.
struct Say {
  std::string octets;
  friend bool operator==(const Say&, const Say&) = default;
};
/// The server must send exactly these.
struct Hear {
  std::string octets;
  friend bool operator==(const Hear&, const Hear&) = default;
};
/// The server lets this time pass before what it sends next.
struct Lapse {
  std::chrono::microseconds time;
  std::uint64_t times = 1;
  friend bool operator==(const Lapse&, const Lapse&) = default;
};
/// The double's clock goes forward.
struct Advance {
  std::chrono::microseconds time;
  friend bool operator==(const Advance&, const Advance&) = default;
};
/// The client says nothing until the server's timeout.
struct FallSilent {
  friend bool operator==(const FallSilent&, const FallSilent&) = default;
};
/// The connection is left, and a new one made to the same double.
struct Reconnect {
  friend bool operator==(const Reconnect&, const Reconnect&) = default;
};
/// The client shakes hands here, and asks for that name ("": for none). All octets behind it are in TLS.
struct ShakeHands {
  std::string server_name;
  /// How far it gets: to its end; half of what the server says first comes; the two have nothing in common.
  enum class Outcome : std::uint8_t { Done, Half, Failed };
  Outcome outcome = Outcome::Done;
  friend bool operator==(const ShakeHands&, const ShakeHands&) = default;
};
/// Of the handshake comes the ClientHello only, and the server does not go on with it.
struct SayClientHello {
  std::string server_name;
  friend bool operator==(const SayClientHello&, const SayClientHello&) = default;
};
/// The server's certificate is of that kind.
struct SeeCertificate {
  CertificateKind kind;
  friend bool operator==(const SeeCertificate&, const SeeCertificate&) = default;
};
/// What the handshake agreed on.
struct SeeAgreed {
  std::string version;
  std::string cipher;  ///< "": whichever
  friend bool operator==(const SeeAgreed&, const SeeAgreed&) = default;
};
/// In the handshakes that follow, the client speaks this version and no other.
struct SpeakVersion {
  TlsVersion version;
  friend bool operator==(const SpeakVersion&, const SpeakVersion&) = default;
};
/// In the handshakes that follow, the client has a certificate for that name.
struct OwnCertificate {
  std::string name;
  friend bool operator==(const OwnCertificate&, const OwnCertificate&) = default;
};
/// The end that follows comes without close_notify.
struct MissCloseNotify {
  friend bool operator==(const MissCloseNotify&, const MissCloseNotify&) = default;
};
/// What the server must have done to the connection.
enum class End : std::uint8_t { Closed, Reset, HalfClosed, Silent, StoppedReading };

using DialogueStep = std::variant<Say, Hear, Lapse, Advance, FallSilent, Reconnect, ShakeHands, SayClientHello,
                                  SeeCertificate, SeeAgreed, SpeakVersion, OwnCertificate, MissCloseNotify, End>;

struct ExpectedMessage {
  std::string from;
  std::vector<std::string> to;
  std::optional<std::string> content;
  friend bool operator==(const ExpectedMessage&, const ExpectedMessage&) = default;
};

struct ExpectedTranscript {
  std::uint64_t session = 1;
  std::string text;
  friend bool operator==(const ExpectedTranscript&, const ExpectedTranscript&) = default;
};

/// One file: a scenario, what is said in which order, and what the double has to show for it.
struct DialogueFile {
  std::string name;
  std::string library_scenario;  ///< "" where there is none
  std::string scenario;          ///< YAML; "" is a scenario without settings and rules
  bool pipelined = false;        ///< the client may send everything at once
  bool lmtp = false;             ///< the session speaks LMTP
  bool implicit_tls = false;     ///< each connection begins with TLS
  std::vector<DialogueStep> steps;
  std::vector<ExpectedMessage> messages;
  std::vector<ExpectedTranscript> transcripts;
};

class DialogueError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws a DialogueError with name and line for a text that is no dialogue.
DialogueFile parse_dialogue(std::string name, std::string_view text);

/// Every *.dialogue in and below a folder, by name: "errors/mailbox-full" for one further below.
std::vector<DialogueFile> read_dialogues(const std::string& folder);

/// The word for it in scenarios: "self-signed".
std::string_view word_of(CertificateKind kind);

/// Everything the client says on its first connection.
std::string client_octets(const DialogueFile& dialogue);

}  // namespace smtp_double::test
