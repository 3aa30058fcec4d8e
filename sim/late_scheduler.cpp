// SPDX-License-Identifier: Apache-2.0
#include "sim/late_scheduler.h"

namespace stalemark {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every build.
std::uint64_t NextRandom(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Nanoseconds LateScheduler::DrawLateness(MonotonicTime when) {
  for (auto span = spans_.rbegin(); span != spans_.rend(); ++span) {
    if (when < span->from || when >= span->until) continue;
    // The remainder's bias is below 2^-20 for spans of up to hours.
    const auto choices = static_cast<std::uint64_t>(span->late_max.count()) + 1;
    return Nanoseconds(static_cast<std::int64_t>(NextRandom(state_) % choices));
  }
  return Nanoseconds(0);
}

}  // namespace stalemark
