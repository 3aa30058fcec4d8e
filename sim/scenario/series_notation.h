// SPDX-License-Identifier: Apache-2.0
// promtool's notation of series: `up{job="a"}` names one, `1 2x3 0+15x40 _x2 stale {{schema:1 count:2}}x3` gives its
// values (docs/formats/scenario.md has the grammar). Mirrors the series descriptions of promql/parser.
//
// Values are kept as runs and never expanded: `1x4000000000` costs nothing until somebody walks it. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "sim/scenario/histogram_notation.h"

namespace stalemark::scenario {

/// A float by its bits (the stale marker is one), or a histogram.
struct SampleValue {
  std::uint64_t bits = 0;
  /// Null: a float.
  std::shared_ptr<const NotedHistogram> histogram{};

  /// Valid while somebody holds the histogram.
  const FloatHistogram* FloatHistogramOrNull() const { return histogram == nullptr ? nullptr : &histogram->histogram; }
};

class SeriesValues {
 public:
  /// Absent: a gap.
  using Value = std::optional<SampleValue>;

  /// Number of values, gaps included.
  std::uint64_t size() const { return size_; }
  bool HasStale() const { return Has(RunKind::kStale); }
  bool HasHistogram() const { return Has(RunKind::kHistogram); }
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
    std::shared_ptr<const NotedHistogram> current_histogram_;
  };

 private:
  friend class ValuesParser;
  enum class RunKind : std::uint8_t { kGap, kStale, kNumbers, kHistogram };
  /// `count` values: start, start + step, ... added up one by one, as upstream does.
  struct Run {
    RunKind kind = RunKind::kGap;
    std::uint64_t count = 1;
    double start = 0;
    /// Adding no step would make 0 of -0.
    bool steps = false;
    double step = 0;
    std::shared_ptr<const NotedHistogram> histogram{};
    /// Null: the histogram stays the same.
    std::shared_ptr<const FloatHistogram> histogram_step{};
    Sign histogram_sign = Sign::kPlus;
  };
  bool Has(RunKind kind) const;

  std::vector<Run> runs_;
  std::uint64_t size_ = 0;
};

/// Errors carry the offset of the item that is wrong.
Result<SeriesValues> ParseSeriesValues(std::string_view text);
/// One value: a number, `stale` or a histogram.
Result<SampleValue> ParseSampleValue(std::string_view text);

/// A series as it would stand in an exposition: `name`, `name{a="b"}`, `{"quoted name"}`. Labels must be unique.
Result<Labels> ParseSeriesName(std::string_view text);

/// The notation of one value: `_`, `stale`, `1.5`, `NaN`, `{{count:1}}`.
std::string ValueText(const SeriesValues::Value& value);
std::string ValueText(std::uint64_t bits);
/// `name{a="b"}`: the labels as promtool writes a series; `{"na.me",a="b"}` where it must.
std::string SeriesText(const Labels& labels);

/// Writes values one by one in the notation, equal ones and those that grow evenly as one item: `0+15x40 _x2 1x3`.
/// NaN by its word, whatever its bits. What it writes reads as the same values.
class ValuesWriter {
 public:
  ValuesWriter() = default;
  /// After that many items it stops and ends with `...`.
  explicit ValuesWriter(std::size_t items_max) : items_max_(items_max) {}

  void Add(const SeriesValues::Value& value);
  /// True: the text is not all of it.
  bool cut() const { return items_ > items_max_; }
  std::string Take();

 private:
  enum class RunKind : std::uint8_t { kSame, kSteps };
  bool Continues(const SeriesValues::Value& value, const std::string& text);
  void Flush();
  void Append(const std::string& item);

  const std::size_t items_max_ = std::numeric_limits<std::size_t>::max();
  std::size_t items_ = 0;
  std::string out_;
  // The run in the making.
  RunKind kind_ = RunKind::kSame;
  std::uint64_t count_ = 0;
  std::string first_;
  double last_ = 0;
  double step_ = 0;
  bool is_number_ = false;
};

}  // namespace stalemark::scenario
