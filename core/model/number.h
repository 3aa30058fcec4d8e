// SPDX-License-Identifier: Apache-2.0
// The one way from double to integers: Go's conversion as x86-64 does it. C++ leaves out-of-range values
// undefined, WebAssembly saturates or traps; the result must not depend on the build.
#pragma once

#include <cstdint>
#include <limits>

namespace stalemark {

/// Truncates towards zero; NaN and everything outside the range give the smallest number.
inline std::int64_t Int64FromDouble(double value) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (!(value >= -kTwoTo63 && value < kTwoTo63)) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

/// Go's conversion to uint64 on x86-64: from 2^63 on it converts the value minus 2^63 and sets the top bit (2^64
/// becomes 2^63).
inline std::uint64_t Uint64FromDouble(double value) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (value < kTwoTo63) return static_cast<std::uint64_t>(Int64FromDouble(value));
  return static_cast<std::uint64_t>(Int64FromDouble(value - kTwoTo63)) | (std::uint64_t{1} << 63);
}

}  // namespace stalemark
