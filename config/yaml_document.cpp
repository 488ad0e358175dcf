#include "config/yaml_document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>

#include "config/json_document.hpp"
#include "config/yaml_syntax_error.hpp"
#include "config/yaml_text_check.hpp"

namespace smtp_double {
namespace {

// Aliases of aliases grow fast: what a document comes to in the end is bounded, not just its text.
constexpr std::size_t heaviest_document = 2'000'000;

/// Ends the parsing: the diagnostic says why.
struct Stop {
  std::size_t offset;
  std::string message;
  std::string hint;
};

// Reads a text in place.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // the get area is only read
    setg(begin, begin, begin + text.size());
  }
};

std::size_t offset_of(const YAML::Mark& mark) { return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos); }

bool is_core_tag(const std::string& tag) {
  return tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
}

}  // namespace

class DocumentBuilder : public YAML::EventHandler {
 public:
  DocumentBuilder(const SourceText& source, std::vector<Diagnostic>& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  YamlDocument take() { return std::move(document_); }
  bool has_document() const { return document_.root_ != nullptr; }
  /// Where the last thing that could be read begins.
  std::size_t last_offset() const { return last_offset_; }
  /// The innermost '[' or '{' that is not closed yet.
  std::optional<std::size_t> open_bracket() const {
    if (open_.empty() || open_.back().node->style != YamlStyle::Flow) return std::nullopt;
    return open_.back().node->offset;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!has_document()) return;
    const std::size_t offset = offset_of(mark);
    const bool marked = std::string_view(source_.text()).substr(offset).starts_with("---");
    if (marked) throw Stop{offset, "a second document begins here", "a file holds one"};
    throw Stop{offset, "the document should have ended before this", "is the indentation right?"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode& node = make(YamlKind::Null, mark, anchor);
    if (!is_written_null(node.offset)) node.offset = missing_value_offset(node.offset);
    add(node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode& node = make(YamlKind::Scalar, mark, anchor);
    refuse_foreign_tag(tag, node);
    node.text = value;
    node.style = style_of(tag, node.offset);
    // yaml-cpp takes the end of the file for a closing quote.
    if (node.style == YamlStyle::Quoted && closing_quote(source_.text(), node.offset) == std::string_view::npos) {
      throw Stop{node.offset, "the quoted text that begins here never ends", {}};
    }
    add(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end() || is_open(*found->second)) {
      throw Stop{offset_of(mark), "an alias within the value it stands for", {}};
    }
    add(*found->second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(YamlKind::Sequence, mark, tag, anchor, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(YamlKind::Mapping, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    open_.back().key = nullptr;
    merge(*open_.back().node, open_.back().merged);
    close();
  }

 private:
  struct Open {
    YamlNode* node;
    const YamlNode* key = nullptr;  // of the value that comes next
    std::unordered_map<std::string_view, const YamlNode*> keys = {};
    std::vector<const YamlNode*> merged = {};
  };

  YamlNode& make(YamlKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    YamlNode& node = document_.nodes_.emplace_back();
    node.kind = kind;
    node.offset = behind_properties(std::min(offset_of(mark), source_.text().size()));
    last_offset_ = node.offset;
    if (anchor != 0) anchors_[anchor] = &node;
    return node;
  }

  void open(YamlKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    YamlNode& node = make(kind, mark, anchor);
    refuse_foreign_tag(tag, node);
    node.style = style == YAML::EmitterStyle::Flow ? YamlStyle::Flow : YamlStyle::Block;
    if (open_.size() >= deepest_yaml) throw Stop{node.offset, too_deep_message(), {}};
    open_.push_back({&node});
  }

  void close() {
    const YamlNode& node = *open_.back().node;
    open_.pop_back();
    add(node);
  }

  void add(const YamlNode& node) {
    if (open_.empty()) {
      document_.root_ = &node;
      return;
    }
    Open& parent = open_.back();
    parent.node->weight += node.weight;
    if (parent.node->weight > heaviest_document) throw Stop{node.offset, "aliases make the document too large", {}};
    if (parent.node->kind == YamlKind::Sequence) {
      parent.node->items.push_back(&node);
    } else if (parent.key == nullptr) {
      parent.key = &node;
    } else {
      add_entry(parent, *parent.key, node);
      parent.key = nullptr;
    }
  }

  void add_entry(Open& mapping, const YamlNode& key, const YamlNode& value) {
    if (key.kind != YamlKind::Scalar) {
      // Who reads a value "{{…}}" says that it lacks quotes.
      if (!is_template(*mapping.node)) report(key.offset, "a key must be a word", {});
    } else if (key.text == "<<" && key.style == YamlStyle::Plain) {
      mapping.merged.push_back(&value);
    } else if (const auto [first, is_new] = mapping.keys.emplace(key.text, &key); is_new) {
      mapping.node->entries.push_back({&key, &value});
    } else {
      const SourcePlace place = source_.place(first->second->offset);
      report(key.offset, "the key " + quotation(key.text) + " stands here twice",
             "the first is in line " + std::to_string(place.line));
    }
  }

  // A mapping's own keys go before merged ones, the first merged mapping before later ones.
  void merge(YamlNode& mapping, const std::vector<const YamlNode*>& merged) {
    for (const YamlNode* value : merged) {
      if (value->kind == YamlKind::Sequence) {
        merge(mapping, value->items);
      } else if (value->kind == YamlKind::Mapping) {
        for (const YamlNode::Entry& entry : value->entries) {
          if (open_.back().keys.emplace(entry.key->text, entry.key).second) mapping.entries.push_back(entry);
        }
      } else {
        report(value->offset, "'<<' takes a mapping, or a list of them", {});
      }
    }
  }

  bool is_open(const YamlNode& node) const {
    for (const Open& open : open_) {
      if (open.node == &node) return true;
    }
    return false;
  }

  void refuse_foreign_tag(const std::string& tag, const YamlNode& node) {
    if (is_core_tag(tag)) return;
    report(node.offset, "the tag " + quotation(tag) + " means nothing here",
           "put a text that begins with '!' in quotes");
  }

  // The mark is that of an anchor or a tag, where there is one; what it belongs to comes later.
  std::size_t behind_properties(std::size_t offset) const {
    const std::string& text = source_.text();
    while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
      offset = std::min(text.find_first_of(" \t\r\n,[]{}", offset), text.size());
      offset = std::min(text.find_first_not_of(" \t\r\n", offset), text.size());
    }
    return offset;
  }

  YamlStyle style_of(const std::string& tag, std::size_t offset) const {
    if (tag == "?" || offset >= source_.text().size()) return YamlStyle::Plain;
    const char first = source_.text()[offset];
    if (first == '"' || first == '\'') return YamlStyle::Quoted;
    return YamlStyle::Block;
  }

  bool is_template(const YamlNode& mapping) const {
    return std::string_view(source_.text()).substr(mapping.offset).starts_with("{{");
  }

  bool is_written_null(std::size_t offset) const {
    const std::string_view rest = std::string_view(source_.text()).substr(offset);
    return rest.starts_with('~') || rest.starts_with("null") || rest.starts_with("Null") || rest.starts_with("NULL");
  }

  std::size_t missing_value_offset(std::size_t offset) const {
    if (open_.empty()) return offset;
    const Open& parent = open_.back();
    if (parent.key != nullptr) return parent.key->offset;
    const std::size_t dash = source_.text().rfind('-', offset);
    return parent.node->style == YamlStyle::Block && dash != std::string::npos ? dash : offset;
  }

  void report(std::size_t offset, std::string message, std::string hint) {
    add_bounded(diagnostics_, source_.diagnostic_at(offset, Severity::Error, std::move(message), std::move(hint)));
  }

  const SourceText& source_;
  std::vector<Diagnostic>& diagnostics_;
  YamlDocument document_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, const YamlNode*> anchors_;
  std::size_t last_offset_ = 0;
};

std::optional<YamlDocument> parse_yaml(const SourceText& source, std::vector<Diagnostic>& diagnostics) {
  if (auto error = check_yaml_octets(source)) {
    diagnostics.push_back(std::move(*error));
    return std::nullopt;
  }
  if (auto json = parse_json(source, diagnostics)) return json;
  if (auto error = check_yaml_load(source)) {
    diagnostics.push_back(std::move(*error));
    return std::nullopt;
  }
  DocumentBuilder builder(source, diagnostics);
  try {
    ViewBuffer buffer(source.text());
    std::istream in(&buffer);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    if (builder.has_document()) return builder.take();
    diagnostics.push_back(
        {source.file(), 0, 0, Severity::Error, {}, "the file is empty", "nothing to set is written {}", {}});
  } catch (const Stop& stop) {
    diagnostics.push_back(source.diagnostic_at(stop.offset, Severity::Error, stop.message, stop.hint));
  } catch (const YAML::Exception& error) {
    const YamlFailure failure{error.msg, offset_of(error.mark), builder.last_offset(), builder.open_bracket()};
    diagnostics.push_back(syntax_error(source, failure));
  }
  return std::nullopt;
}

}  // namespace smtp_double
