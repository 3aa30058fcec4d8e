// SPDX-License-Identifier: Apache-2.0
#include "sim/late_scheduler.h"

#include <algorithm>

namespace stalemark {

Nanoseconds LateScheduler::DrawLateness(MonotonicTime when) {
  for (auto span = spans_.rbegin(); span != spans_.rend(); ++span) {
    if (when < span->from || when >= span->until) continue;
    const auto choices = static_cast<std::uint64_t>(span->late_max.count()) + 1;
    return Nanoseconds(static_cast<std::int64_t>(random_.Below(choices)));
  }
  return Nanoseconds(0);
}

const RecordedTimer* LateScheduler::FindRecorded(MonotonicTime when) {
  const MonotonicTime now = inner_.MonotonicNow();
  if (counted_at_ != now) counts_.clear();
  counted_at_ = now;
  const RecordedTimer wanted{now, std::max(when, now), counts_[std::max(when, now)]++, std::nullopt};
  const auto found = std::lower_bound(recorded_->begin(), recorded_->end(), wanted,
                                      [](const auto& a, const auto& b) { return a.Key() < b.Key(); });
  return found != recorded_->end() && found->Key() == wanted.Key() ? &*found : nullptr;
}

}  // namespace stalemark
