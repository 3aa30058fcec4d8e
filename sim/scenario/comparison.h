// SPDX-License-Identifier: Apache-2.0
// Comparison: a number that an expectation wants, or a bound: `2`, `>= 1`, `< 20%`, `<= 1s500ms`.
//
// Pure functions; errors of parsing say what was expected. Durations are compared in nanoseconds, exactly below 104
// days.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/seams/time.h"

namespace stalemark::scenario {

struct Comparison {
  enum class Op : std::uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  Op op = Op::kEqual;
  /// Nanoseconds of a duration; the number in front of a `%`.
  double value = 0;
  bool is_percent = false;
  /// As written.
  std::string text;

  /// NaN is equal to NaN.
  bool Holds(double found) const;
  /// Wants one value, which `--update` may replace; a bound is somebody's decision.
  bool is_exact() const { return op == Op::kEqual && text.find('=') == std::string::npos; }
};

/// A float as Prometheus writes it, with an operator in front or without.
Result<Comparison> ParseComparison(std::string_view text);
/// The same, and a number may end in `%`.
Result<Comparison> ParsePercentComparison(std::string_view text);
/// The same with durations: `<= 1m30s`.
Result<Comparison> ParseDurationComparison(std::string_view text);

/// A number as comparisons and `--update` write it: `2`, `0.25`, `NaN`.
std::string NumberText(double value);

}  // namespace stalemark::scenario
