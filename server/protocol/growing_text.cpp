#include "protocol/growing_text.hpp"

#include <algorithm>
#include <utility>

namespace smtp_double {
namespace {

constexpr std::size_t piece_size = 128UL * 1024;
constexpr std::size_t long_run = 16UL * 1024;

}  // namespace

void GrowingText::reserve(std::size_t octets) { last_.reserve(octets); }

void GrowingText::append(std::string_view run) {
  while (!run.empty()) {
    const std::size_t room = std::max(piece_size, last_.capacity()) - last_.size();
    if (room == 0) {
      in_full_ += last_.size();
      full_.push_back(std::exchange(last_, {}));
      last_.reserve(piece_size);
      continue;
    }
    const std::string_view part = run.substr(0, room);
    make_room(last_.size() + part.size());
    last_.append(part);
    run.remove_prefix(part.size());
  }
}

// Not by std::string::reserve(), which doubles and so passes the size of a piece.
void GrowingText::make_room(std::size_t octets) {
  if (octets <= last_.capacity()) return;
  // More will follow a run as long as a read.
  const std::size_t wanted = octets - last_.size() >= long_run ? 2 * octets : std::max(octets, 2 * last_.capacity());
  std::string larger;
  larger.reserve(std::min(wanted, piece_size));
  larger.append(last_);
  last_ = std::move(larger);
}

void GrowingText::clear() {
  std::vector<std::string>().swap(full_);
  in_full_ = 0;
  std::string().swap(last_);
}

std::string GrowingText::release() {
  std::string whole;
  if (full_.empty()) {
    const std::size_t spare = last_.capacity() - last_.size();
    if (spare > last_.size() + 1024) last_.shrink_to_fit();
    whole = std::move(last_);
  } else {
    whole.reserve(size());
    for (std::string& piece : full_) {
      whole.append(piece);
      std::string().swap(piece);  // never all of it twice
    }
    whole.append(last_);
  }
  clear();
  return whole;
}

}  // namespace smtp_double
