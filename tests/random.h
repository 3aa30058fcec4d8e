// SPDX-License-Identifier: Apache-2.0
// Draws for generated tests: those of simulations (sim/seeds.h), so that every run and machine sees the same ones.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/seeds.h"

namespace stalemark::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : numbers_(seed) {}
  std::uint64_t Next() { return numbers_.Next(); }
  /// Requires: bound > 0.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(numbers_.Below(bound)); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }

 private:
  SplitMix64 numbers_;
};

}  // namespace stalemark::test
