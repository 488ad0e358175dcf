#include "mime/mime_message.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "mime/gmime_decoding.hpp"
#include "mime/header_section.hpp"
#include "mime/mime_structure.hpp"

namespace smtp_double {
namespace {

// Adds the fields of the section as far as the limits allow; false when there are more.
bool add_headers(std::string_view section, const MimeLimits& limits, std::vector<MimeHeader>& headers) {
  std::size_t left = limits.headers_octets;
  bool is_whole = true;
  while (const auto field = take_mime_field(section)) {
    if (headers.size() >= limits.headers || left == 0) return false;
    const std::size_t longest = std::min(limits.header_octets, left);
    const std::string_view raw = field->value.substr(0, longest);
    const std::string_view name = field->name.substr(0, longest);
    is_whole = is_whole && raw.size() == field->value.size() && name.size() == field->name.size();
    left -= std::min(left, std::max<std::size_t>(raw.size() + name.size(), 1));
    headers.push_back({std::string(name), decode_header_value(unfolded_value(raw)), std::string(raw)});
  }
  return is_whole;
}

// As mail programs do: what says so, what has a file's name, and what nobody could show.
bool is_attachment(const MimeEntity& entity) {
  if (entity.is_within_message) return false;  // it comes with that message
  if (!entity.disposition.disposition.empty()) return entity.disposition.disposition != "inline";
  if (entity.disposition.file_name || entity.type.name) return entity.content_id.empty();
  return !entity.type.type.starts_with("text/") && entity.content_id.empty();
}

std::uint64_t decoded_size(const MimeEntity& entity) {
  std::uint64_t size = 0;
  decode_transfer(entity.encoding, entity.body, [&](std::string_view piece) { size += piece.size(); });
  return size;
}

std::string decoded(const MimeEntity& entity) {
  std::string octets;
  octets.reserve(entity.body.size());
  decode_transfer(entity.encoding, entity.body, [&](std::string_view piece) { octets += piece; });
  return octets;
}

MimePart part_of(const MimeEntity& entity) {
  MimePart part{.index = entity.index,
                .type = entity.type.type,
                .charset = valid_utf8(entity.type.charset),
                .file_name = entity.disposition.file_name ? entity.disposition.file_name : entity.type.name,
                .disposition = entity.disposition.disposition,
                .content_id = std::nullopt,
                .size = decoded_size(entity),
                .is_attachment = is_attachment(entity)};
  if (!entity.content_id.empty()) part.content_id = entity.content_id;
  return part;
}

// What HTML says itself where the header does not (WHATWG HTML 13.2.3.2 looks at so much of it).
std::string charset_in_html(std::string_view html) {
  const std::string head = lower_case(html.substr(0, 1024));
  const std::size_t meta = head.find("<meta");
  const std::size_t charset = meta == std::string::npos ? meta : head.find("charset=", meta);
  if (charset == std::string::npos) return {};
  const std::size_t begin = head.find_first_not_of("\"' ", charset + 8);
  if (begin == std::string::npos) return {};
  const std::string name = head.substr(begin, head.find_first_of("\"' ;/>", begin) - begin);
  return name.starts_with("utf-16") ? "utf-8" : name;  // that could not have been read
}

std::string text_of(const MimeEntity& entity, const MimeLimits& limits, bool& is_cut) {
  const std::string octets = decoded(entity);
  std::string charset = entity.type.charset;
  if (charset.empty() && entity.is_text("html")) charset = charset_in_html(octets);
  constexpr std::size_t character_size = 4;  // of which one more is looked for
  const std::string text = to_utf8(octets, charset, limits.text_octets + character_size);
  if (text.size() > limits.text_octets) is_cut = true;
  return to_utf8(text, "utf-8", limits.text_octets);
}

bool is_shown(const MimeEntity& entity) {
  return !entity.is_container && !entity.is_within_message && !is_attachment(entity);
}

}  // namespace

std::size_t MimeMessage::attachments() const {
  return static_cast<std::size_t>(std::ranges::count_if(parts, &MimePart::is_attachment));
}

MimeMessage parse_mime(std::string_view content, const MimeLimits& limits) {
  const MimeStructure structure = parse_structure(content, limits);
  MimeMessage message;
  message.is_cut = structure.is_cut;
  if (!add_headers(structure.headers, limits, message.headers)) message.is_cut = true;
  for (const MimeEntity& entity : structure.entities) {
    if (!entity.is_container) message.parts.push_back(part_of(entity));
    if (!is_shown(entity)) continue;
    if (!message.text && entity.is_text("plain")) message.text = text_of(entity, limits, message.is_cut);
    if (!message.html && entity.is_text("html")) message.html = text_of(entity, limits, message.is_cut);
  }
  return message;
}

std::optional<std::string> decoded_part(std::string_view content, std::string_view index, const MimeLimits& limits) {
  const MimeStructure structure = parse_structure(content, limits);
  const auto found = std::ranges::find_if(structure.entities,
                                          [&](const MimeEntity& it) { return !it.is_container && it.index == index; });
  if (found == structure.entities.end()) return std::nullopt;
  return decoded(*found);
}

CidResolver inline_images(std::string_view content, std::size_t longest, const MimeLimits& limits) {
  std::map<std::string, MimeEntity, std::less<>> images;
  for (MimeEntity& entity : parse_structure(content, limits).entities) {
    const bool is_image = !entity.is_container && entity.type.type.starts_with("image/");
    if (is_image && !entity.content_id.empty()) images.try_emplace(entity.content_id, std::move(entity));
  }
  return [images = std::move(images), longest](std::string_view content_id) -> std::optional<InlineImage> {
    const auto found = images.find(content_id);
    if (found == images.end() || decoded_size(found->second) > longest) return std::nullopt;
    return InlineImage{found->second.type.type, decoded(found->second)};
  };
}

}  // namespace smtp_double
