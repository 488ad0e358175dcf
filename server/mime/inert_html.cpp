#include "mime/inert_html.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "mime/gmime_decoding.hpp"
#include "mime/header_section.hpp"
#include "mime/html_scanner.hpp"

namespace smtp_double {
namespace {

// Whose tags go: what stands between them is HTML as well.
constexpr std::array<std::string_view, 22> dropped_tags{
    "applet", "audio", "base",   "button", "embed",    "form",  "frame", "frameset", "link",  "math",     "meta",
    "object", "param", "portal", "source", "template", "track", "video", "svg",      "input", "noscript", "plaintext"};
// Those in which nothing is a tag, and which go with all that is in them.
constexpr std::array<std::string_view, 7> dropped_texts{"iframe", "noembed",  "noframes", "script",
                                                        "title",  "textarea", "xmp"};
// Attributes that do something, fetch something, or lead somewhere without being asked.
constexpr std::array<std::string_view, 19> dropped_attributes{
    "action", "archive",  "classid", "code",    "codebase", "data",   "dynsrc", "formaction", "http-equiv", "longdesc",
    "lowsrc", "manifest", "ping",    "profile", "srcdoc",   "srcset", "target", "usemap",     "xmlns"};
constexpr std::array<std::string_view, 3> picture_attributes{"src", "background", "poster"};
constexpr std::array<std::string_view, 6> link_schemes{"http:", "https:", "mailto:", "tel:", "ftp:", "#"};

bool contains(const auto& list, std::string_view word) { return std::ranges::find(list, word) != list.end(); }

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && same_word(text.substr(0, word.size()), word);
}

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A Content-ID as a URL has it: RFC 2392, in an attribute.
std::string content_id_of(std::string_view url) {
  std::string id;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const int high = url[i] == '%' && i + 2 < url.size() ? hexadecimal(url[i + 1]) : -1;
    const int low = high >= 0 ? hexadecimal(url[i + 2]) : -1;
    if (low >= 0) {
      id += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (url.substr(i).starts_with("&amp;")) {
      id += '&';
      i += 4;
    } else {
      id += url[i];
    }
  }
  return id;
}

// Of a type that a data URL may carry into an attribute or a style sheet as it is.
bool is_image_type(std::string_view type) {
  return type.starts_with("image/") && std::ranges::all_of(type.substr(6), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
         });
}

class Writer {
 public:
  Writer(const CidResolver& resolver, const HtmlLimits& limits) : resolver_(resolver), limits_(limits) {}

  std::string write(std::string_view html) {
    out_ = "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"";
    out_ += inert_html_policy;
    out_ += "\"><meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">";
    HtmlScanner scanner(html);
    while (out_.size() < limits_.octets) {
      const HtmlToken token = scanner.next();
      if (std::holds_alternative<HtmlEnd>(token)) break;
      if (const auto* text = std::get_if<HtmlText>(&token)) add_text(text->text);
      if (const auto* tag = std::get_if<HtmlTag>(&token)) add_tag(*tag, scanner);
    }
    return std::move(out_);
  }

 private:
  void add_text(std::string_view text) {
    for (const char c : text) c == '<' ? out_ += "&lt;" : out_ += c;
  }

  void add_tag(const HtmlTag& tag, HtmlScanner& scanner) {
    if (contains(dropped_texts, tag.name)) {
      if (!tag.is_end) scanner.take_raw_text(tag.name);
      return;
    }
    if (!is_name(tag.name) || contains(dropped_tags, tag.name)) return;
    out_ += tag.is_end ? "</" : "<";
    out_ += tag.name;
    if (!tag.is_end) {
      for (const HtmlAttribute& attribute : tag.attributes) add_attribute(attribute);
    }
    out_ += '>';
    if (tag.name == "style" && !tag.is_end) add_style(scanner.take_raw_text("style"));
  }

  void add_attribute(const HtmlAttribute& attribute) {
    const auto& [name, value] = attribute;
    if (!is_name(name) || name.starts_with("on") || contains(dropped_attributes, name)) return;
    if (contains(picture_attributes, name)) return add_picture(name, value);
    const auto links = [&attribute](std::string_view scheme) { return starts_with_word(attribute.value, scheme); };
    if (name == "href" && std::ranges::none_of(link_schemes, links)) return;
    add_value(name, name == "style" ? with_pictures(value) : std::string(value));
  }

  void add_picture(std::string_view name, std::string_view value) {
    value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n\f"), value.size()));
    if (starts_with_word(value, "data:image/")) return add_value(name, value);
    const std::string data = starts_with_word(value, "cid:") ? picture(value.substr(4)) : std::string();
    if (!data.empty()) return add_value(name, data);
    add_value("data-" + std::string(name), value);
  }

  void add_value(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    for (const char c : value) {
      if (c == '"') {
        out_ += "&quot;";
      } else if (c == '<') {
        out_ += "&lt;";
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  // Where a style element does not count as one its text is HTML: no tag may be in it.
  void add_style(std::string_view css) {
    const std::string with = with_pictures(css);
    std::string_view rest = with;
    while (!rest.empty()) {
      const std::size_t size = std::min(rest.find('<'), rest.size());
      out_ += rest.substr(0, size);
      rest.remove_prefix(size);
      if (rest.empty()) break;
      const std::size_t comment = rest.starts_with("<!--") ? 4 : 1;  // which style sheets pass over
      if (comment == 1) out_ += "\\3c ";
      rest.remove_prefix(comment);
    }
  }

  // url(cid:…) in a style sheet, quoted or not.
  std::string with_pictures(std::string_view css) {
    constexpr std::string_view scheme = "cid:";
    std::string text;
    for (std::size_t i = 0; i < css.size();) {
      const bool may_begin = i > 0 && std::string_view("('\";").find(css[i - 1]) != std::string_view::npos;
      if (!may_begin || !starts_with_word(css.substr(i), scheme)) {
        text += css[i++];
        continue;
      }
      const std::size_t begin = i + scheme.size();
      const std::size_t end = std::min(css.find_first_of("()'\"&<> \t\r\n;", begin), css.size());
      const std::string data = picture(css.substr(begin, end - begin));
      text += data.empty() ? std::string(css.substr(i, end - i)) : data;
      i = end;
    }
    return text;
  }

  // As a data URL; "" when there is none, or no room for it.
  std::string picture(std::string_view url) {
    const std::string id = content_id_of(url);
    auto known = pictures_.find(id);
    if (known == pictures_.end()) {
      const auto found = resolver_ ? resolver_(id) : std::nullopt;
      std::string data;
      if (found && is_image_type(found->type) && found->octets.size() < limits_.image_octets) {
        data = "data:" + found->type + ";base64," + to_base64(found->octets);
      }
      // What there is no room for needs none here either.
      if (data.size() > limits_.image_octets - shown_) data.clear();
      known = pictures_.emplace(id, std::move(data)).first;
    }
    if (known->second.size() > limits_.image_octets - shown_) return {};
    shown_ += known->second.size();
    return known->second;
  }

  const CidResolver& resolver_;
  const HtmlLimits& limits_;
  std::string out_;
  std::size_t shown_ = 0;                        // octets of pictures
  std::map<std::string, std::string> pictures_;  // by Content-ID: each is looked for once
};

}  // namespace

std::string inert_html(std::string_view html, const CidResolver& resolver, const HtmlLimits& limits) {
  return Writer(resolver, limits).write(html);
}

}  // namespace smtp_double
