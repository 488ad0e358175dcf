#include "result_json.hpp"

#include <chrono>
#include <sstream>

namespace smtp_double::bench {

namespace {

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// All texts are our own or strerror's; a quote in one of them is the worst that can happen.
std::string in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result += '"';
}

std::string by_code(const ReplyTally& replies) {
  std::ostringstream out;
  const char* separator = "{";
  for (std::size_t code = 0; code < replies.size(); ++code) {
    if (replies[code] == 0) continue;
    out << separator << '"' << code << "\": " << replies[code];
    separator = ", ";
  }
  return out.str().empty() ? "{}" : out.str() + "}";
}

}  // namespace

std::string to_json(const Load& load, const LoadResult& result) {
  std::ostringstream out;
  out << "{\"connections\": " << load.connections << ", \"messages_per_session\": " << load.messages_per_session
      << ", \"size\": " << load.size << ", \"sessions\": " << result.sessions << ", \"messages\": " << result.messages
      << ", \"elapsed_s\": " << seconds(result.elapsed) << ", \"client_cpu_s\": " << seconds(result.client_cpu)
      << ", \"replies\": " << by_code(result.replies) << ", \"errors\": " << result.errors()
      << ", \"wrong_replies\": " << result.wrong_replies << ", \"broken_connections\": " << result.broken_connections
      << ", \"unfinished_sessions\": " << result.unfinished << ", \"first_error\": " << in_quotes(result.first_error)
      << '}';
  return out.str();
}

std::string to_json(const std::string& state, const IdleResult& result) {
  std::ostringstream out;
  out << "{\"state\": " << in_quotes(state) << ", \"ready\": " << result.ready << ", \"failed\": " << result.failed
      << ", \"lost\": " << result.lost << ", \"opening_s\": " << seconds(result.opening_took)
      << ", \"first_error\": " << in_quotes(result.first_error) << '}';
  return out.str();
}

}  // namespace smtp_double::bench
