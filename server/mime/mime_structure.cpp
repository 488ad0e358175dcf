#include "mime/mime_structure.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "mime/header_section.hpp"

namespace smtp_double {
namespace {

// Of a field that GMime is to parse: what it does with many parameters takes quadratic time.
constexpr std::size_t longest_parsed = 8UL * 1024;

// A multipart or an attached message that has not ended. A message has no boundary: what ends it is one further out.
struct OpenContainer {
  std::string boundary;
  std::string prefix;  // of the index of what it holds
  bool is_digest = false;
  bool is_message = false;
  std::size_t parts = 0;
};

struct Delimiter {
  std::size_t level = 0;  // of the container whose it is
  std::size_t begins = 0;
  bool closes = false;
};

// What a line is behind its two dashes, if it is a delimiter of that boundary (RFC 2046 5.1.1).
enum class Match : std::uint8_t { None, Next, Close };

Match match(std::string_view line, std::string_view boundary) {
  if (boundary.empty() || !line.starts_with(boundary)) return Match::None;
  line.remove_prefix(boundary.size());
  const bool closes = line.starts_with("--");
  if (closes) line.remove_prefix(2);
  if (line.find_first_not_of(" \t") != std::string_view::npos) return Match::None;
  return closes ? Match::Close : Match::Next;
}

// It cannot end with them, as a delimiter's are no part of it.
std::string_view without_trailing_blanks(std::string_view boundary) {
  return boundary.substr(0, boundary.find_last_not_of(" \t") + 1);
}

std::string joined(const std::string& prefix, std::size_t number) {
  return (prefix.empty() ? "" : prefix + '.') + std::to_string(number);
}

std::string parsed_text(std::string_view value) { return unfolded_value(value.substr(0, longest_parsed)); }

std::string content_id(std::string_view value) {
  std::string id = parsed_text(value);
  if (id.size() >= 2 && id.front() == '<' && id.back() == '>') id = id.substr(1, id.size() - 2);
  return valid_utf8(id);
}

class Walk {
 public:
  Walk(std::string_view content, const MimeLimits& limits) : content_(content), limits_(limits) {}

  MimeStructure run() {
    begin_entity("1", "");
    while (const auto delimiter = next_delimiter()) {
      end_entities(delimiter->level, delimiter->begins);
      open_.resize(delimiter->level + (delimiter->closes ? 0 : 1));
      if (delimiter->closes) continue;
      if (found_.entities.size() >= limits_.parts) {
        found_.is_cut = true;
        break;
      }
      OpenContainer& owner = open_.back();
      const std::string index = joined(owner.prefix, ++owner.parts);
      begin_entity(index, index);
    }
    end_entities(std::nullopt, content_.size());
    finish_containers();
    return std::move(found_);
  }

 private:
  std::string_view rest() const { return content_.substr(at_); }

  void begin_entity(std::string index, const std::string& prefix) {
    MimeEntity entity{.index = std::move(index), .depth = open_.size()};
    entity.is_within_message = std::ranges::any_of(open_, &OpenContainer::is_message);
    if (!open_.empty() && open_.back().is_digest) entity.type.type = "message/rfc822";
    const std::size_t begin = at_;
    read_headers(entity);
    if (found_.entities.empty()) found_.headers = content_.substr(begin, at_ - begin);
    skip_empty_line();
    entity.body = rest();
    unfinished_.push_back(found_.entities.size());
    found_.entities.push_back(std::move(entity));
    open(found_.entities.back(), prefix);
  }

  void read_headers(MimeEntity& entity) {
    std::string_view left = rest();
    bool has_type = false;
    while (!is_delimiter(left)) {
      const auto field = take_mime_field(left);
      if (!field) break;
      at_ = content_.size() - left.size();
      // The first of its kind counts, whatever comes again.
      if (same_word(field->name, "Content-Type") && !std::exchange(has_type, true)) {
        entity.type = parse_content_type(parsed_text(field->value));
      } else if (same_word(field->name, "Content-Disposition") && entity.disposition.disposition.empty()) {
        entity.disposition = parse_content_disposition(parsed_text(field->value));
      } else if (same_word(field->name, "Content-Transfer-Encoding") && entity.encoding.empty()) {
        entity.encoding = parsed_text(field->value);
      } else if (same_word(field->name, "Content-ID") && entity.content_id.empty()) {
        entity.content_id = content_id(field->value);
      }
    }
  }

  void skip_empty_line() {
    std::string_view left = rest();
    const std::string_view line = take_mime_line(left);
    if (without_line_end(line).empty()) at_ += line.size();
  }

  // Begins to take an entity apart that has parts. The entity may move: nothing of it is used behind this.
  void open(MimeEntity& entity, const std::string& prefix) {
    const bool is_multipart =
        entity.type.type.starts_with("multipart/") && !without_trailing_blanks(entity.type.boundary).empty();
    const bool is_message = (entity.type.type == "message/rfc822" || entity.type.type == "message/global") &&
                            is_identity_encoding(entity.encoding);
    if (!is_multipart && !is_message) return;
    if (open_.size() >= limits_.depth || (is_message && found_.entities.size() >= limits_.parts)) {
      found_.is_cut = true;
    } else if (is_multipart) {
      entity.is_container = true;
      open_.push_back({.boundary = std::string(without_trailing_blanks(entity.type.boundary)),
                       .prefix = prefix,
                       .is_digest = entity.type.type == "multipart/digest"});
    } else {
      const std::string index = entity.index;
      open_.push_back({.boundary = {}, .prefix = index, .is_message = true});
      begin_entity(joined(index, 1), index);
    }
  }

  std::optional<Delimiter> delimiter_at(std::string_view text) const {
    if (!text.starts_with("--")) return std::nullopt;
    const std::string_view line = without_line_end(take_mime_line(text)).substr(2);
    for (std::size_t level = open_.size(); level-- > 0;) {
      const Match matched = match(line, open_[level].boundary);
      if (matched != Match::None) return Delimiter{level, 0, matched == Match::Close};
    }
    return std::nullopt;
  }

  bool is_delimiter(std::string_view text) const { return text.empty() || delimiter_at(text).has_value(); }

  // The next one, with the line taken.
  std::optional<Delimiter> next_delimiter() {
    if (std::ranges::all_of(open_, [](const OpenContainer& it) { return it.boundary.empty(); })) return std::nullopt;
    while (at_ < content_.size()) {
      std::string_view left = rest();
      auto delimiter = delimiter_at(left);
      const std::size_t begins = at_;
      at_ += take_mime_line(left).size();
      if (!delimiter) continue;
      delimiter->begins = begins;
      return delimiter;
    }
    return std::nullopt;
  }

  // Those within the container of that level, all of them without one: the line end before `end` is the delimiter's.
  void end_entities(std::optional<std::size_t> level, std::size_t end) {
    while (!unfinished_.empty()) {
      MimeEntity& entity = found_.entities[unfinished_.back()];
      if (level && entity.depth <= *level) return;
      const auto begin = static_cast<std::size_t>(entity.body.data() - content_.data());
      const std::string_view body = content_.substr(begin, std::max(begin, end) - begin);
      entity.body = level ? without_line_end(body) : body;
      unfinished_.pop_back();
    }
  }

  // A multipart without a part is one itself.
  void finish_containers() {
    auto& entities = found_.entities;
    for (std::size_t i = 0; i < entities.size(); ++i) {
      const bool holds_some = i + 1 < entities.size() && entities[i + 1].depth > entities[i].depth;
      entities[i].is_container = entities[i].is_container && holds_some;
    }
  }

  std::string_view content_;
  const MimeLimits& limits_;
  std::size_t at_ = 0;
  MimeStructure found_;
  std::vector<OpenContainer> open_;
  std::vector<std::size_t> unfinished_;  // entities whose end is not known
};

}  // namespace

MimeStructure parse_structure(std::string_view content, const MimeLimits& limits) {
  return Walk(content, limits).run();
}

}  // namespace smtp_double
