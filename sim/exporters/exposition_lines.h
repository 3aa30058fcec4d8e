// SPDX-License-Identifier: Apache-2.0
// Parts of lines that the text formats share. Each appends to `out`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/exporters/exposition.h"

namespace stalemark::scenario {

enum class EscapedQuote : std::uint8_t { kNo, kYes };

/// `name`, or quoted where the name has other letters than Prometheus once allowed.
void AppendName(std::string_view name, std::string* out);
/// With `\\`, `\n` and perhaps `\"`.
void AppendEscaped(std::string_view text, EscapedQuote quote, std::string* out);
/// `# HELP name text` and the like; the text is not escaped.
void AppendComment(std::string_view keyword, std::string_view name, std::string_view text, std::string* out);

/// Labels of a series or of an exemplar.
struct WrittenLabels {
  /// Empty: none.
  std::string_view name;
  const Labels& labels;
  /// Behind them; `name` empty: none.
  Label extra{};
};
/// `name{a="b"}`; the labels' own __name__ is not looked at.
void AppendLabels(const WrittenLabels& written, EscapingScheme escaping, std::string* out);
/// A series as the scenario has it.
void AppendSeries(const ExposedSeries& series, EscapingScheme escaping, std::string* out);
/// Whether one of the samples shown is the bucket of all observations.
bool HasInfiniteBucket(const ShownMetric& metric);
/// Seconds of milliseconds, as short as possible: `1767225615.5`.
void AppendUnixSeconds(std::int64_t t_ms, std::string* out);

}  // namespace stalemark::scenario
