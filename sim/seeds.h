// SPDX-License-Identifier: Apache-2.0
// Random numbers of a simulation: the same on every build, and from a seed of its own for each thing that draws, so
// that one more draw in one place moves nothing elsewhere.
//
// What a number means is part of every failure that names its seed: these functions never change. Pure; no errors.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/text/fnv.h"

namespace stalemark {

/// SplitMix64 (Steele, Lea, Flood 2014).
class SplitMix64 {
 public:
  explicit constexpr SplitMix64(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// Below `count`, which is at least 1. The remainder's bias is below 2^-20 for counts below 2^44.
  constexpr std::uint64_t Below(std::uint64_t count) { return Next() % count; }
  /// From `low` to `high`, both included.
  constexpr std::uint64_t Between(std::uint64_t low, std::uint64_t high) {
    const std::uint64_t count = high - low + 1;
    return count == 0 ? Next() : low + Below(count);
  }

 private:
  std::uint64_t state_;
};

/// The seed of a part of a run: `plan`, `choices`, `latency` of one exporter, ...
constexpr std::uint64_t DeriveSeed(std::uint64_t seed, std::string_view subsystem, std::string_view name = {}) {
  // The byte between keeps ("ab", "c") and ("a", "bc") apart: it is in no UTF-8.
  const std::uint64_t part = text::Fnv1a64(name, text::Fnv1a64("\xff", text::Fnv1a64(subsystem)));
  return SplitMix64(SplitMix64(seed).Next() ^ part).Next();
}

}  // namespace stalemark
