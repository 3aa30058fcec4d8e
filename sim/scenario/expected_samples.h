// SPDX-License-Identifier: Apache-2.0
// What a scenario expects of stored samples and series: the keys `samples`, `series` and `query` below `expect`
// (docs/formats/scenario.md).
//
// Plain values; a part of Scenario. Times are those of samples: milliseconds of the wall clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "sim/scenario/comparison.h"
#include "sim/scenario/place.h"
#include "sim/scenario/selector.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::scenario {

/// How far a stored number may lie from the expected one.
struct Tolerance {
  enum class Kind : std::uint8_t { kNone, kAbsolute, kRelative } kind = Kind::kNone;
  /// Of kRelative: 0.01 is 1%.
  double amount = 0;
};

struct ExpectedPoint {
  std::int64_t t_ms = 0;
  SampleValue value;
  /// Start timestamp; 0: none; absent: any.
  std::optional<std::int64_t> start_ms;
};

struct ExpectedExemplar {
  Labels labels;
  std::uint64_t value_bits = 0;
  /// Absent: any.
  std::optional<std::int64_t> t_ms;
};

/// What is absent is not compared.
struct ExpectedMetadata {
  std::optional<MetricType> type;
  std::optional<std::string> help;
  std::optional<std::string> unit;
};

/// One series.
struct ExpectedSeries {
  Place place;
  Labels labels;
  std::size_t storage = 0;
  /// Nothing, or one value per slot of the target's grid, or every sample with its time.
  std::variant<std::monostate, SeriesValues, std::vector<ExpectedPoint>> values;
  Tolerance tolerance;
  /// All that storage has of the series, oldest first.
  std::optional<std::vector<ExpectedExemplar>> exemplars;
  std::optional<ExpectedMetadata> metadata;
};

/// The series that a selector matches.
struct ExpectedSelection {
  Place place;
  Selector match;
  std::size_t storage = 0;
  /// Only series with a sample that a query at that time would see; absent: all that were ever stored.
  std::optional<std::int64_t> at_ms;
  std::optional<Comparison> count;
  /// These and no others; an empty list is `none: true`.
  std::optional<std::vector<Labels>> exactly;
  /// Of each target that has any.
  std::optional<Comparison> per_target;
  /// Of each of them.
  std::optional<SeriesValues> values;
  Tolerance tolerance;
};

struct ExpectedQuerySample {
  Labels labels;
  SampleValue value;
};

/// An instant query.
struct ExpectedQuery {
  Place place;
  Selector expr;
  std::size_t storage = 0;
  std::int64_t eval_time_ms = 0;
  /// The whole result.
  std::vector<ExpectedQuerySample> samples;
  Tolerance tolerance;
};

}  // namespace stalemark::scenario
