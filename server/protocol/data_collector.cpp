#include "protocol/data_collector.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

struct Tally {
  std::size_t crs = 0;
  bool nul = false;
  bool eight_bit = false;
};

// Sixteen octets at a time, by the vector types of GCC and Clang, which every processor has a way to serve.
using Octets = unsigned char __attribute__((vector_size(16)));

bool has_high_bit(Octets octets) {
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), &octets, sizeof octets);
  return ((halves[0] | halves[1]) & 0x8080808080808080U) != 0;
}

Tally tally(std::string_view text) {
  constexpr std::size_t width = sizeof(Octets);
  constexpr std::size_t most_rounds = 252;  // until an octet of the counters would overflow; divides by four
  Tally result;
  Octets all{};
  Octets nuls{};
  while (text.size() >= width) {
    Octets crs{};
    const std::size_t rounds = std::min(text.size() / width, most_rounds);
#pragma GCC unroll 4
    for (std::size_t round = 0; round < rounds; ++round) {
      Octets octets;
      std::memcpy(&octets, text.data() + round * width, width);
      all |= octets;
      nuls |= reinterpret_cast<Octets>(octets == 0);
      crs -= reinterpret_cast<Octets>(octets == '\r');
    }
    text.remove_prefix(rounds * width);
    for (std::size_t i = 0; i < width; ++i) result.crs += crs[i];
  }
  result.eight_bit = has_high_bit(all);
  result.nul = has_high_bit(nuls);
  for (const char c : text) {
    result.crs += std::size_t{c == '\r'};
    result.nul |= c == '\0';
    result.eight_bit |= is_eight_bit(c);
  }
  return result;
}

}  // namespace

void DataCollector::expect(std::uint64_t size) {
  content_.reserve(static_cast<std::size_t>(std::min(size < cap_ ? size + 2 : cap_, most_expected)));
}

void DataCollector::stop_keeping() {
  cap_ = 0;
  content_.clear();
}

bool DataCollector::take(std::string_view& input) {
  while (!input.empty()) {
    if (at_ == At::Text || at_ == At::TextCr) {
      take_text(input);
    } else if (take_octet(input)) {
      return true;
    }
  }
  return false;
}

void DataCollector::take_octets(std::string_view octets) {
  while (!octets.empty()) {
    if (at_ != At::TextCr) at_ = At::Text;  // a dot at the beginning of a line is one
    take_text(octets);
  }
}

bool DataCollector::take_octet(std::string_view& input) {
  const char octet = input.front();
  if (at_ == At::LineStart && octet == '.') {
    at_ = At::Dot;
    input.remove_prefix(1);
    return false;
  }
  if (at_ == At::Dot && octet == '\r') {
    at_ = At::DotCr;
    input.remove_prefix(1);
    return false;
  }
  if (at_ == At::DotCr && octet == '\n') {
    input.remove_prefix(1);
    return true;
  }
  // No end of data: the dot was a stuffed one and is gone, a CR behind it is content.
  if (at_ == At::DotCr) {
    append("\r");
    at_ = At::TextCr;
  } else {
    at_ = At::Text;
  }
  return false;
}

// Takes whole lines in one run: up to the first that begins with a dot, or all of the input. Octet by octet
// and line by line are ten times slower.
void DataCollector::take_text(std::string_view& input) {
  const char* const begin = input.data();
  const char* const end = begin + input.size();
  const bool cr_before = at_ == At::TextCr;
  const char* from = begin;
  std::size_t crlfs = 0;  // whole in this run
  std::ptrdiff_t line = static_cast<std::ptrdiff_t>(line_start_) - static_cast<std::ptrdiff_t>(size_);  // from begin
  std::ptrdiff_t longest = 0;
  at_ = input.back() == '\r' ? At::TextCr : At::Text;
  while (from != end) {
    const auto* lf = static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(end - from)));
    if (lf == nullptr) {
      from = end;
      break;
    }
    from = lf + 1;
    if (lf == begin ? !cr_before : lf[-1] != '\r') {
      if (!findings_.bare_lf) findings_.bare_lf = size_ + static_cast<std::uint64_t>(lf - begin);
      continue;
    }
    if (lf != begin) ++crlfs;
    longest = std::max(longest, from - begin - line);
    line = from - begin;
    if (from == end || *from == '.') {
      at_ = At::LineStart;
      break;
    }
  }
  const std::string_view run(begin, static_cast<std::size_t>(from - begin));
  if (cr_before && run.front() != '\n' && !findings_.bare_cr) findings_.bare_cr = size_ - 1;
  note_text(run, crlfs);
  line_start_ = size_ + static_cast<std::uint64_t>(line);
  findings_.longest_line = std::max(findings_.longest_line, static_cast<std::uint64_t>(longest));
  append(run);
  input.remove_prefix(run.size());
}

void DataCollector::append(std::string_view run) {
  size_ += run.size();
  if (size_ <= cap_) {
    content_.append(run);
  } else {
    content_.clear();
  }
  findings_.longest_line = std::max(findings_.longest_line, size_ - line_start_);
}

void DataCollector::note_text(std::string_view run, std::size_t crlfs) {
  const Tally found = tally(run);
  findings_.eight_bit |= found.eight_bit;
  if (found.nul && !findings_.nul) findings_.nul = size_ + run.find('\0');
  // A CR at the end of the run is judged with the octet that follows it.
  const std::size_t open_end = run.back() == '\r' ? 1 : 0;
  if (found.crs == crlfs + open_end || findings_.bare_cr) return;
  for (std::size_t cr = run.find('\r'); cr < run.size() - 1; cr = run.find('\r', cr + 1)) {
    if (run[cr + 1] == '\n') continue;
    findings_.bare_cr = size_ + cr;
    return;
  }
}

}  // namespace smtp_double
