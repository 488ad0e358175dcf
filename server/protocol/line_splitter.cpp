#include "protocol/line_splitter.hpp"

#include <algorithm>

namespace smtp_double {
namespace {

// Where the CRLF that ends the first line begins; the CR may be the last octet that was kept.
std::size_t find_line_end(std::string_view input, bool cr_before) {
  if (cr_before && input.starts_with('\n')) return 0;
  for (std::size_t at = input.find('\n'); at != std::string_view::npos; at = input.find('\n', at + 1)) {
    if (at > 0 && input[at - 1] == '\r') return at;
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<CommandLine> LineSplitter::next(std::string_view& input) {
  if (input.empty()) return std::nullopt;
  if (handed_out_) {
    kept_.clear();
    too_long_ = false;
    handed_out_ = false;
  }
  const std::size_t lf = find_line_end(input, kept_.ends_with('\r'));
  if (lf == std::string_view::npos) {
    keep(input);
    input = {};
    return std::nullopt;
  }
  const std::string_view part = input.substr(0, lf + 1);
  input.remove_prefix(lf + 1);
  if (!kept_.empty()) return whole(part);
  if (part.size() > limit_) return CommandLine{part.substr(0, limit_ - 2), true};
  return CommandLine{part.substr(0, part.size() - 2)};
}

void LineSplitter::forget() {
  kept_.clear();
  too_long_ = false;
  handed_out_ = false;
}

void LineSplitter::keep(std::string_view part) {
  const std::size_t room = limit_ - std::min(limit_, kept_.size());
  kept_.append(part.substr(0, room));
  if (part.size() <= room) return;
  too_long_ = true;
  // The last octet is kept all the same: it may be the CR of the CRLF to come.
  kept_.back() = part.back();
}

CommandLine LineSplitter::whole(std::string_view last_part) {
  keep(last_part);
  handed_out_ = true;
  const std::string_view line = kept_;
  if (too_long_) return CommandLine{line.substr(0, limit_ - 2), true};
  return CommandLine{line.substr(0, line.size() - 2)};
}

}  // namespace smtp_double
