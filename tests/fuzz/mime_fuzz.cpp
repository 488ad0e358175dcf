// Content is read whatever it is: what comes out is bounded, is UTF-8, and does not depend on what is not looked at.

#include <set>
#include <string>

#include "input.hpp"
#include "mime/html_scanner.hpp"
#include "mime/inert_html.hpp"
#include "mime/mime_message.hpp"
#include "protocol/utf8.hpp"
#include "require.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

constexpr MimeLimits narrow{
    .depth = 4, .parts = 8, .headers = 6, .header_octets = 200, .headers_octets = 500, .text_octets = 300};

void check(std::string_view content, const MimeLimits& limits) {
  const MimeMessage message = parse_mime(content, limits);
  require(!message.parts.empty() && message.parts.size() <= limits.parts, "there is a part, and not too many");
  require(message.headers.size() <= limits.headers, "there are not too many headers");
  std::size_t raw = 0;
  for (const MimeHeader& header : message.headers) {
    require(header.raw.size() <= limits.header_octets && is_utf8(header.value), "a header is bounded and a text");
    raw += header.raw.size();
  }
  require(raw <= limits.headers_octets, "headers are bounded together");
  for (const auto& text : {message.text, message.html}) {
    require(!text || (text->size() <= limits.text_octets && is_utf8(*text)), "a text is bounded and a text");
  }
  std::set<std::string> indexes;
  for (const MimePart& part : message.parts) {
    require(indexes.insert(part.index).second, "each part has a number of its own");
    require(is_utf8(part.type) && is_utf8(part.charset) && is_utf8(part.disposition), "what a part says is a text");
    require(is_utf8(part.file_name.value_or("")) && is_utf8(part.content_id.value_or("")), "names are texts");
    const auto octets = decoded_part(content, part.index, limits);
    require(octets && octets->size() == part.size && part.size <= content.size(), "a part is as large as it says");
  }
}

// Whatever HTML is, no tag of it does something.
void check_tags(std::string_view html) {
  const std::set<std::string, std::less<>> active{"script", "iframe", "object", "base", "link", "svg", "form", "embed"};
  HtmlScanner scanner(html);
  while (true) {
    const HtmlToken token = scanner.next();
    if (std::holds_alternative<HtmlEnd>(token)) return;
    const auto* tag = std::get_if<HtmlTag>(&token);
    if (tag == nullptr) continue;
    require(!active.contains(tag->name), "what does something is gone");
    if (tag->name == "style") scanner.take_raw_text("style");
    for (const HtmlAttribute& attribute : tag->attributes) {
      require(!attribute.name.starts_with("on"), "nothing is run");
      require(attribute.name != "src" || attribute.value.starts_with("data:image/"), "nothing is fetched");
      require(attribute.name != "href" || attribute.value.find("javascript:") != 0, "no link is a script");
    }
  }
}

void check_html(std::string_view html, std::string_view content) {
  const std::string inert = inert_html(html, inline_images(content, 1000), {.octets = 5000, .image_octets = 2000});
  require(inert.size() < 5000 + 10'000 + 6 * html.size(), "inert HTML is bounded");
  check_tags(inert);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  check(content, {});
  check(content, narrow);
  check_html(content, content);
  check_html(parse_mime(content).html.value_or(""), content);
  return 0;
}
