// SPDX-License-Identifier: Apache-2.0
#include "sim/late_scheduler.h"

namespace stalemark {

Nanoseconds LateScheduler::DrawLateness(MonotonicTime when) {
  for (auto span = spans_.rbegin(); span != spans_.rend(); ++span) {
    if (when < span->from || when >= span->until) continue;
    const auto choices = static_cast<std::uint64_t>(span->late_max.count()) + 1;
    return Nanoseconds(static_cast<std::int64_t>(random_.Below(choices)));
  }
  return Nanoseconds(0);
}

}  // namespace stalemark
