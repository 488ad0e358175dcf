// Whatever a client says in an exchange, each line has one reply of the few there are, and a verdict stays.

#include <string>
#include <vector>

#include "input.hpp"
#include "protocol/base64.hpp"
#include "protocol/utf8.hpp"
#include "require.hpp"
#include "sasl/auth_exchange.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

void check(const AuthReply& reply) {
  const int code = reply.code.value();
  require(code == 334 || code == 501 || code == 235 || code == 535, "no other code comes of it");
  require(reply.is_verdict == (code == 235 || code == 535), "a verdict is a verdict");
  require(reply.enhanced.has_value() == (code != 334), "all but a challenge have an enhanced code");
  if (code == 334) return require(decode_base64(reply.text).has_value(), "a challenge is base64");
  require(reply.text.size() < 400 && reply.text.find_first_of("\r\n") == std::string::npos, "a text is one short line");
}

std::vector<AuthReply> run(fuzz::Input input) {
  const auto mechanism = static_cast<Mechanism>(input.below(mechanism_count));
  const Credentials credentials{input.flag(), {{"tim", "tanstaaf"}, {"ann", "x"}}};
  AuthSettings settings{credentials, "mx.example.test", input.octet()};
  if (input.flag()) settings.certificate = "tim";
  AuthExchange exchange(mechanism, settings);
  // A line as it is, or a message in base64.
  const auto line = [&] {
    const bool is_message = input.flag();
    const std::string_view text = input.text_to('\n');
    return is_message ? encode_base64(text) : std::string(text);
  };
  std::vector<AuthReply> replies;
  replies.push_back(input.flag() ? exchange.start(line()) : exchange.start(std::nullopt));
  for (int i = 0; i < 6 && !input.rest().empty(); ++i) {
    const AuthReply before = replies.back();
    replies.push_back(exchange.respond(line()));
    check(replies.back());
    require(!before.is_verdict || replies.back() == before, "a verdict is given again");
    require(is_utf8(exchange.user()) && exchange.user().find('\0') == std::string::npos, "a user has a name");
  }
  check(replies.front());
  return replies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  require(run({data, size}) == run({data, size}), "it is the same each time");
  return 0;
}
