#include "config/timing_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "config/nearest_word.hpp"
#include "config/yaml_slips.hpp"
#include "protocol/ascii.hpp"
#include "scenario/duration.hpp"

namespace smtp_double {
namespace {

using Time = std::chrono::microseconds;

constexpr std::array<std::string_view, 2> distributions{"uniform", "lognormal"};
constexpr std::array<std::string_view, 4> lognormal_keys{"median", "p99", "sigma", "max"};
constexpr std::array<std::string_view, 3> pace_keys{"bytes", "lines", "every"};
constexpr std::array<std::string_view, 3> period_keys{"from", "to", "cycle"};
constexpr std::uint32_t greatest_sigma = 10'000'000;  // in millionths

// ---- decimals

/// A decimal number times 10^places, exactly; nothing for what is none, or has more places.
std::optional<std::uint64_t> parse_decimal(std::string_view text, int places) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string fraction(point < text.size() ? text.substr(point + 1) : std::string_view());
  const bool digits_missing = whole.empty() || (point < text.size() && fraction.empty());
  if (digits_missing || whole.size() > 6 || fraction.size() > static_cast<std::size_t>(places)) return std::nullopt;
  fraction.resize(static_cast<std::size_t>(places), '0');
  std::uint64_t number = 0;
  for (const char c : std::string(whole) + fraction) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

// ---- delays

std::optional<Uniform> read_uniform(Reading& reading, const YamlNode& node) {
  const Reading::Step step(reading, "uniform");
  constexpr std::string_view hint = "write it like {uniform: [1s, 3s]}";
  if (node.kind != YamlKind::Sequence || node.items.size() != 2) {
    reading.error(node, "expected a list of two durations", std::string(hint));
    return std::nullopt;
  }
  const auto least = read_duration(reading, *node.items[0]);
  const auto greatest = read_duration(reading, *node.items[1]);
  if (!least || !greatest) return std::nullopt;
  if (*greatest < *least) {
    reading.error(*node.items[1], fmt::format("{} is less than {}", node.items[1]->text, node.items[0]->text),
                  "the shorter duration comes first");
    return std::nullopt;
  }
  return Uniform{*least, *greatest};
}

std::optional<std::uint32_t> read_sigma(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "a number");
  if (!text) return std::nullopt;
  const auto sigma = parse_decimal(*text, 6);
  if (sigma && *sigma > 0 && *sigma <= greatest_sigma) return static_cast<std::uint32_t>(*sigma);
  reading.error(node, fmt::format("expected a number above 0 and up to 10, not {}", quotation(*text)),
                "sigma is the spread of the logarithm, such as 0.8");
  return std::nullopt;
}

std::optional<std::uint32_t> read_spread(Reading& reading, const YamlNode& mapping, const Keys& keys, Time median) {
  const YamlNode* p99 = keys["p99"];
  const YamlNode* sigma = keys["sigma"];
  if ((p99 == nullptr) == (sigma == nullptr)) {
    reading.error(sigma != nullptr ? *sigma : mapping, "expected either 'p99' or 'sigma'",
                  "write it like {lognormal: {median: 90ms, p99: 2s}}");
    return std::nullopt;
  }
  if (sigma != nullptr) {
    const Reading::Step step(reading, "sigma");
    return read_sigma(reading, *sigma);
  }
  const Reading::Step step(reading, "p99");
  const auto time = read_duration(reading, *p99);
  if (!time) return std::nullopt;
  if (*time <= median) {
    reading.error(*p99, "expected more than the median, " + to_string(median));
    return std::nullopt;
  }
  return std::min(Lognormal::sigma_for(median, *time), greatest_sigma);
}

std::optional<Lognormal> read_lognormal(Reading& reading, const YamlNode& node) {
  const Reading::Step step(reading, "lognormal");
  const auto keys = read_keys(reading, node, lognormal_keys);
  if (!keys) return std::nullopt;
  Lognormal delay;
  std::optional<Time> median;
  with(reading, *keys, "median", [&](const YamlNode& value) { median = read_positive_duration(reading, value); });
  if ((*keys)["median"] == nullptr && keys->all_known()) {
    reading.error(node, "'median' is missing", "half of the delays are below it: {median: 90ms, p99: 2s}");
  }
  if (!median) return std::nullopt;
  delay.median = *median;
  const auto sigma = read_spread(reading, node, *keys, *median);
  bool good = sigma.has_value();
  with(reading, *keys, "max", [&](const YamlNode& value) {
    const auto greatest = read_duration(reading, value);
    good = good && greatest.has_value();
    if (greatest && *greatest < *median) {
      reading.error(value, "expected no less than the median, " + to_string(*median));
      good = false;
    }
    delay.greatest = greatest.value_or(delay.greatest);
  });
  if (!good) return std::nullopt;
  delay.sigma = *sigma;
  delay.greatest = std::max(delay.greatest, delay.median);
  return delay;
}

std::optional<Delay> read_distribution(Reading& reading, const YamlNode& node) {
  const auto keys = read_keys(reading, node, distributions);
  if (!keys || !keys->all_known()) return std::nullopt;
  if (node.entries.size() != 1) {
    reading.error(node, "expected one of " + listed(distributions));
    return std::nullopt;
  }
  const YamlNode& value = *node.entries.front().value;
  if (node.entries.front().key->text == "uniform") {
    if (const auto delay = read_uniform(reading, value)) return *delay;
  } else if (const auto delay = read_lognormal(reading, value)) {
    return *delay;
  }
  return std::nullopt;
}

// ---- periods

/// "30s..2m": each side may be missing.
std::optional<Period> parse_period(Reading& reading, const YamlNode& node) {
  const std::string_view text = node.text;
  const std::size_t dots = text.find("..");
  constexpr std::string_view hint = "write it like 30s..2m, 30s.. or ..2m";
  if (dots == std::string_view::npos) {
    reading.error(node, quotation(text) + " is no period", std::string(hint));
    return std::nullopt;
  }
  const std::string_view from = trimmed(text.substr(0, dots));
  const std::string_view to = trimmed(text.substr(dots + 2));
  Period period;
  const auto read_side = [&](std::string_view side, std::size_t octet, Time& out) {
    if (side.empty()) return true;
    const auto time = parse_duration(side);
    if (!time) reading.error_inside(node, octet, quotation(side) + " is no duration", std::string(hint));
    out = time.value_or(out);
    return time.has_value();
  };
  const bool good = read_side(from, 0, period.from);
  if (!read_side(to, dots + 2, period.to) || !good) return std::nullopt;
  if (from.empty() && to.empty()) {
    reading.error(node, "a period without a beginning and an end is no restriction", std::string(hint));
    return std::nullopt;
  }
  return period;
}

std::optional<Period> read_period_mapping(Reading& reading, const YamlNode& node) {
  const auto keys = read_keys(reading, node, period_keys);
  if (!keys) return std::nullopt;
  Period period;
  bool good = keys->all_known();
  const auto take = [&](std::string_view key, Time& out) {
    with(reading, *keys, key, [&](const YamlNode& value) {
      const auto time = read_duration(reading, value);
      good = good && time.has_value();
      out = time.value_or(out);
    });
  };
  take("from", period.from);
  take("to", period.to);
  take("cycle", period.cycle);
  if (!good) return std::nullopt;
  const YamlNode* cycle = (*keys)["cycle"];
  if (cycle != nullptr && period.to == Time::max()) period.to = period.cycle;
  if (cycle != nullptr && (period.cycle.count() == 0 || period.to > period.cycle)) {
    reading.error(*cycle, "the cycle is shorter than what is to happen in it", "it begins anew when it is over");
    return std::nullopt;
  }
  return period;
}

}  // namespace

std::optional<std::chrono::microseconds> read_positive_duration(Reading& reading, const YamlNode& node) {
  const auto time = read_duration(reading, node);
  if (!time || time->count() > 0) return time;
  reading.error(node, "expected a duration above 0");
  return std::nullopt;
}

std::optional<Delay> read_delay(Reading& reading, const YamlNode& node, const GroupNames& groups) {
  const bool is_template = node.kind == YamlKind::Scalar && node.text.find("{{") != std::string::npos;
  if (!is_template) return read_server_delay(reading, node);
  if (auto text = read_template(reading, node, {node.text}, groups)) return std::move(*text);
  return std::nullopt;
}

std::optional<Delay> read_server_delay(Reading& reading, const YamlNode& node) {
  if (node.kind == YamlKind::Mapping && !reading.raw_text(node).starts_with("{{")) {
    return read_distribution(reading, node);
  }
  if (const auto time = read_duration(reading, node)) return *time;
  return std::nullopt;
}

std::optional<Pace> read_pace(Reading& reading, const YamlNode& node) {
  const auto keys = read_keys(reading, node, pace_keys);
  if (!keys) return std::nullopt;
  constexpr std::string_view hint = "write it like {bytes: 1, every: 200ms} or {lines: 1, every: 1s}";
  const YamlNode* octets = (*keys)["bytes"];
  const YamlNode* lines = (*keys)["lines"];
  if (!keys->all_known()) return std::nullopt;
  if ((octets == nullptr) == (lines == nullptr) || (*keys)["every"] == nullptr) {
    reading.error(node, "expected 'every' and either 'bytes' or 'lines'", std::string(hint));
    return std::nullopt;
  }
  std::optional<std::uint64_t> count;
  const auto read_count = [&](const YamlNode& value) {
    count = read_number(reading, value, 1, std::numeric_limits<std::uint32_t>::max());
  };
  with(reading, *keys, "bytes", read_count);
  with(reading, *keys, "lines", read_count);
  std::optional<Time> every;
  with(reading, *keys, "every", [&](const YamlNode& value) { every = read_positive_duration(reading, value); });
  if (!count || !every) return std::nullopt;
  return Pace{static_cast<std::uint32_t>(*count), lines != nullptr ? PaceUnit::Lines : PaceUnit::Octets, *every};
}

std::optional<Period> read_period(Reading& reading, const YamlNode& node) {
  std::optional<Period> period;
  if (node.kind == YamlKind::Mapping) {
    period = read_period_mapping(reading, node);
  } else if (read_text(reading, node, "a period, such as 30s..2m")) {
    period = parse_period(reading, node);
  }
  if (!period || period->from < period->to) return period;
  reading.error(node, "the period ends before it begins");
  return std::nullopt;
}

std::optional<Probability> read_probability(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "a probability, such as 20%");
  if (!text) return std::nullopt;
  const bool percent = text->ends_with('%');
  const std::string_view digits = percent ? trimmed(text->substr(0, text->size() - 1)) : *text;
  const auto billionths = parse_decimal(digits, percent ? 7 : 9);
  if (!billionths || *billionths == 0 || *billionths > Probability::certain) {
    const bool forgotten = !percent && billionths && *billionths > Probability::certain;
    reading.error(node, quotation(*text) + " is no probability",
                  forgotten ? fmt::format("is it {}%?", *text) : "it is above 0% and up to 100%, such as 20% or 0.2");
    return std::nullopt;
  }
  return Probability{static_cast<std::uint32_t>(*billionths)};
}

}  // namespace smtp_double
