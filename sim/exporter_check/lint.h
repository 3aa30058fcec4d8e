// SPDX-License-Identifier: Apache-2.0
// LintFamilies: what `promtool check metrics` says about names, help and units, in its words. Mirrors
// prometheus/testutil/promlint of client_golang with its validations, and what promtool's stricter reader of the text
// format refuses before that.
//
// promtool reads the text format only. Families of the other formats are linted as client_golang would write them in
// that format: an OpenMetrics counter `a` is `a_total`. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exporter_check/reading.h"

namespace stalemark::exporter_check {

struct LintProblem {
  std::string metric;
  std::string text;
  /// promtool repeats a line for each series that has the problem.
  std::uint64_t count = 1;
};

/// By metric, then by text, as promtool sorts them.
std::vector<LintProblem> LintFamilies(const Reading& reading);

struct PromtoolRefusal {
  std::uint64_t line = 0;
  /// What follows `text format parsing error in line N: `.
  std::string text;
};

/// What Prometheus reads and promtool does not: a repeated HELP or TYPE line, one behind its samples, a type that the
/// format does not have, no newline at the end. Text format only; in the order of the body, promtool stops at the
/// first.
std::vector<PromtoolRefusal> PromtoolRefusals(const Reading& reading, std::string_view body);

}  // namespace stalemark::exporter_check
