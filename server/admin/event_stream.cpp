#include "admin/event_stream.hpp"

#include <chrono>
#include <utility>

#include "admin/message_json.hpp"
#include "admin/session_json.hpp"

namespace smtp_double {
namespace {

constexpr auto longest_silence = std::chrono::seconds(10);
constexpr auto gathering_time = std::chrono::milliseconds(5);  // what happens together is told together

}  // namespace

EventStream::EventStream(std::shared_ptr<Double> served, std::uint64_t after)
    : served_(std::move(served)), after_(after), resets_(served_->resets.load()) {}

// It reads from the oldest entry on, though it tells of later ones alone: sessions that are open have begun before.
bool EventStream::next(std::string& out) {
  const auto deadline = Changes::Clock::now() + longest_silence;
  while (out.empty()) {
    const std::uint64_t seen = served_->changes.version();
    if (const std::uint64_t resets = served_->resets.load(); resets != resets_) {
      resets_ = resets;
      sessions_ = {};
      append("reset", cursor_.next == 0 ? 0 : cursor_.next - 1, "{}", out);
    }
    const JournalSlice slice = served_->journal.read(cursor_);
    if (slice.lost() > 0) append("evicted", after_, "{\"entries\":" + std::to_string(slice.lost()) + '}', out);
    for (const JournalEntry& entry : slice) tell(entry, out);
    if (!out.empty() || !slice.empty()) continue;
    if (served_->changes.is_closed()) return false;
    if (Changes::Clock::now() >= deadline) {
      out += ": nothing new\n\n";
    } else {
      served_->changes.wait(seen, deadline);
      served_->changes.rest(Changes::Clock::now() + gathering_time);
    }
  }
  return true;
}

void EventStream::tell(const JournalEntry& entry, std::string& out) {
  const SessionSummary& session = sessions_.add(entry);
  const bool is_over = entry.kind == EntryKind::Closed;
  if (entry.sequence > after_) {
    json::object object = entry_object(entry, std::nullopt);
    object["session"] = entry.session;
    append("entry", entry.sequence, to_text(object), out);
    if (is_over || entry.kind == EntryKind::Opened) {
      append("session", entry.sequence, to_text(session_object(session)), out);
    }
    const auto message = entry.message != 0 ? served_->mailbox.find(entry.message) : nullptr;
    if (message != nullptr) append("message", entry.sequence, to_text(summary_object(*message)), out);
    after_ = entry.sequence;
  }
  if (is_over) sessions_.forget(entry.session);
}

void EventStream::append(std::string_view event, std::uint64_t id, const std::string& data, std::string& out) const {
  out += "id: " + std::to_string(id) + "\nevent: " + std::string(event) + "\ndata: " + data + "\n\n";
}

}  // namespace smtp_double
