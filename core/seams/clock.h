// SPDX-License-Identifier: Apache-2.0
// Clock: what time it is. The engine reads time nowhere else.
#pragma once

#include "core/seams/time.h"

namespace stalemark {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall time: sample timestamps, alignment, jitter. May step in either direction.
  virtual WallTime WallNow() const = 0;
  /// Monotonic time: timers, durations, deadlines. Never decreases.
  virtual MonotonicTime MonotonicNow() const = 0;
};

}  // namespace stalemark
