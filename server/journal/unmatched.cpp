#include "journal/unmatched.hpp"

#include <deque>
#include <iterator>

#include "journal/asked_line.hpp"

namespace smtp_double {

std::vector<Unmatched> last_unmatched(const Journal& journal, std::size_t most) {
  std::deque<Unmatched> last;
  journal.for_each([&](const JournalEntry& entry) {
    if (most == 0 || !is_asked(entry) || !entry.rule.empty()) return;
    if (last.size() == most) last.pop_front();
    last.push_back({entry.session,
                    entry.sequence,
                    {entry.time, entry.elapsed},
                    entry.stage,
                    std::string(asked_line(entry)),
                    entry.code,
                    read_misses(entry.note)});
  });
  return {std::make_move_iterator(last.begin()), std::make_move_iterator(last.end())};
}

}  // namespace smtp_double
