#include "app/logging.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/gathering_sink.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 5> levels{"debug", "info", "warning", "error", "off"};

// The message as a JSON string; spdlog's patterns cannot quote.
class JsonText final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto append = [&out](std::string_view text) { out.append(text.data(), text.data() + text.size()); };
    for (const char c : message.payload) {
      const auto octet = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
      } else if (octet < 0x20) {
        append("\\u00");
        out.push_back(hex[octet >> 4U]);
        out.push_back(hex[octet & 15U]);
      } else {
        out.push_back(c);
      }
    }
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
