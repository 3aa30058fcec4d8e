// SPDX-License-Identifier: Apache-2.0
// Two kinds of time that cannot be mixed up: wall time can be stepped, monotonic time cannot. Both count nanoseconds;
// the wall from the Unix epoch, the monotonic from the start of the run. Durations are std::chrono; a raw number
// carries its unit in its name (sample times: int64 `t_ms`).
#pragma once

#include <chrono>
#include <cstdint>

namespace stalemark {

using Nanoseconds = std::chrono::nanoseconds;

struct WallClockTag {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Nanoseconds;
  using time_point = std::chrono::time_point<WallClockTag, duration>;
  static constexpr bool is_steady = false;
};
struct MonotonicClockTag {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Nanoseconds;
  using time_point = std::chrono::time_point<MonotonicClockTag, duration>;
  static constexpr bool is_steady = true;
};

using WallTime = WallClockTag::time_point;
using MonotonicTime = MonotonicClockTag::time_point;

/// Nanoseconds since the Unix epoch.
constexpr std::int64_t UnixNanos(WallTime t) {
  return t.time_since_epoch().count();
}

/// Unix milliseconds, rounded down (LOOP-06).
constexpr std::int64_t UnixMillis(WallTime t) {
  const std::int64_t ns = UnixNanos(t);
  const std::int64_t ms = ns / 1'000'000;
  return ns % 1'000'000 < 0 ? ms - 1 : ms;
}

}  // namespace stalemark
