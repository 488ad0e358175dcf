#include "dialogues/dialogue_file.hpp"

#include <string>

#include "dialogues/dialogue_run.hpp"
#include "support/catch.hpp"
#include "support/tcp_client.hpp"

using namespace smtp_double;
using namespace smtp_double::test;
using namespace std::chrono_literals;

namespace {

std::string error(const std::string& text) {
  try {
    parse_dialogue("x", text);
  } catch (const DialogueError& thrown) {
    return thrown.what();
  }
  return "(none)";
}

// What is wrong when this dialogue is run against the server without rules.
std::string wrong(const std::string& text, const Delivery& delivery = {}) {
  const DialogueFile dialogue = parse_dialogue("x", text);
  const std::string pure = run_pure(dialogue, scenario_of(dialogue), delivery);
  // What is not going to come is waited for in vain; what has to come may take its time.
  const std::chrono::milliseconds patience = pure.empty() ? TcpClient::patience : 200ms;
  const std::string tcp = run_over_tcp(dialogue, scenario_of(dialogue), delivery.pace, patience);
  CHECK(pure.empty() == tcp.empty());
  return pure;
}

const std::string greeting = "S: 220 mx.example.test ESMTP smtp-double\n";
const std::string quit = "C: QUIT\nS: 221 2.0.0 mx.example.test closing the connection\nclosed\n";

}  // namespace

TEST_CASE("a dialogue is read line by line") {
  const DialogueFile dialogue = parse_dialogue("x",
                                               "# what it shows\n"
                                               "---\n"
                                               "scenario: inline\n"
                                               "---\n"
                                               "pipelined\n"
                                               "S: 220 hello\n"
                                               "C: NOOP\n"
                                               "C~ half\n"
                                               "wait: 20ms\n"
                                               "S~ 25\n"
                                               "C:\n"
                                               "closed\n"
                                               "reconnect\n"
                                               "reset\n"
                                               "\n"
                                               "from: a@b\n"
                                               "to: c@d\n"
                                               "to: e@f\n"
                                               "content: a\\r\\n\n"
                                               "content: b\\r\\n\n"
                                               "from:\n"
                                               "transcript: 2\n"
                                               "| S: 220\n"
                                               "|    (x)\n");
  CHECK(dialogue.scenario == "scenario: inline\n");
  CHECK(dialogue.pipelined);
  CHECK(dialogue.steps == std::vector<DialogueStep>{Hear{"220 hello\r\n"}, Say{"NOOP\r\n"}, Say{"half"}, Lapse{20ms},
                                                    Hear{"25"}, Say{"\r\n"}, End::Closed, Reconnect{}, End::Reset});
  CHECK(dialogue.messages == std::vector<ExpectedMessage>{{"a@b", {"c@d", "e@f"}, "a\r\nb\r\n"}, {"", {}, {}}});
  CHECK(dialogue.transcripts == std::vector<ExpectedTranscript>{{2, "S: 220\n   (x)\n"}});
  CHECK(client_octets(dialogue) == "NOOP\r\nhalf\r\n");
}

TEST_CASE("what has to do with TLS is read, too") {
  using Outcome = ShakeHands::Outcome;
  const DialogueFile dialogue = parse_dialogue("x",
                                               "tls-implicit\n"
                                               "client-version: TLSv1.1\n"
                                               "client-certificate: ann\n"
                                               "tls\n"
                                               "tls: a.example\n"
                                               "tls-fails: b.example\n"
                                               "half-a-handshake\n"
                                               "hello: c.example\n"
                                               "certificate: wrong-host\n"
                                               "agreed: TLSv1.3\n"
                                               "agreed: TLSv1 AES128-SHA\n"
                                               "no-close-notify\n");
  CHECK(dialogue.implicit_tls);
  CHECK(dialogue.steps ==
        std::vector<DialogueStep>{SpeakVersion{TlsVersion::V11}, OwnCertificate{"ann"}, ShakeHands{""},
                                  ShakeHands{"a.example"}, ShakeHands{"b.example", Outcome::Failed},
                                  ShakeHands{"", Outcome::Half}, SayClientHello{"c.example"},
                                  SeeCertificate{CertificateKind::WrongHost}, SeeAgreed{"TLSv1.3", ""},
                                  SeeAgreed{"TLSv1", "AES128-SHA"}, MissCloseNotify{}});
}

TEST_CASE("octets that cannot be typed are escaped") {
  using namespace std::string_literals;
  const DialogueFile dialogue = parse_dialogue("x", "C~ \\r\\n\\t\\0\\\\\\xC3\\xBC\\{3 ab}c\n");
  CHECK(dialogue.steps == std::vector<DialogueStep>{Say{"\r\n\t\0\\\xC3\xBC"s + "abababc"}});
}

TEST_CASE("a dialogue that is none names the line") {
  CHECK(error("") == "x:0: a dialogue needs something to say or to hear: ");
  CHECK(error("S: 220\nwhat\n") == "x:2: what is this line?: what");
  CHECK(error("S: 220\nX: 1\n") == "x:2: unknown key 'X': X: 1");
  CHECK(error("---\na: b\n") == "x:2: the scenario has no end: a: b");
  CHECK(error("S: 220\n---\n---\n") == "x:2: a scenario stands once, at the top: ---");
  CHECK(error("S: \\q\n").starts_with("x:1: an escape is one of"));
  CHECK(error("S: \\xc3\n").starts_with("x:1: \\x needs two upper-case"));
  CHECK(error("C: a\nto: b\n") == "x:2: 'from' begins a message: to: b");
  CHECK(error("C: a\n| x\n") == "x:2: a line of no transcript: | x");
  CHECK(error("certificate: bad\n") == "x:1: this is no kind of certificate: certificate: bad");
  CHECK(error("S: 220\nclient-version: 1.2\n") == "x:2: this is no version of TLS: client-version: 1.2");
  CHECK(error("agreed: TLSv9 x\n").starts_with("x:1: this is no version of TLS"));
  CHECK(error("pipelined\nC: STARTTLS\ntls\n") ==
        "x:3: a client waits for a handshake: 'pipelined' cannot stand with one: tls");
  CHECK(error("tls-implicit\nS: 220\n").starts_with("x:2: 'tls-implicit' needs a handshake"));
  CHECK(error("wait: long\n") == "x:1: this is no duration: wait: long");
}

TEST_CASE("the runner sees every way in which a server does not keep to a dialogue") {
  CHECK(wrong(greeting + quit).empty());
  CHECK(wrong(greeting).empty());
  CHECK(wrong("S: 221 hello\n").find("step 1: reply: expected \"221 hello\\r\\n\"") != std::string::npos);
  CHECK(wrong(greeting + "C: NOOP\n").find("at the end") != std::string::npos);
  CHECK(wrong(greeting + "closed\n") == "step 2: the connection did not end like that");
  CHECK(wrong(greeting + "C: NOOP\nS: 250 2.0.0 OK\nS: 250 2.0.0 OK\n").starts_with("step 4: reply"));
  CHECK(
      wrong(greeting + "C: QUIT\nS: 221 2.0.0 mx.example.test closing the connection\nreset\n").starts_with("step 4"));
  CHECK(
      wrong(greeting + "C: QUIT\nS: 221 2.0.0 mx.example.test closing the connection\nsilent\n").starts_with("step 4"));
  CHECK(wrong(greeting + quit + "from: a@b\n").starts_with("messages: expected \"1\""));
}

TEST_CASE("the runner sees when a handshake does not go as the dialogue says") {
  const auto with = [](const std::string& tls, const std::string& rest) {
    return "---\nserver:\n  tls: {" + tls + "}\n---\n" + greeting +
           "C: HELO a\nS: 250 mx.example.test\nC: STARTTLS\nS: 220 2.0.0 Ready to start TLS\n" + rest;
  };
  CHECK(wrong(with("certificate: expired", "tls: b\ncertificate: expired\n" + quit)).empty());
  CHECK(
      wrong(with("certificate: expired", "tls: b\ncertificate: trusted-test-ca\n")).starts_with("step 7: certificate"));
  CHECK(wrong(with("certificate: revoked", "tls: b\ncertificate: weak-key\n")).starts_with("step 7: certificate"));
  CHECK(wrong(with("versions: [TLSv1.2]", "tls\nagreed: TLSv1.3\n")).starts_with("step 7: version"));
  CHECK(wrong(with("versions: [TLSv1.2]", "tls\nagreed: TLSv1.2 x\n")).starts_with("step 7: cipher"));
  CHECK(wrong(with("close-notify: false", "tls\n" + quit)).find("without close_notify") != std::string::npos);
  CHECK(wrong(with("close-notify: true",
                   "tls\nC: QUIT\nS: 221 2.0.0 mx.example.test closing the connection\n"
                   "no-close-notify\nclosed\n"))
            .find("does not end without") != std::string::npos);
  CHECK(wrong(with("abort: before-handshake", "tls\n")).starts_with("step 6"));
  CHECK(wrong(with("abort: before-handshake", "half-a-handshake\n")).starts_with("step 6"));
  CHECK(wrong(with("abort: mid-handshake", "tls\n")).starts_with("step 6"));
  CHECK(wrong(with("abort: mid-handshake", "hello\nclosed\n")).starts_with("step 6"));
  CHECK(wrong(with("certificate: expired", "half-a-handshake\n")).starts_with("step 6"));
  CHECK(wrong(with("certificate: expired", "hello\nclosed\n")).starts_with("step"));
  CHECK(wrong(with("certificate: expired", "tls\nC: NOOP\n")).find("at the end") != std::string::npos);
}

TEST_CASE("the runner compares the message that was stored") {
  const std::string sent =
      greeting +
      "C: HELO a\nS: 250 mx.example.test\nC: MAIL FROM:<a@b>\nS: 250 2.1.0 Sender OK\n"
      "C: RCPT TO:<c@d>\nS: 250 2.1.5 Recipient OK\nC: DATA\n"
      "S: 354 Start mail input; end with <CRLF>.<CRLF>\nC: x\nC: .\nS: 250 2.0.0 Message accepted\n";
  CHECK(wrong(sent + "from: a@b\nto: c@d\ncontent: x\\r\\n\n").empty());
  CHECK(wrong(sent + "from: a@b\nto: c@d\n").empty());
  CHECK(wrong(sent).starts_with("messages"));
  CHECK(wrong(sent + "from: z@b\nto: c@d\n").starts_with("message 1, sender"));
  CHECK(wrong(sent + "from: a@b\n").starts_with("message 1, recipients"));
  CHECK(wrong(sent + "from: a@b\nto: c@d\ncontent: y\\r\\n\n").starts_with("message 1, content"));
}

TEST_CASE("a scenario that cannot be read fails the dialogue with its diagnostics") {
  const DialogueFile broken = parse_dialogue("x", "---\nrulez: []\n---\nS: 220\n");
  CHECK_THROWS_AS(scenario_of(broken), DialogueError);
  CHECK_THROWS_AS(scenario_of(parse_dialogue("x", "scenario: no-such-scenario\nS: 220\n")), DialogueError);
}

TEST_CASE("a delay is part of the dialogue where it names one") {
  const std::string scenario = "---\nrules:\n  - at: noop\n    delay: 1h\n---\n";
  const auto pure = [&](const std::string& rest) {
    const DialogueFile dialogue = parse_dialogue("x", scenario + greeting + "C: NOOP\n" + rest + "S: 250 2.0.0 OK\n");
    return run_pure(dialogue, scenario_of(dialogue), {});
  };
  CHECK(pure("wait: 1h\n").empty());
  CHECK(pure("").empty());
  CHECK(pure("wait: 1m\n").starts_with("step 3: wait"));
}
