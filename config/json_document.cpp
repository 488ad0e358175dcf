#include "config/json_document.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "config/yaml_text_check.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

void append_utf8(std::string& text, std::uint32_t code) {
  const auto put = [&](std::uint32_t octet) { text += static_cast<char>(octet); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6U);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12U);
    put(0x80 | (code >> 6U & 0x3F));
  } else {
    put(0xF0 | code >> 18U);
    put(0x80 | (code >> 12U & 0x3F));
    put(0x80 | (code >> 6U & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

// What stands for it behind a backslash; 0 for what is none, or takes digits.
char simple_escape(char c) {
  constexpr std::string_view written = "\"\\/bfnrt";
  constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
  const std::size_t found = written.find(c);
  return found == std::string_view::npos ? '\0' : meant[found];
}

}  // namespace

class JsonReader {
 public:
  JsonReader(const SourceText& source, std::vector<Diagnostic>& diagnostics)
      : source_(source), text_(source.text()), diagnostics_(diagnostics) {}

  std::optional<YamlDocument> read() {
    document_.root_ = value(0);
    skip_white();
    if (document_.root_ == nullptr || at_ != text_.size()) return std::nullopt;
    return std::move(document_);
  }

 private:
  // Each gives null, or false, for what is no JSON.

  const YamlNode* value(std::size_t depth) {
    skip_white();
    if (at_ == text_.size()) return nullptr;
    YamlNode& node = document_.nodes_.emplace_back();
    node.offset = at_;
    const auto is_read = [&] {
      switch (text_[at_]) {
        case '{': return mapping(node, depth);
        case '[': return sequence(node, depth);
        case '"': return string(node);
        case 't': return word(node, "true", YamlKind::Scalar);
        case 'f': return word(node, "false", YamlKind::Scalar);
        case 'n': return word(node, "null", YamlKind::Null);
        default: return number(node);
      }
    };
    return is_read() ? &node : nullptr;
  }

  bool mapping(YamlNode& node, std::size_t depth) {
    if (depth == deepest_yaml) return false;
    node.kind = YamlKind::Mapping;
    node.style = YamlStyle::Flow;
    ++at_;
    if (take('}')) return true;
    std::unordered_map<std::string_view, const YamlNode*> keys;
    do {
      skip_white();
      if (at_ == text_.size() || text_[at_] != '"') return false;
      const YamlNode* key = value(depth + 1);
      if (key == nullptr || !take(':')) return false;
      const YamlNode* read = value(depth + 1);
      if (read == nullptr) return false;
      const auto [first, is_new] = keys.emplace(key->text, key);
      if (is_new) node.entries.push_back({key, read});
      if (!is_new) report_twice(*key, *first->second);
    } while (take(','));
    return take('}');
  }

  bool sequence(YamlNode& node, std::size_t depth) {
    if (depth == deepest_yaml) return false;
    node.kind = YamlKind::Sequence;
    node.style = YamlStyle::Flow;
    ++at_;
    if (take(']')) return true;
    do {
      const YamlNode* item = value(depth + 1);
      if (item == nullptr) return false;
      node.items.push_back(item);
    } while (take(','));
    return take(']');
  }

  bool string(YamlNode& node) {
    node.kind = YamlKind::Scalar;
    node.style = YamlStyle::Quoted;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < ' ') return false;
      if (c != '\\') {
        node.text += c;
      } else if (!escape(node.text)) {
        return false;
      }
    }
    return false;
  }

  // From the backslash to its last octet.
  bool escape(std::string& to) {
    if (++at_ == text_.size()) return false;
    if (const char meant = simple_escape(text_[at_]); meant != '\0') {
      to += meant;
      return true;
    }
    auto code = four_digits();
    if (!code || (*code >= 0xDC00 && *code < 0xE000)) return false;
    if (*code >= 0xD800 && *code < 0xDC00) {  // the first half of a pair
      if (!text_.substr(at_ + 1).starts_with("\\u")) return false;
      at_ += 2;
      const auto low = four_digits();
      if (!low || *low < 0xDC00 || *low >= 0xE000) return false;
      code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
    }
    append_utf8(to, *code);
    return true;
  }

  // Those behind a 'u', up to the last one.
  std::optional<std::uint32_t> four_digits() {
    const std::string_view digits = text_.substr(at_ + 1, 4);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    const bool all = error == std::errc() && digits.size() == 4 && end == digits.data() + 4;
    if (text_[at_] != 'u' || !all) return std::nullopt;
    at_ += 4;
    return code;
  }

  bool word(YamlNode& node, std::string_view expected, YamlKind kind) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    node.kind = kind;
    if (kind == YamlKind::Scalar) node.text = expected;
    return true;
  }

  // It stays as it is written, however large.
  bool number(YamlNode& node) {
    const std::size_t begin = at_;
    if (text_[at_] == '-') ++at_;
    const std::size_t whole = at_;
    if (!digits() || (text_[whole] == '0' && at_ > whole + 1)) return false;
    if (at_ < text_.size() && text_[at_] == '.' && (++at_, !digits())) return false;
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return false;
    }
    node.kind = YamlKind::Scalar;
    node.text = text_.substr(begin, at_ - begin);
    return true;
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool take(char c) {
    skip_white();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_white() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  void report_twice(const YamlNode& key, const YamlNode& first) {
    add_bounded(diagnostics_, source_.diagnostic_at(
                                  key.offset, Severity::Error, "the key " + quotation(key.text) + " stands here twice",
                                  "the first is in line " + std::to_string(source_.place(first.offset).line)));
  }

  const SourceText& source_;
  std::string_view text_;
  std::vector<Diagnostic>& diagnostics_;
  YamlDocument document_;
  std::size_t at_ = 0;
};

std::optional<YamlDocument> parse_json(const SourceText& source, std::vector<Diagnostic>& diagnostics) {
  const std::string_view text = source.text();
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[')) return std::nullopt;
  std::vector<Diagnostic> found;
  auto document = JsonReader(source, found).read();
  if (document) diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  return document;
}

}  // namespace smtp_double
