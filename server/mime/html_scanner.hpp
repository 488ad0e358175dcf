#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smtp_double {

struct HtmlText {
  std::string_view text;
};
struct HtmlAttribute {
  std::string name;        ///< in lower case
  std::string_view value;  ///< as it is written, its character references included, without its quotes
};
struct HtmlTag {
  std::string name;  ///< in lower case
  bool is_end = false;
  std::vector<HtmlAttribute> attributes = {};  ///< the first 100; the first of each name counts
};
/// Comments, doctypes, and whatever else shows nothing.
struct HtmlIgnored {};
struct HtmlEnd {};
using HtmlToken = std::variant<HtmlText, HtmlTag, HtmlIgnored, HtmlEnd>;

/// Takes HTML apart as browsers do (WHATWG HTML 13.2.5), as far as tags, attributes and comments go.
class HtmlScanner {
 public:
  /// Its tokens are views into `html`.
  explicit HtmlScanner(std::string_view html) : rest_(html) {}

  HtmlToken next();
  /// What stands up to the end tag of that name, in which nothing is a tag; all the rest without one.
  std::string_view take_raw_text(std::string_view name);

 private:
  HtmlToken take_markup();
  HtmlToken take_comment();
  HtmlToken take_tag(bool is_end);
  bool take_attribute(HtmlTag& tag);
  std::string_view take_value();
  std::string_view take(std::size_t octets);

  std::string_view rest_;
};

}  // namespace smtp_double
