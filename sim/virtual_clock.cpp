// SPDX-License-Identifier: Apache-2.0
#include "sim/virtual_clock.h"

#include <algorithm>
#include <utility>

namespace stalemark {

Timer VirtualClock::ArmAt(MonotonicTime when, Callback callback) {
  return Timer(this, timers_.Add(std::max(when, now_), std::move(callback)));
}

std::optional<MonotonicTime> VirtualClock::NextDue() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.next_due();
}

bool VirtualClock::RunNext(MonotonicTime limit) {
  if (timers_.empty() || timers_.next_due() > limit) return false;
  now_ = std::max(now_, timers_.next_due());
  // Out of the queue before it runs: the callback may arm timers and destroy its own handle.
  const Callback callback = timers_.TakeNext();
  callback();
  return true;
}

void VirtualClock::RunUntil(MonotonicTime until) {
  until = std::max(until, now_);
  while (RunNext(until)) {
  }
  now_ = until;
}

}  // namespace stalemark
