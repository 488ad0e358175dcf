#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journal/delivery_history.hpp"
#include "support/catch.hpp"

namespace smtp_double::test {

using Findings = std::vector<std::string>;

/// Writes sessions into a journal, at times that are told.
class Story {
 public:
  Story& at(std::chrono::microseconds time) {
    now_ = time;
    return *this;
  }
  Story& open(std::string_view listener = "smtp") {
    ++session_;
    return add({.kind = EntryKind::Opened, .note = listener});
  }
  Story& close() { return add({.kind = EntryKind::Closed}); }
  Story& say(Stage stage, std::string line, std::uint16_t code) {
    const std::string sent = std::to_string(code) + " text\r\n";
    return add({.stage = stage, .code = code, .received = line, .sent = sent});
  }
  Story& mail(std::uint16_t code = 250, const std::string& from = "ann@a") {
    return say(Stage::Mail, "MAIL FROM:<" + from + "> SIZE=5", code);
  }
  Story& rcpt(const std::string& to = "bob@b", std::uint16_t code = 250) {
    return say(Stage::Rcpt, "RCPT TO:<" + to + ">", code);
  }
  Story& data(std::uint16_t code = 354) { return say(Stage::Data, "DATA", code); }
  /// The content, and the reply to it.
  Story& content(std::uint16_t code, std::string_view id = "<1@x>", std::uint64_t hash = 7) {
    add({.kind = EntryKind::Message,
         .received = id,
         .note = "Hi",
         .message = code / 100 == 2 ? ++messages_ : 0,
         .content_hash = hash});
    return say(Stage::Message, "", code);
  }
  /// A whole session with one recipient.
  Story& attempt(std::uint16_t code, std::string_view id = "<1@x>") {
    return open().mail().rcpt().data().content(code, id).close();
  }

  const Journal& journal() const { return journal_; }
  std::vector<DeliveryHistory> histories() const { return delivery_histories(journal_); }
  DeliveryHistory only() const {
    const auto all = histories();
    REQUIRE(all.size() == 1);
    return all.front();
  }
  Findings findings() const { return only().findings; }

 private:
  Story& add(JournalEntry entry) {
    entry.session = session_;
    entry.elapsed = now_;
    journal_.record(entry);
    return *this;
  }

  Journal journal_;
  std::uint64_t session_ = 0;
  std::uint64_t messages_ = 0;
  std::chrono::microseconds now_{0};
};

}  // namespace smtp_double::test
