#include "journal/misses_note.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

// A line for each rule; its parts stand behind each other.
constexpr char between_parts = '\t';

void append_part(std::string& note, std::string_view text, char end) {
  const std::size_t from = note.size();
  note += text;
  std::replace_if(note.begin() + static_cast<std::ptrdiff_t>(from), note.end(), is_control, '?');
  note += end;
}

std::string take_part(std::string_view& text, char end) {
  const std::size_t length = std::min(text.find(end), text.size());
  std::string part(text.substr(0, length));
  text.remove_prefix(std::min(length + 1, text.size()));
  return part;
}

}  // namespace

std::string misses_note(const std::vector<Miss>& misses) {
  std::string note;
  for (const Miss& miss : misses) {
    append_part(note, miss.rule->name, between_parts);
    append_part(note, miss.rule->place.file + ':' + std::to_string(miss.rule->place.line), between_parts);
    append_part(note, miss.why, '\n');
  }
  return note;
}

std::vector<NotedMiss> read_misses(std::string_view note) {
  std::vector<NotedMiss> misses;
  while (!note.empty()) {
    std::string line = take_part(note, '\n');
    std::string_view rest = line;
    NotedMiss miss;
    miss.rule = take_part(rest, between_parts);
    miss.place = take_part(rest, between_parts);
    miss.why = std::string(rest);
    misses.push_back(std::move(miss));
  }
  return misses;
}

std::string to_string(const NotedMiss& miss) { return "rule '" + miss.rule + "' (" + miss.place + "): " + miss.why; }

}  // namespace smtp_double
