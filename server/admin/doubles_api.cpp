#include <algorithm>
#include <array>
#include <utility>

#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/json_body.hpp"
#include "admin/scenario_body.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double::handlers {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::array<std::string_view, 3> kinds{"smtp", "smtps", "lmtp"};

bool is_name(std::string_view name) {
  const auto fits = [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; };
  // Not '.' or '..', which paths take for something else.
  return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, fits) &&
         (is_alpha(name.front()) || is_digit(name.front()));
}

std::optional<DoubleSelector> read_select(const json::object& object, std::vector<Problem>& problems) {
  ObjectReader reader(object, problems, "/select");
  std::optional<DoubleSelector> select;
  const auto take = [&](std::string_view key, DoubleSelector::By by) {
    auto value = reader.text(key);
    if (!value) return;
    if (value->empty() || select) reader.complain(key, "one key with a text selects a double");
    select = DoubleSelector{by, std::move(*value)};
  };
  take("helo", DoubleSelector::By::Helo);
  take("auth.user", DoubleSelector::By::AuthUser);
  take("recipient.domain", DoubleSelector::By::RecipientDomain);
  take("recipient.tag", DoubleSelector::By::RecipientTag);
  reader.finish();
  if (!select && problems.empty()) {
    problems.push_back({"Bad request", "'select' needs helo, auth.user, recipient.domain or recipient.tag", "/select"});
  }
  return select;
}

void read_listen(ObjectReader& reader, NewDouble& wanted) {
  const auto listed = reader.texts("listen");
  if (listed) wanted.listen = *listed;
  if (!listed && !wanted.select) wanted.listen = {"smtp"};
  for (const std::string& kind : wanted.listen) {
    if (std::ranges::find(kinds, kind) == kinds.end()) {
      reader.complain("listen", "'" + kind + "' is no listener; there are smtp, smtps and lmtp");
    } else if (std::ranges::count(wanted.listen, kind) > 1) {
      return reader.complain("listen", "each kind of listener is there once");
    }
  }
  if (wanted.listen.empty() && !wanted.select) {
    reader.complain("listen", "a double needs a listener, or a 'select' by which main's are its own");
  }
}

/// All but the scenario.
boost::system::result<NewDouble, HttpResponse> read_double(const json::object& body, const json::value*& scenario) {
  std::vector<Problem> found;
  ObjectReader reader(body, found);
  NewDouble wanted;
  wanted.name = reader.text("name").value_or("");
  if (reader.has("name") && !is_name(wanted.name)) {
    reader.complain("name", "a name has 1 to 64 letters, digits, '.', '_' and '-', a letter or a digit first");
  }
  if (const json::object* select = reader.object("select")) wanted.select = read_select(*select, found);
  read_listen(reader, wanted);
  scenario = reader.member("scenario");
  reader.finish();
  if (!found.empty()) return problems(400, found);
  return wanted;
}

HttpResponse refused(const HostError& error) {
  switch (error.kind) {
    case HostError::Kind::NameTaken: return problem(409, "Name taken", error.text, "/name");
    case HostError::Kind::SelectorTaken: return problem(409, "Selector taken", error.text, "/select");
    case HostError::Kind::CannotListen: return problem(409, "Cannot listen", error.text);
    case HostError::Kind::TooMany: return problem(409, "Too many doubles", error.text);
  }
  return problem(409, "Not created", error.text);
}

}  // namespace

HttpResponse get_doubles(const ApiCall& call) {
  json::array doubles;
  for (const HostedDouble& hosted : call.api.host().all()) doubles.emplace_back(object_of(hosted));
  return {.body = to_text(json::object{{"doubles", std::move(doubles)}})};
}

HttpResponse post_double(const ApiCall& call) {
  NewDouble wanted{.listen = {"smtp"}};
  ScenarioText source;
  if (is_yaml_body(call.request)) {
    source = *scenario_text_in(call.request);
  } else {
    const auto body = json_object_in(call.request);
    if (!body) return body.error();
    const json::value* scenario = nullptr;
    auto read = read_double(*body, scenario);
    if (!read) return read.error();
    wanted = std::move(*read);
    auto text = scenario_text(scenario != nullptr ? *scenario : json::value{{"library", "default"}});
    if (!text) return text.error();
    source = std::move(*text);
    if (!wanted.name.empty() && scenario != nullptr && !is_from_library(*scenario)) source.file = wanted.name + ".yaml";
  }
  auto read = scenario_of(std::move(source), call.api.host());
  if (!read) return read.error();
  wanted.scenario = std::move(read->scenario);
  const auto created = call.api.host().create(std::move(wanted));
  if (const auto* error = std::get_if<HostError>(&created)) return refused(*error);
  const auto& hosted = std::get<HostedDouble>(created);
  return {.status = 201,
          .body = with_warnings(object_of(hosted), read->warnings),
          .headers = {{"Location", "/v1/doubles/" + hosted.name}}};
}

HttpResponse get_double(const ApiCall& call) {
  const auto found = found_double(call);
  return found ? HttpResponse{.body = to_text(object_of(*found))} : found.error();
}

HttpResponse delete_double(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  if (found->name == "main") {
    return problem(409, "Not deleted", "'main' is there for as long as the process is; POST …/reset empties it");
  }
  if (!call.api.host().remove(found->name)) return problem(404, "No such double", "it has just been deleted");
  return {.status = 204};
}

}  // namespace smtp_double::handlers
