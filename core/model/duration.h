// SPDX-License-Identifier: Apache-2.0
// Durations as prometheus.yml and target labels write them (`1h30m`, TGT-25, TGT-26), and as Go prints a time.Duration
// (`1h30m0s`), which the `interval` label of upstream's metrics shows. Mirrors model.Duration of common/model/time.go
// and time.Duration.String.
//
// Pure functions. A year has 365 days, a week 7 days, a day 24 hours; at most about 292 years fit.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark {

/// Reads `1h30m`, `500ms`, `0`. No sign, no fractions, units from large to small. Errors in upstream's words.
Result<std::chrono::nanoseconds> ParseDuration(std::string_view text);
/// Writes what ParseDuration reads; finer than a millisecond is cut off. Negative ones get a leading `-`.
std::string FormatDuration(std::chrono::nanoseconds duration);
/// Go's form: `1m0s`, `1.5s`, `250ms`, `-2µs`, `0s`.
std::string FormatGoDuration(std::chrono::nanoseconds duration);

}  // namespace stalemark
