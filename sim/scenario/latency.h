// SPDX-License-Identifier: Apache-2.0
// How long an exporter takes until the head of an answer: always the same, or drawn from a distribution.
//
// Plain values. LatencyDraws (sim/exporters/latency_draws.h) draws from them by integer arithmetic, so that every build
// draws the same.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "core/seams/time.h"

namespace stalemark::scenario {

struct NormalLatency {
  Nanoseconds mean{0};
  Nanoseconds deviation{0};
};

struct ExponentialLatency {
  Nanoseconds mean{0};
};

/// A share of the answers takes at most this long; linear between two points.
struct LatencyPoint {
  /// Millionths: p99.9 is 999000.
  std::uint32_t share = 0;
  Nanoseconds latency{0};
};
inline constexpr std::uint32_t kWholeShare = 1'000'000;

/// Ascending in both; the first share is 0, the last kWholeShare. A uniform distribution is two points.
struct PercentileLatency {
  std::vector<LatencyPoint> points;
};

using Latency = std::variant<Nanoseconds, NormalLatency, ExponentialLatency, PercentileLatency>;

}  // namespace stalemark::scenario
