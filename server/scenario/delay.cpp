#include "scenario/delay.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "scenario/draw.hpp"

// A seed has to repeat on every platform. Additions, multiplications, divisions and square roots are exact to the last
// bit everywhere (this file is compiled without contraction); exp() and log() of the C libraries are not.

namespace smtp_double {
namespace {

constexpr double ln2 = 0.69314718055994530942;
constexpr double z_of_p99 = 2.3263478740408408;  // of the standard normal distribution
constexpr double sigma_unit = 1e6;

// By Taylor's series, around the nearest multiple of ln 2.
double exp_of(double x) {
  const double multiples = std::floor(x / ln2 + 0.5);
  const double rest = x - multiples * ln2;
  double term = 1;
  double sum = 1;
  for (int i = 1; i < 20; ++i) {
    term = term * rest / i;
    sum = sum + term;
  }
  return std::ldexp(sum, static_cast<int>(multiples));
}

// ln((1 + t) / (1 - t)) = 2 (t + t^3/3 + t^5/5 + …), for a mantissa in [0.5, 1).
double ln_of(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  const double t = (mantissa - 1) / (mantissa + 1);
  const double square = t * t;
  double power = t;
  double sum = 0;
  for (int i = 1; i < 60; i += 2) {
    sum = sum + power / i;
    power = power * square;
  }
  return 2 * sum + exponent * ln2;
}

template <std::size_t size>
double polynomial(const std::array<double, size>& coefficients, double x) {
  double sum = 0;
  for (const double coefficient : coefficients) sum = sum * x + coefficient;
  return sum;
}

// The quantile of the standard normal distribution, by Acklam's rational approximations (relative error 1.15e-9).
double normal_quantile(double p) {
  constexpr std::array a{-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                         1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr std::array b{-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                         6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
  constexpr std::array c{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                         -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr std::array d{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00,
                         1.0};
  constexpr double tail = 0.02425;
  if (p > 1 - tail) return -normal_quantile(1 - p);
  if (p < tail) {
    const double q = std::sqrt(-2 * ln_of(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const double q = p - 0.5;
  return q * polynomial(a, q * q) / polynomial(b, q * q);
}

// Never 0 and never 1.
double as_fraction(std::uint64_t drawn) { return (static_cast<double>(drawn >> 12U) + 0.5) / 4503599627370496.0; }

}  // namespace

std::uint32_t Lognormal::sigma_for(std::chrono::microseconds median, std::chrono::microseconds p99) {
  const double ratio = static_cast<double>(p99.count()) / static_cast<double>(median.count());
  return static_cast<std::uint32_t>(std::llround(ln_of(ratio) / z_of_p99 * sigma_unit));
}

std::chrono::microseconds sample(const Uniform& delay, std::uint64_t drawn) {
  const auto width = static_cast<std::uint64_t>((delay.greatest - delay.least).count());
  return delay.least + std::chrono::microseconds(scaled(drawn, width));
}

std::chrono::microseconds sample(const Lognormal& delay, std::uint64_t drawn) {
  const double z = normal_quantile(as_fraction(drawn));
  const double time = static_cast<double>(delay.median.count()) * exp_of(z * delay.sigma / sigma_unit);
  const auto bound = static_cast<double>(delay.greatest.count());
  return std::chrono::microseconds(static_cast<std::int64_t>(std::min(time + 0.5, bound)));
}

}  // namespace smtp_double
