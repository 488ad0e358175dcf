#pragma once

#include <optional>

#include "config/reading.hpp"
#include "config/template_reader.hpp"
#include "scenario/draw.hpp"
#include "scenario/response.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// `2s`, `"{{wait}}"`, `{uniform: [1s, 3s]}` or `{lognormal: {median: 90ms, p99: 2s}}`.
std::optional<Delay> read_delay(Reading& reading, const YamlNode& node, const GroupNames& groups);

/// The same without templates, for the server's own replies.
std::optional<Delay> read_server_delay(Reading& reading, const YamlNode& node);

/// `{bytes: 1, every: 200ms}` or `{lines: 1, every: 1s}`.
std::optional<Pace> read_pace(Reading& reading, const YamlNode& node);

/// `30s..2m`, `30s..`, `..2m`, or `{from: 10s, to: 20s, cycle: 1m}`.
std::optional<Period> read_period(Reading& reading, const YamlNode& node);

/// `20%` or `0.2`.
std::optional<Probability> read_probability(Reading& reading, const YamlNode& node);

/// A duration above 0.
std::optional<std::chrono::microseconds> read_positive_duration(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
