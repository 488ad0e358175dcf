#include "app/logging.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/gathering_sink.hpp"
#include "protocol/utf8.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 5> levels{"debug", "info", "warning", "error", "off"};

// The octets of the character at the front, as a JSON string has it. What is not UTF-8, in the path of a file perhaps,
// becomes the replacement character: no reader of JSON would take it.
std::size_t append_character(std::string_view text, spdlog::memory_buf_t& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  const auto append = [&out](std::string_view part) { out.append(part.data(), part.data() + part.size()); };
  const auto octet = static_cast<unsigned char>(text.front());
  if (octet == '"' || octet == '\\') {
    out.push_back('\\');
    out.push_back(text.front());
    return 1;
  }
  if (octet < 0x20) {
    append("\\u00");
    out.push_back(hex[octet >> 4U]);
    out.push_back(hex[octet & 15U]);
    return 1;
  }
  const std::size_t size = utf8_character_size(text);
  append(size > 0 ? text.substr(0, size) : "\\ufffd");
  return size > 0 ? size : 1;
}

// The message as a JSON string; spdlog's patterns cannot quote.
class JsonText final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    std::string_view text(message.payload.data(), message.payload.size());
    while (!text.empty()) text.remove_prefix(append_character(text, out));
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonText>(); }
};

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  if (format == LogFormat::Json) {
    formatter->add_flag<JsonText>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%f%z","level":"%l","message":"%*"})");
  } else {
    formatter->set_pattern("%H:%M:%S.%e %l: %v");
  }
  return formatter;
}

}  // namespace

std::string_view log_levels() { return "debug, info, warning, error, off"; }

bool is_log_level(std::string_view word) { return std::find(levels.begin(), levels.end(), word) != levels.end(); }

void start_logging(std::string_view level, LogFormat format) {
  auto sink = std::make_shared<GatheringSink>(STDERR_FILENO);
  auto logger = std::make_shared<spdlog::logger>("smtp-double", std::move(sink));
  logger->set_formatter(make_formatter(format));
  logger->set_level(spdlog::level::from_str(std::string(level)));
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

std::string json_log_line(std::string_view level, std::string_view message) {
  spdlog::memory_buf_t line;
  make_formatter(LogFormat::Json)
      ->format({"smtp-double", spdlog::level::from_str(std::string(level)), {message.data(), message.size()}}, line);
  return {line.data(), line.size()};
}

void gather_log(const std::function<void()>& flush_soon) {
  for (const auto& sink : spdlog::default_logger()->sinks()) {
    if (auto* gathering = dynamic_cast<GatheringSink*>(sink.get())) gathering->set_flush_soon(flush_soon);
  }
}

void flush_log() { spdlog::default_logger()->flush(); }

void finish_logging() {
  gather_log(nullptr);
  spdlog::shutdown();
}

}  // namespace smtp_double
