// SPDX-License-Identifier: Apache-2.0
// When a chunk must end by time (HEAD-40, HEAD-41), for head_commit*.cpp only. Mirrors rangeForTimestamp and
// computeChunkEndTime (tsdb/head.go, tsdb/head_append.go).
#pragma once

#include <cmath>
#include <cstdint>

#include "core/model/number.h"

namespace stalemark {

/// End of the chunk range that `t_ms` lies in. Truncates towards zero, as upstream does.
inline std::int64_t RangeEnd(std::int64_t t_ms, std::int64_t range_ms) {
  const auto start = static_cast<std::uint64_t>(t_ms / range_ms) * static_cast<std::uint64_t>(range_ms);
  return static_cast<std::int64_t>(start + static_cast<std::uint64_t>(range_ms));
}

/// Assumes that one part in `ratio_to_full` of the chunk is full: spreads the chunks to come evenly over the rest of
/// the range.
inline std::int64_t PredictEnd(std::int64_t start, std::int64_t last, std::int64_t range_end, double ratio_to_full) {
  const auto wrapping_double = [](std::uint64_t difference) {
    return static_cast<double>(static_cast<std::int64_t>(difference));
  };
  const double rest = wrapping_double(static_cast<std::uint64_t>(range_end) - static_cast<std::uint64_t>(start));
  const double passed = wrapping_double(static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(start) + 1);
  const double chunks = rest / (passed * ratio_to_full);
  if (chunks <= 1) return range_end;
  return Int64FromDouble(static_cast<double>(start) + rest / std::floor(chunks));
}

}  // namespace stalemark
