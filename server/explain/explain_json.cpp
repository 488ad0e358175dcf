#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "explain/explain.hpp"

namespace smtp_double {
namespace {

namespace json = boost::json;

json::string_view text(std::string_view value) { return {value.data(), value.size()}; }

// The parts of `list` between `separator`s.
template <typename Convert>
json::array parts(std::string_view list, std::string_view separator, Convert convert) {
  json::array result;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    result.emplace_back(convert(list.substr(0, end)));
    list.remove_prefix(std::min(end + separator.size(), list.size()));
  }
  return result;
}

json::array names_in(StageSet stages) {
  json::array names;
  for (std::size_t i = 0; i < stage_count; ++i) {
    if (stages.test(i)) names.emplace_back(text(name(static_cast<Stage>(i))));
  }
  return names;
}

json::object digit(int number, DigitMeaning meaning) {
  return {{"digit", number}, {"name", text(meaning.name)}, {"meaning", text(meaning.meaning)}};
}

json::array digits_of(ReplyCode code) {
  json::array digits{digit(code.class_digit(), first_digit_meaning(code)),
                     digit(code.category_digit(), second_digit_meaning(code))};
  digits.push_back(json::object{{"digit", code.detail_digit()}, {"meaning", text(third_digit_meaning(code))}});
  return digits;
}

json::array uses_of(ReplyCode code) {
  json::array uses;
  for (const FieldUse& use : field_uses(code.value())) {
    uses.push_back(
        json::object{{"who", text(use.who)}, {"meaning", text(use.meaning)}, {"on_wire", text(name(use.on_wire))}});
  }
  return uses;
}

json::object stages_of(ReplyCode code) {
  std::array<StageSet, 4> places{};
  for (std::size_t i = 0; i < stage_count; ++i) {
    places[static_cast<std::size_t>(listing(code, static_cast<Stage>(i)))].set(i);
  }
  return {{"rfc5321", names_in(places[0])}, {"other_rfc", names_in(places[1])}, {"field", names_in(places[2])}};
}

void add_entry(json::object& object, const CodeEntry& entry) {
  object["name"] = text(entry.name);
  object["status"] = text(name(entry.status));
  object["meaning"] = text(entry.meaning);
  object["scope"] = text(entry.scope);
  object["client"] = text(entry.client);
  if (!entry.server.empty()) object["server"] = text(entry.server);
  object["enhanced"] = parts(entry.enhanced, " ", text);
  object["references"] = parts(entry.references, "; ", text);
  object["other_verbs"] = parts(entry.other_verbs, ", ", text);
}

json::object object_of(ReplyCode code) {
  json::object object{{"value", code.value()}};
  if (const CodeEntry* entry = find_code(code)) add_entry(object, *entry);
  object["in_grammar"] = in_grammar(code);
  object["digits"] = digits_of(code);
  object["short_text"] = text(short_text(code));
  object["stages"] = stages_of(code);
  object["in_use"] = uses_of(code);
  return object;
}

json::string_view name_of(EnhancedMatch match) {
  constexpr std::array<const char*, 3> names{"exact", "subject", "class"};
  return names[static_cast<std::size_t>(match)];
}

json::array vendors_of(EnhancedCode code) {
  json::array vendors;
  for (const VendorMeaning& vendor : vendor_meanings()) {
    if (!vendor.covers(code)) continue;
    vendors.push_back(json::object{{"who", text(vendor.who)}, {"meaning", text(vendor.meaning)}});
  }
  return vendors;
}

json::object object_of(EnhancedCode code) {
  const EnhancedLookup lookup = find_enhanced(code);
  json::array basic_codes;
  for (const ReplyCode basic : goes_with(code)) basic_codes.emplace_back(basic.value());
  return {{"value", to_string(code)},
          {"name", text(lookup.entry->name)},
          {"match", name_of(lookup.match)},
          {"class", digit(code.class_digit, enhanced_class_meaning(code))},
          {"subject", digit(code.subject, enhanced_subject_meaning(code))},
          {"detail", digit(code.detail, {lookup.entry->name, lookup.entry->meaning})},
          {"basic_codes", std::move(basic_codes)},
          {"references", parts(lookup.entry->references, "; ", text)},
          {"in_use", vendors_of(code)}};
}

json::string_view name_of(Listing listing) {
  constexpr std::array<const char*, 4> names{"rfc5321", "other_rfc", "field", "nobody"};
  return names[static_cast<std::size_t>(listing)];
}

json::string_view kind_of(ReplyCode code) {
  constexpr std::array<const char*, 5> kinds{"preliminary", "success", "intermediate", "transient-failure",
                                             "permanent-failure"};
  return kinds[static_cast<std::size_t>(code.class_digit() - 1)];
}

json::array replies_of(Stage stage) {
  json::array replies;
  for (const StageReply& reply : replies_at(stage)) {
    replies.push_back(json::object{{"code", reply.code.value()},
                                   {"kind", kind_of(reply.code)},
                                   {"listing", name_of(reply.listing)},
                                   {"meaning", text(reply.meaning)}});
  }
  return replies;
}

json::object object_of(Stage stage, const std::optional<ReplyCode>& code) {
  json::object object{{"stage", text(name(stage))}, {"meaning", text(meaning_of(stage))}};
  if (code) {
    object["listing"] = name_of(listing(*code, stage));
    object["reply"] = example_reply(*code, stage);
  } else {
    object["replies"] = replies_of(stage);
  }
  return object;
}

}  // namespace

std::string to_json(const Explanation& explanation) {
  json::object root;
  if (explanation.code) root["code"] = object_of(*explanation.code);
  if (explanation.enhanced) root["enhanced"] = object_of(*explanation.enhanced);
  if (!explanation.stages.empty()) {
    json::array stages;
    for (Stage stage : explanation.stages) stages.push_back(object_of(stage, explanation.code));
    root["stages"] = std::move(stages);
  }
  if (!explanation.notes.empty()) root["notes"] = json::array(explanation.notes.begin(), explanation.notes.end());
  return json::serialize(root);
}

}  // namespace smtp_double
