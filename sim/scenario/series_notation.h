// SPDX-License-Identifier: Apache-2.0
// promtool's notation of series: `up{job="a"}` names one, `1 2x3 0+15x40 _x2 stale` gives its values (docs/formats/
// scenario.md has the grammar). Mirrors the series descriptions of promql/parser, without histograms.
//
// Values are kept as runs and never expanded: `1x4000000000` costs nothing until somebody walks it. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"

namespace stalemark::scenario {

class SeriesValues {
 public:
  /// No value; a value by its bits (the stale marker is one).
  using Value = std::optional<std::uint64_t>;

  /// Number of values, gaps included.
  std::uint64_t size() const { return size_; }
  bool HasStale() const;
  bool HasHistogram() const { return false; }
  /// Not only gaps.
  bool HasValue() const;

  /// Walks the values; valid while the SeriesValues lives.
  class Cursor {
   public:
    explicit Cursor(const SeriesValues& values) : values_(&values) {}
    /// False when there are no more.
    bool Next(Value* value);

   private:
    const SeriesValues* values_;
    std::size_t run_ = 0;
    std::uint64_t done_ = 0;
    double current_ = 0;
  };

 private:
  friend class ValuesParser;
  enum class RunKind : std::uint8_t { kGap, kStale, kNumbers };
  /// `count` values: start, start + step, ... added up one by one, as upstream does.
  struct Run {
    RunKind kind = RunKind::kGap;
    std::uint64_t count = 1;
    double start = 0;
    double step = 0;
  };

  std::vector<Run> runs_;
  std::uint64_t size_ = 0;
};

/// Errors carry the offset of the item that is wrong.
Result<SeriesValues> ParseSeriesValues(std::string_view text);

/// A series as it would stand in an exposition: `name`, `name{a="b"}`, `{"quoted name"}`. Labels must be unique.
Result<Labels> ParseSeriesName(std::string_view text);

/// The notation of one value: `_`, `stale`, `1.5`, `NaN`.
std::string ValueText(const SeriesValues::Value& value);
/// `name{a="b"}`: the labels as promtool writes a series.
std::string SeriesText(const Labels& labels);

}  // namespace stalemark::scenario
