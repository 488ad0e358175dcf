#include "sasl/auth_exchange.hpp"

namespace smtp_double {

AuthExchange::AuthExchange(Mechanism mechanism, const AuthSettings&) : mechanism_(mechanism) {}

AuthReply AuthExchange::start(std::optional<std::string_view>) {
  return {ReplyCode::of<535>(), EnhancedCode{5, 7, 8}, "Authentication credentials invalid", true};
}

AuthReply AuthExchange::respond(std::string_view) { return start({}); }

}  // namespace smtp_double
