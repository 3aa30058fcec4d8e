// SPDX-License-Identifier: Apache-2.0
// LatencyDraws: how long one exporter takes, answer by answer. Integer arithmetic only: the same numbers on every
// build.
//
// Uniform and percentiles are linear between their points. Exponential is the inverse of its distribution function by a
// binary logarithm, at most 44 times the mean. Normal is the sum of twelve uniform draws, which never lies beyond six
// deviations; what would be below 0 is 0. Single-threaded.
#pragma once

#include <cstdint>

#include "sim/scenario/latency.h"
#include "sim/seeds.h"

namespace stalemark::scenario {

class LatencyDraws {
 public:
  /// The latency outlives the draws.
  LatencyDraws(const Latency& latency, std::uint64_t seed) : latency_(latency), random_(seed) {}

  /// A fixed latency draws nothing.
  Nanoseconds Next();

 private:
  const Latency& latency_;
  SplitMix64 random_;
};

}  // namespace stalemark::scenario
