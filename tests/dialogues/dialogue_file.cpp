#include "dialogues/dialogue_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenario/duration.hpp"

namespace smtp_double::test {
namespace {

// In the order of CertificateKind, but for files.
constexpr std::array<std::string_view, 8> certificate_words{
    "trusted-test-ca", "self-signed", "expired", "not-yet-valid", "wrong-host", "untrusted-ca", "weak-key", "revoked"};

template <class Step>
bool holds(const DialogueStep& step) {
  return std::holds_alternative<Step>(step);
}

class Parser {
 public:
  Parser(std::string name, std::string_view text) : rest_(text) { dialogue_.name = std::move(name); }

  DialogueFile parse() {
    while (next_line()) take_line();
    if (dialogue_.steps.empty()) fail("a dialogue needs something to say or to hear");
    if (dialogue_.implicit_tls) check_begin_of_tls();
    if (dialogue_.pipelined && std::ranges::any_of(dialogue_.steps, holds<ShakeHands>)) {
      fail("a client waits for a handshake: 'pipelined' cannot stand with one");
    }
    return std::move(dialogue_);
  }

 private:
  bool next_line() {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return true;
  }

  void check_begin_of_tls() const {
    const bool speaks = std::ranges::any_of(dialogue_.steps, [](const DialogueStep& step) {
      return holds<ShakeHands>(step) || holds<SayClientHello>(step);
    });
    if (!speaks) fail("'tls-implicit' needs a handshake");
  }

  void take_line() {
    if (line_.empty() || line_.starts_with('#')) return;
    if (line_ == "---") return take_scenario();
    if (line_.starts_with("| ") || line_ == "|") return take_transcript_line();
    if (take_speech() || take_word()) return;
    const std::size_t colon = line_.find(':');
    if (colon == std::string_view::npos) fail("what is this line?");
    const std::string_view value = line_.substr(colon + 1);
    take_setting(line_.substr(0, colon), value.starts_with(' ') ? value.substr(1) : value);
  }

  void take_scenario() {
    if (!dialogue_.scenario.empty() || !dialogue_.steps.empty()) fail("a scenario stands once, at the top");
    while (next_line() && line_ != "---") dialogue_.scenario.append(line_).append(1, '\n');
    if (line_ != "---") fail("the scenario has no end");
  }

  void take_transcript_line() {
    if (dialogue_.transcripts.empty()) fail("a line of no transcript");
    const std::string_view text = line_.substr(std::min<std::size_t>(2, line_.size()));
    dialogue_.transcripts.back().text.append(text).append(1, '\n');
  }

  bool take_speech() {
    const bool client = line_.starts_with("C");
    if (!client && !line_.starts_with("S")) return false;
    const std::string_view mark = line_.substr(1, 2);
    if (mark != ": " && mark != "~ " && line_.substr(1) != ":") return false;
    std::string octets = unescaped(line_.substr(std::min<std::size_t>(3, line_.size())));
    if (mark != "~ ") octets += "\r\n";
    dialogue_.steps.emplace_back(client ? DialogueStep(Say{std::move(octets)}) : DialogueStep(Hear{std::move(octets)}));
    return true;
  }

  bool take_word() {
    if (line_ == "pipelined") {
      dialogue_.pipelined = true;
    } else if (line_ == "lmtp") {
      dialogue_.lmtp = true;
    } else if (line_ == "tls-implicit") {
      dialogue_.implicit_tls = true;
    } else if (line_ == "no-close-notify") {
      dialogue_.steps.emplace_back(MissCloseNotify{});
    } else if (take_handshake(line_, {})) {
      return true;
    } else if (line_ == "idle") {
      dialogue_.steps.emplace_back(FallSilent{});
    } else if (line_ == "reconnect") {
      dialogue_.steps.emplace_back(Reconnect{});
    } else if (line_ == "closed") {
      dialogue_.steps.emplace_back(End::Closed);
    } else if (line_ == "reset") {
      dialogue_.steps.emplace_back(End::Reset);
    } else if (line_ == "half-closed") {
      dialogue_.steps.emplace_back(End::HalfClosed);
    } else if (line_ == "stopped-reading") {
      dialogue_.steps.emplace_back(End::StoppedReading);
    } else if (line_ == "silent") {
      dialogue_.steps.emplace_back(End::Silent);
    } else {
      return false;
    }
    return true;
  }

  bool take_handshake(std::string_view word, std::string_view asked_for) {
    const std::string server_name(asked_for);
    if (word == "tls") {
      dialogue_.steps.emplace_back(ShakeHands{server_name});
    } else if (word == "half-a-handshake") {
      dialogue_.steps.emplace_back(ShakeHands{server_name, ShakeHands::Outcome::Half});
    } else if (word == "tls-fails") {
      dialogue_.steps.emplace_back(ShakeHands{server_name, ShakeHands::Outcome::Failed});
    } else if (word == "hello") {
      dialogue_.steps.emplace_back(SayClientHello{server_name});
    } else {
      return false;
    }
    return true;
  }

  bool take_tls_setting(std::string_view key, std::string_view value) {
    if (key == "certificate") {
      dialogue_.steps.emplace_back(SeeCertificate{certificate(value)});
    } else if (key == "agreed") {
      const std::size_t space = std::min(value.find(' '), value.size());
      const std::string_view cipher = value.substr(std::min(space + 1, value.size()));
      dialogue_.steps.emplace_back(SeeAgreed{std::string(name(version(value.substr(0, space)))), std::string(cipher)});
    } else if (key == "client-version") {
      dialogue_.steps.emplace_back(SpeakVersion{version(value)});
    } else if (key == "client-certificate") {
      dialogue_.steps.emplace_back(OwnCertificate{std::string(value)});
    } else {
      return false;
    }
    return true;
  }

  CertificateKind certificate(std::string_view word) const {
    const auto* found = std::ranges::find(certificate_words, word);
    if (found == certificate_words.end()) fail("this is no kind of certificate");
    return static_cast<CertificateKind>(found - certificate_words.begin());
  }

  TlsVersion version(std::string_view word) const {
    for (const TlsVersion one : {TlsVersion::V10, TlsVersion::V11, TlsVersion::V12, TlsVersion::V13}) {
      if (name(one) == word) return one;
    }
    fail("this is no version of TLS");
  }

  void take_setting(std::string_view key, std::string_view value) {
    if (take_handshake(key, value) || take_tls_setting(key, value)) return;
    if (key == "scenario") {
      dialogue_.library_scenario = value;
    } else if (key == "wait") {
      dialogue_.steps.emplace_back(lapse(value));
    } else if (key == "advance") {
      dialogue_.steps.emplace_back(Advance{lapse(value).time});
    } else if (key == "from") {
      dialogue_.messages.push_back({unescaped(value), {}, std::nullopt});
    } else if (key == "to") {
      message().to.push_back(unescaped(value));
    } else if (key == "content") {
      message().content = message().content.value_or("") + unescaped(value);
    } else if (key == "transcript") {
      dialogue_.transcripts.push_back({std::stoull(std::string(value)), {}});
    } else {
      fail("unknown key '" + std::string(key) + "'");
    }
  }

  // "200ms", or "12 x 200ms".
  Lapse lapse(std::string_view value) const {
    const std::size_t mark = value.find(" x ");
    const auto time = parse_duration(mark == std::string_view::npos ? value : value.substr(mark + 3));
    if (!time) fail("this is no duration");
    return {*time, mark == std::string_view::npos ? 1 : std::stoull(std::string(value.substr(0, mark)))};
  }

  ExpectedMessage& message() {
    if (dialogue_.messages.empty()) fail("'from' begins a message");
    return dialogue_.messages.back();
  }

  std::string unescaped(std::string_view text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        out += text[i];
        continue;
      }
      const char kind = ++i < text.size() ? text[i] : ' ';
      switch (kind) {
        case 'r': out += '\r'; break;
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case '0': out += '\0'; break;
        case '\\': out += '\\'; break;
        case 'x':
          out += static_cast<char>(hex_digit(text, i + 1) * 16 + hex_digit(text, i + 2));
          i += 2;
          break;
        case '{': repeat(out, text, i); break;
        default: fail("an escape is one of \\r \\n \\t \\0 \\\\ \\xHH \\{N TEXT}");
      }
    }
    return out;
  }

  int hex_digit(std::string_view text, std::size_t at) const {
    const std::size_t value = std::string_view("0123456789ABCDEF").find(at < text.size() ? text[at] : ' ');
    if (value == std::string_view::npos) fail("\\x needs two upper-case hexadecimal digits");
    return static_cast<int>(value);
  }

  // "\{500 x}" is x five hundred times; `at` is moved to the closing bracket.
  void repeat(std::string& out, std::string_view text, std::size_t& at) const {
    const std::size_t space = text.find(' ', at);
    const std::size_t end = text.find('}', at);
    if (space == std::string_view::npos || end == std::string_view::npos || space > end) fail("\\{N TEXT} is meant");
    const std::string part = unescaped(text.substr(space + 1, end - space - 1));
    for (int n = std::stoi(std::string(text.substr(at + 1, space - at - 1))); n > 0; --n) out += part;
    at = end;
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw DialogueError(dialogue_.name + ':' + std::to_string(number_) + ": " + why + ": " + std::string(line_));
  }

  std::string_view rest_;
  std::string_view line_;
  int number_ = 0;
  DialogueFile dialogue_;
};

}  // namespace

DialogueFile parse_dialogue(std::string name, std::string_view text) { return Parser(std::move(name), text).parse(); }

std::vector<DialogueFile> read_dialogues(const std::string& folder) {
  std::vector<DialogueFile> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".dialogue") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const auto name = entry.path().lexically_relative(folder).replace_extension();
    all.push_back(parse_dialogue(name.generic_string(), text.str()));
  }
  std::sort(all.begin(), all.end(), [](const DialogueFile& a, const DialogueFile& b) { return a.name < b.name; });
  return all;
}

std::string_view word_of(CertificateKind kind) {
  const auto number = static_cast<std::size_t>(kind);
  return number < certificate_words.size() ? certificate_words[number] : "file";
}

std::string client_octets(const DialogueFile& dialogue) {
  std::string all;
  for (const DialogueStep& step : dialogue.steps) {
    if (std::holds_alternative<Reconnect>(step)) break;
    if (const auto* say = std::get_if<Say>(&step)) all += say->octets;
  }
  return all;
}

}  // namespace smtp_double::test
