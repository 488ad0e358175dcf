// However the octets of a connection are cut, the same lines, commands and contents come of them.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/command_parser.hpp"
#include "protocol/data_collector.hpp"
#include "protocol/dialogue.hpp"
#include "protocol/line_splitter.hpp"
#include "protocol/parameters.hpp"
#include "protocol/path_parser.hpp"
#include "require.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

constexpr std::size_t line_limit = 300;
constexpr std::size_t content_cap = 200;

// Reads commands, and content behind each DATA, and writes down what it saw.
class Reader {
 public:
  void read(std::string_view octets) {
    while (true) {
      if (in_content_) {
        if (!collector_.take(octets)) break;
        note_content();
      } else {
        const auto line = lines_.next(octets);
        if (!line) break;
        note_line(*line);
      }
    }
    require(octets.empty(), "octets that make no line are taken and kept");
  }

  const std::vector<std::string>& seen() const { return seen_; }

 private:
  void note_line(const CommandLine& line) {
    require(line.text.size() <= line_limit - 2, "no line is longer than the limit");
    require(line.text.find("\r\n") == std::string_view::npos, "CRLF always ends a line");
    const ParsedLine parsed = parse_command(line);
    const BuiltInReply reply = dialogue_.judge(parsed);
    require(reply.text.size() + reply.detail.size() < 490, "a client's octets make no long reply");
    dialogue_.after_command(parsed, reply.code);
    const Envelope envelope = envelope_of(parsed.command);
    const auto within = [&](std::string_view part) {
      return part.empty() || (part.data() >= line.text.data() && part.end() <= line.text.end());
    };
    require(within(parsed.verb) && within(parsed.argument), "verb and argument are parts of the line");
    require(within(envelope.path.value_or("")) && within(envelope.parameters), "so are path and parameters");
    seen_.push_back(std::to_string(line.too_long) + std::string(line.text) + '|' + std::to_string(reply.code.value()) +
                    '|' + std::string(envelope.path.value_or("-")) + '|' + std::string(envelope.parameters));
    take_apart(envelope);
    in_content_ = parsed.stage == Stage::Data;
  }

  static void take_apart(const Envelope& envelope) {
    const std::string_view mailbox = envelope.path.value_or("");
    const std::string_view domain = domain_part(mailbox);
    require(local_part(mailbox).size() + domain.size() <= mailbox.size(), "the parts of an address are parts of it");
    std::string_view rest = envelope.parameters;
    while (const auto parameter = take_parameter(rest)) {
      require(!parameter->keyword.empty() || parameter->value, "a parameter is something");
    }
  }

  void note_content() {
    const ContentFindings& found = collector_.findings();
    const auto shown = [](const std::optional<std::uint64_t>& offset) {
      return offset ? std::to_string(*offset) : "-";
    };
    require(collector_.held() <= content_cap, "no more content than the cap is kept");
    require(collector_.size() > content_cap || collector_.held() == collector_.size(), "content is whole");
    const std::string content = collector_.release();
    seen_.push_back("content " + std::to_string(collector_.size()) + ' ' + content + '|' + shown(found.bare_cr) + ' ' +
                    shown(found.bare_lf) + ' ' + shown(found.nul) + ' ' + std::to_string(found.eight_bit) + ' ' +
                    std::to_string(found.longest_line));
    check_findings(found, content);
    collector_ = DataCollector(content_cap);
    in_content_ = false;
    dialogue_.after_content();
  }

  // Where all of the content is there, its findings can be told from it.
  void check_findings(const ContentFindings& found, const std::string& content) const {
    if (content.size() != collector_.size()) return;
    ContentFindings naive;
    std::uint64_t line = 0;
    for (std::size_t i = 0; i < content.size(); ++i) {
      ++line;
      const bool ends = content[i] == '\n' && i > 0 && content[i - 1] == '\r';
      if (content[i] == '\n' && !ends && !naive.bare_lf) naive.bare_lf = i;
      const bool bare_cr = content[i] == '\r' && (i + 1 == content.size() || content[i + 1] != '\n');
      if (bare_cr && !naive.bare_cr) naive.bare_cr = i;
      if (content[i] == '\0' && !naive.nul) naive.nul = i;
      if (static_cast<unsigned char>(content[i]) >= 0x80) naive.eight_bit = true;
      naive.longest_line = std::max(naive.longest_line, line);
      if (ends) line = 0;
    }
    require(naive == found, "the findings are those of the content");
  }

  ServerProfile profile_;
  LineSplitter lines_{line_limit};
  DataCollector collector_{content_cap};
  Dialogue dialogue_{profile_};
  bool in_content_ = false;
  std::vector<std::string> seen_;
};

std::vector<std::string> read_in_pieces(std::string_view octets, std::size_t size, std::size_t first) {
  Reader reader;
  while (!octets.empty()) {
    // In memory of its own, so that the sanitizer sees what outlives it.
    const auto piece = std::make_unique<std::string>(octets.substr(0, first));
    reader.read(*piece);
    octets.remove_prefix(piece->size());
    first = size;
  }
  return reader.seen();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string octets(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = (std::size_t{data[0]} << 8U | data[1]) % (octets.size() + 1);
  const auto whole = read_in_pieces(octets, octets.size() + 1, octets.size() + 1);
  require(read_in_pieces(octets, octets.size() + 1, std::max<std::size_t>(cut, 1)) == whole, "cut in two");
  require(read_in_pieces(octets, 1, 1) == whole, "octet by octet");
  return 0;
}
