#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "config/source_text.hpp"

namespace smtp_double {

enum class YamlKind : std::uint8_t { Null, Scalar, Sequence, Mapping };

/// How a scalar or a collection is written.
enum class YamlStyle : std::uint8_t { Plain, Quoted, Block, Flow };

/// One value of a document. Nodes live as long as their document.
struct YamlNode {
  struct Entry {
    const YamlNode* key;
    const YamlNode* value;
  };

  YamlKind kind = YamlKind::Null;
  YamlStyle style = YamlStyle::Plain;
  std::size_t offset = 0;  ///< octets from the start of the text; of a missing value, where its key is
  std::string text;        ///< of a scalar
  std::vector<const YamlNode*> items;
  std::vector<Entry> entries;  ///< keys are scalars, each once; merge keys (<<) are already followed
  std::size_t weight = 1;      ///< nodes below and this one, aliases counted as often as they are used
};

class YamlDocument {
 public:
  const YamlNode& root() const { return *root_; }

 private:
  friend class DocumentBuilder;
  friend class JsonReader;
  std::deque<YamlNode> nodes_;
  const YamlNode* root_ = nullptr;
};

/// Reads the one document of a text. Nothing, and the reason among the diagnostics, when it is no YAML; other
/// mistakes (a key twice, a key that is a list) are reported and the rest is read all the same. JSON is read as JSON.
std::optional<YamlDocument> parse_yaml(const SourceText& source, std::vector<Diagnostic>& diagnostics);

}  // namespace smtp_double
