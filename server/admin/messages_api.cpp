#include <array>
#include <utility>

#include "admin/delivery_json.hpp"
#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/message_json.hpp"
#include "admin/query_json.hpp"
#include "admin/query_reader.hpp"
#include "mime/inert_html.hpp"
#include "mime/mime_message.hpp"

namespace smtp_double::handlers {
namespace {

constexpr std::size_t largest_picture = 2UL * 1024 * 1024;

// The page shows it in a sandboxed frame; this holds wherever else it is opened.
constexpr const char* inert_policy =
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

boost::system::result<std::shared_ptr<const Message>, HttpResponse> found_message(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto id = id_in(call.parameters[1]);
  auto message = id ? found->served->mailbox.find(*id) : nullptr;
  if (message != nullptr) return message;
  return problem(404, "No such message", "there is no message " + std::string(call.parameters[1]) + " in the mailbox");
}

HttpResponse download(std::string octets, std::string type, const std::string& name) {
  return {.content_type = std::move(type),
          .body = std::move(octets),
          .headers = {{"Content-Disposition", "attachment; filename=\"" + name + "\""},
                      {"Content-Security-Policy", "sandbox; default-src 'none'"}}};
}

}  // namespace

HttpResponse get_messages(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  constexpr std::array<std::string_view, 2> orders{"asc", "desc"};
  QueryReader query(call.request);
  const std::uint64_t limit = query.page_limit();
  std::uint64_t after = query.number("after", 0, UINT64_MAX).value_or(0);
  const bool newest_first = query.one_of("order", orders) == "desc";
  const MessageQuery wanted = read_message_query(query);
  if (auto wrong = query.finish()) return std::move(*wrong);
  const Double& served = *found->served;
  const auto following = [&] { return newest_first ? served.mailbox.read_back(after) : served.mailbox.read(after); };
  json::array messages;
  json::value next = nullptr;
  for (auto slice = following(); !slice.empty() && next.is_null(); slice = following()) {
    for (const auto& message : slice) {
      if (why_not(wanted, *message, decoded_header_values).empty()) {
        if (messages.size() == limit) {
          next = after;
          break;
        }
        messages.emplace_back(summary_object(*message));
      }
      after = message->id;
    }
  }
  return {.body = to_text(json::object{
              {"messages", std::move(messages)}, {"next", std::move(next)}, {"evicted", evicted_of(served)}})};
}

HttpResponse delete_messages(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  found->served->mailbox.clear();
  found->served->resets.fetch_add(1);
  found->served->changes.notify();
  return {.status = 204};
}

HttpResponse get_message(const ApiCall& call) {
  const auto message = found_message(call);
  if (!message) return message.error();
  const auto found = found_double(call);
  if (!found) return found.error();
  json::object object = message_object(**message);
  object["delivery"] = delivery_of(*found->served, **message);
  object["evicted"] = evicted_of(*found->served);
  return {.body = to_text(object)};
}

HttpResponse get_raw_message(const ApiCall& call) {
  const auto message = found_message(call);
  if (!message) return message.error();
  if (!(*message)->is_whole) return problem(404, "Not kept", "the content was too large to keep");
  return download((*message)->content, "message/rfc822", "message-" + std::to_string((*message)->id) + ".eml");
}

HttpResponse get_message_html(const ApiCall& call) {
  const auto message = found_message(call);
  if (!message) return message.error();
  const std::string& content = (*message)->content;
  const MimeMessage mime = parse_mime(content);
  if (!mime.html) return problem(404, "No HTML", "the message has no HTML part");
  return {.content_type = "text/html; charset=utf-8",
          .body = inert_html(*mime.html, inline_images(content, largest_picture)),
          .headers = {{"Content-Security-Policy", inert_policy}}};
}

HttpResponse get_message_part(const ApiCall& call) {
  const auto message = found_message(call);
  if (!message) return message.error();
  const std::string index(call.parameters[2]);
  auto part = decoded_part((*message)->content, index);
  if (!part) return problem(404, "No such part", "the message has no part " + index);
  // Whatever it says it is: a browser is not to show it under this origin.
  return download(std::move(*part), "application/octet-stream",
                  "message-" + std::to_string((*message)->id) + "-part-" + index);
}

HttpResponse get_deliveries(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  QueryReader query(call.request);
  if (auto wrong = query.finish()) return std::move(*wrong);
  return {.body = to_text(
              json::object{{"deliveries", delivery_list(*found->served)}, {"evicted", evicted_of(*found->served)}})};
}

}  // namespace smtp_double::handlers
