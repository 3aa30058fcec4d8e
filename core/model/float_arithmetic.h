// SPDX-License-Identifier: Apache-2.0
// Sums and differences of doubles whose NaNs have x86-64's bits on every platform. C++ and WebAssembly leave open which
// NaN comes out of an operation; what upstream stores does not: the first operand that is a NaN, made quiet, or, when
// no operand is one, the NaN with the sign bit (Inf - Inf). To be used wherever a sum of exposed numbers can reach
// storage.
#pragma once

#include <cstdint>

#include "core/model/value.h"

namespace stalemark {

namespace float_internal {
inline double NaNOf(double a, double b) {
  constexpr std::uint64_t kQuiet = 0x0008000000000000;
  constexpr std::uint64_t kMadeByArithmetic = 0xfff8000000000000;
  if (a != a) return DoubleOf(BitsOf(a) | kQuiet);
  if (b != b) return DoubleOf(BitsOf(b) | kQuiet);
  return DoubleOf(kMadeByArithmetic);
}
}  // namespace float_internal

inline double AddFloats(double a, double b) {
  const double sum = a + b;
  return sum == sum ? sum : float_internal::NaNOf(a, b);
}

inline double SubtractFloats(double a, double b) {
  const double difference = a - b;
  return difference == difference ? difference : float_internal::NaNOf(a, b);
}

}  // namespace stalemark
