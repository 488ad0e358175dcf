#include "scenario/reply_plan.hpp"

#include "protocol/ascii.hpp"
#include "scenario/duration.hpp"

namespace smtp_double {
namespace {

struct Describe {
  std::string_view& bytes;

  std::string operator()(const Send& send) const {
    std::string text = "send " + escaped(bytes.substr(0, send.count));
    bytes.remove_prefix(send.count);
    return text;
  }
  std::string operator()(const SendSlowly& send) const {
    std::string text = (*this)(Send{send.count});
    if (send.times != 1) text += " " + std::to_string(send.times) + " times";
    if (send.pace.every.count() == 0) return text;
    return text + " " + std::to_string(send.pace.count) + (send.pace.unit == PaceUnit::Lines ? " lines" : " octets") +
           " every " + smtp_double::to_string(send.pace.every);
  }
  std::string operator()(const Wait& wait) const { return "wait " + smtp_double::to_string(wait.time); }
  std::string operator()(const ReadSlowly& read) const {
    return "read " + std::to_string(read.octets_per_second) + " octets per second";
  }
  std::string operator()(const Close&) const { return "close"; }
  std::string operator()(const Reset&) const { return "reset"; }
  std::string operator()(const HalfClose&) const { return "half-close"; }
  std::string operator()(const GoSilent&) const { return "go silent"; }
  std::string operator()(const StopReading&) const { return "stop reading"; }
  std::string operator()(const BeginTls&) const { return "begin TLS"; }
  std::string operator()(const Handshake& handshake) const { return handshake.half ? "half a handshake" : "handshake"; }
};

}  // namespace

std::uint64_t octets_to_send(const ReplyPlan& plan) {
  std::uint64_t octets = 0;
  for (const Step& step : plan.steps) {
    if (const auto* send = std::get_if<Send>(&step)) octets += send->count;
    if (const auto* slow = std::get_if<SendSlowly>(&step)) octets += slow->count * slow->times;
  }
  return octets;
}

std::string to_string(const ReplyPlan& plan) {
  std::string text;
  std::string_view bytes = plan.bytes;
  for (const Step& step : plan.steps) {
    if (!text.empty()) text += ", ";
    text += std::visit(Describe{bytes}, step);
  }
  return text;
}

std::string escaped(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string text = "\"";
  for (const char c : bytes) {
    switch (c) {
      case '\r': text += "\\r"; break;
      case '\n': text += "\\n"; break;
      case '\t': text += "\\t"; break;
      case '\0': text += "\\0"; break;
      case '\\': text += "\\\\"; break;
      case '"': text += "\\\""; break;
      default:
        if (is_control(c) || is_eight_bit(c)) {
          const auto octet = static_cast<unsigned char>(c);
          text += {'\\', 'x', hex[octet >> 4U], hex[octet & 15U]};
        } else {
          text += c;
        }
    }
  }
  return text += '"';
}

}  // namespace smtp_double
