#include "mime/gmime_decoding.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>

#include "mime/header_section.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t piece_size = 64UL * 1024;
constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
struct Free {
  void operator()(gpointer memory) const { g_free(memory); }
};
using OwnedText = std::unique_ptr<char, Free>;

// GMime's tables are made once, by whoever is first. What they hold is only read afterwards.
GMimeParserOptions* options() {
  static GMimeParserOptions* const made = [] {
    g_mime_init();
    std::array<const char*, 3> fallbacks{"utf-8", "windows-1252", nullptr};
    GMimeParserOptions* fresh = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(fresh, fallbacks.data());
    return fresh;
  }();
  return made;
}

std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : std::string(text); }

// NUL would end the text for GMime.
std::string c_text(std::string_view value) {
  std::string text;
  for (const char c : value) c == '\0' ? text += replacement : text += c;
  return text;
}

// It may have been written in raw octets.
std::optional<std::string> name_of(const char* text) {
  if (text == nullptr || *text == '\0') return std::nullopt;
  return to_utf8(text, "", SIZE_MAX);
}

// Names are ours to check before the C library looks for a module of that name.
bool is_charset_name(std::string_view name) {
  constexpr std::size_t longest_name = 40;
  return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, [](unsigned char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'z') || c == '-' || c == '_' || c == '.';
  });
}

// As browsers take it: who says ISO 8859-1 or US-ASCII means windows-1252 (WHATWG Encoding 4.2).
std::string charset_meant(std::string_view name) {
  const std::string lowered = lower_case(name);
  const bool is_western = lowered == "iso-8859-1" || lowered == "iso8859-1" || lowered == "latin1";
  return is_western ? "windows-1252" : lowered;
}

class Converter {
 public:
  explicit Converter(const char* charset) : conversion_(g_mime_iconv_open("UTF-8", charset)) {}
  ~Converter() {
    if (is_open()) g_mime_iconv_close(conversion_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // NOLINTNEXTLINE: -1 as a pointer is how iconv says no
  bool is_open() const { return conversion_ != reinterpret_cast<iconv_t>(-1); }

  std::string convert(std::string_view octets, std::size_t longest) {
    std::string text;
    std::array<char, 4096> piece;
    char* in = const_cast<char*>(octets.data());  // NOLINT: iconv only reads it
    std::size_t left = octets.size();
    while (left > 0 && text.size() < longest) {
      char* out = piece.data();
      std::size_t room = piece.size();
      const std::size_t before = left;
      const bool is_stuck = iconv(conversion_, &in, &left, &out, &room) == static_cast<std::size_t>(-1);
      text.append(piece.data(), piece.size() - room);
      if (is_stuck && errno == E2BIG && (left < before || room < piece.size())) continue;
      if (left == 0 || !is_stuck) break;
      text += replacement;
      ++in;
      --left;
    }
    return text;
  }

 private:
  iconv_t conversion_;
};

// Without the character that a cut at `longest` goes through.
std::string cut_utf8(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0U) == 0x80U) --longest;
  text.resize(longest);
  return text;
}

bool is_utf8(std::string_view octets) {
  return octets.empty() || g_utf8_validate(octets.data(), static_cast<gssize>(octets.size()), nullptr) != FALSE;
}

}  // namespace

ContentType parse_content_type(std::string_view value) {
  ContentType parsed;
  const std::unique_ptr<GMimeContentType, Unref> type(g_mime_content_type_parse(options(), c_text(value).c_str()));
  if (type == nullptr) return parsed;
  const std::string media = text_or_empty(g_mime_content_type_get_media_type(type.get()));
  const std::string subtype = text_or_empty(g_mime_content_type_get_media_subtype(type.get()));
  parsed.type = lower_case(valid_utf8(media + '/' + subtype));
  // Mailers of old write "Content-Type: text".
  if (value.find('/') == std::string_view::npos && same_word(value.substr(0, 4), "text")) parsed.type = "text/plain";
  parsed.charset = text_or_empty(g_mime_content_type_get_parameter(type.get(), "charset"));
  parsed.boundary = text_or_empty(g_mime_content_type_get_parameter(type.get(), "boundary"));
  parsed.name = name_of(g_mime_content_type_get_parameter(type.get(), "name"));
  return parsed;
}

ContentDisposition parse_content_disposition(std::string_view value) {
  ContentDisposition parsed;
  const std::unique_ptr<GMimeContentDisposition, Unref> found(
      g_mime_content_disposition_parse(options(), c_text(value).c_str()));
  if (found == nullptr) return parsed;
  const std::string word = text_or_empty(g_mime_content_disposition_get_disposition(found.get()));
  parsed.disposition = lower_case(valid_utf8(word));
  parsed.file_name = name_of(g_mime_content_disposition_get_parameter(found.get(), "filename"));
  return parsed;
}

std::string decode_header_value(std::string_view value) {
  const OwnedText decoded(g_mime_utils_header_decode_text(options(), c_text(value).c_str()));
  return valid_utf8(text_or_empty(decoded.get()));
}

bool is_identity_encoding(std::string_view encoding) {
  const std::string name = c_text(encoding);
  const GMimeContentEncoding known = g_mime_content_encoding_from_string(name.c_str());
  return known != GMIME_CONTENT_ENCODING_BASE64 && known != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
         known != GMIME_CONTENT_ENCODING_UUENCODE;
}

void decode_transfer(std::string_view encoding, std::string_view octets,
                     const std::function<void(std::string_view)>& take) {
  if (is_identity_encoding(encoding)) return take(octets);
  options();
  const GMimeContentEncoding known = g_mime_content_encoding_from_string(c_text(encoding).c_str());
  const std::unique_ptr<GMimeFilter, Unref> filter(g_mime_filter_basic_new(known, FALSE));
  char* out = nullptr;
  std::size_t size = 0;
  std::size_t prespace = 0;
  std::string piece;  // the filter may write in front of what it is given
  while (!octets.empty()) {
    piece.assign(octets.substr(0, piece_size));
    octets.remove_prefix(piece.size());
    g_mime_filter_filter(filter.get(), piece.data(), piece.size(), 0, &out, &size, &prespace);
    take({out, size});
  }
  g_mime_filter_complete(filter.get(), piece.data(), 0, 0, &out, &size, &prespace);
  take({out, size});
}

std::string to_utf8(std::string_view octets, std::string_view charset, std::size_t longest) {
  options();
  const std::string name = charset_meant(charset);
  const bool is_unicode = name == "utf-8" || name == "utf8";
  if (!is_unicode && name != "us-ascii" && is_charset_name(name)) {
    Converter told(g_mime_charset_iconv_name(name.c_str()));
    if (told.is_open()) return cut_utf8(valid_utf8(told.convert(octets, longest)), longest);
  }
  if (!is_unicode && !is_utf8(octets)) {
    // A program without the C library's tables beside it has Unicode alone: ASCII is to be read all the same.
    Converter western("windows-1252");
    if (western.is_open()) return cut_utf8(valid_utf8(western.convert(octets, longest)), longest);
  }
  constexpr std::size_t character_size = 4;  // the cut is to see a whole one
  return cut_utf8(valid_utf8(octets.substr(0, std::min(longest, octets.size()) + character_size)), longest);
}

std::string valid_utf8(std::string_view text) {
  // An empty view may point nowhere.
  if (text.empty()) return {};
  const OwnedText valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  return valid.get();
}

std::string to_base64(std::string_view octets) {
  if (octets.empty()) return {};
  const OwnedText encoded(g_base64_encode(reinterpret_cast<const guchar*>(octets.data()), octets.size()));
  return encoded.get();
}

}  // namespace smtp_double
