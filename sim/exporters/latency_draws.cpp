// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/latency_draws.h"

#include <cassert>

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kLow32 = 0xFFFFFFFF;

/// value * factor / 2^shift, rounded down. Requires: value below 2^56, factor below 2^32, shift at most 32.
std::uint64_t Scaled(std::uint64_t value, std::uint64_t factor, unsigned shift) {
  assert(value >> 56 == 0 && factor >> 32 == 0 && shift <= 32);
  return ((value >> 32) * factor << (32 - shift)) + ((value & kLow32) * factor >> shift);
}

Nanoseconds Scaled(Nanoseconds value, std::uint64_t factor, unsigned shift) {
  return Nanoseconds(static_cast<std::int64_t>(Scaled(static_cast<std::uint64_t>(value.count()), factor, shift)));
}

/// -log2(bits / 2^64) in units of 2^-26; bits is not 0. The fraction's bits come from squaring, one by one.
std::uint64_t NegativeLog2(std::uint64_t bits) {
  constexpr unsigned kFractionBits = 26;
  std::uint64_t leading_zeros = 0;
  for (; bits >> 63 == 0; bits <<= 1) ++leading_zeros;
  std::uint64_t mantissa = bits >> 32;  // from 1 to below 2, in units of 2^-31
  std::uint64_t log2 = 63 - leading_zeros;
  for (unsigned i = 0; i < kFractionBits; ++i) {
    mantissa = mantissa * mantissa >> 31;
    const std::uint64_t bit = mantissa >> 32;
    mantissa >>= bit;
    log2 = log2 << 1 | bit;
  }
  return (std::uint64_t{64} << kFractionBits) - log2;
}

Nanoseconds Draw(Nanoseconds latency, SplitMix64&) {
  return latency;
}

Nanoseconds Draw(const NormalLatency& normal, SplitMix64& random) {
  constexpr unsigned kBits = 28;
  constexpr std::int64_t kMean = std::int64_t{6} << kBits;
  std::int64_t sum = 0;
  for (int pair = 0; pair < 6; ++pair) {
    const std::uint64_t bits = random.Next();
    sum += static_cast<std::int64_t>((bits >> (64 - kBits)) + ((bits & kLow32) >> (32 - kBits)));
  }
  const std::int64_t off = sum - kMean;
  const Nanoseconds distance = Scaled(normal.deviation, static_cast<std::uint64_t>(off < 0 ? -off : off), kBits);
  const Nanoseconds latency = off < 0 ? normal.mean - distance : normal.mean + distance;
  return latency < Nanoseconds(0) ? Nanoseconds(0) : latency;
}

Nanoseconds Draw(const ExponentialLatency& exponential, SplitMix64& random) {
  constexpr std::uint64_t kLn2 = 2977044471;  // in units of 2^-32
  const std::uint64_t uniform = random.Next() | 1;
  const std::uint64_t ln = Scaled(NegativeLog2(uniform), kLn2, 32);
  return Scaled(exponential.mean, ln, 26);
}

Nanoseconds Draw(const PercentileLatency& percentiles, SplitMix64& random) {
  // In units of 2^-32, as the shares below.
  const std::uint64_t at = random.Next() >> 32;
  const auto share = [](const LatencyPoint& point) { return (std::uint64_t{point.share} << 32) / kWholeShare; };
  std::size_t upper = 1;
  while (share(percentiles.points[upper]) <= at) ++upper;
  const LatencyPoint& low = percentiles.points[upper - 1];
  const LatencyPoint& high = percentiles.points[upper];
  const std::uint64_t fraction = ((at - share(low)) << 32) / (share(high) - share(low));
  return low.latency + Scaled(high.latency - low.latency, fraction, 32);
}

}  // namespace

Nanoseconds LatencyDraws::Next() {
  return std::visit([this](const auto& latency) { return Draw(latency, random_); }, latency_);
}

}  // namespace stalemark::scenario
