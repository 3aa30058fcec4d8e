// SPDX-License-Identifier: Apache-2.0
// Samples as they are read back: a float, or a shared, immutable histogram, with its start time if the chunk kept it.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <variant>

#include "core/model/histogram.h"

namespace stalemark {

using HistogramValue = std::variant<Histogram, FloatHistogram>;

struct Sample {
  std::int64_t t_ms = 0;
  /// The float; of a histogram its sum, so that both kinds of stale marker look alike.
  std::uint64_t bits = 0;
  /// Null: a float.
  std::shared_ptr<const HistogramValue> histogram{};
  /// 0: none is known.
  std::int64_t st_ms = 0;
};

/// Times are equal; floats by bits; histograms by kind, reset hint and Equals.
bool operator==(const Sample& a, const Sample& b);
inline bool operator!=(const Sample& a, const Sample& b) {
  return !(a == b);
}

/// Both ends belong to it.
struct TimeRange {
  std::int64_t min_t_ms = std::numeric_limits<std::int64_t>::min();
  std::int64_t max_t_ms = std::numeric_limits<std::int64_t>::max();
  bool Contains(std::int64_t t_ms) const { return min_t_ms <= t_ms && t_ms <= max_t_ms; }
  bool Overlaps(std::int64_t first_ms, std::int64_t last_ms) const {
    return first_ms <= max_t_ms && last_ms >= min_t_ms;
  }
};

}  // namespace stalemark
