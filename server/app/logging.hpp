#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace smtp_double {

enum class LogFormat : std::uint8_t { Text, Json };

/// Sends the log to standard error. `level` is one of the words of log_levels().
void start_logging(std::string_view level, LogFormat format);

/// A line of the log in JSON, for what is said before there is a log; with its newline.
std::string json_log_line(std::string_view level, std::string_view message);

/// From now on lines are gathered and written together, so that no event waits for a system call: when
/// flush_log() is called, which `flush_soon` is to see to, and at once from `warning` on.
void gather_log(const std::function<void()>& flush_soon);
void flush_log();

/// Writes what was gathered. Nothing may be logged after it.
void finish_logging();

/// "debug, info, warning, error, off"
std::string_view log_levels();
bool is_log_level(std::string_view word);

}  // namespace smtp_double
