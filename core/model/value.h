// SPDX-License-Identifier: Apache-2.0
// Sample values are 64-bit patterns wherever a NaN payload matters. Mirrors model/value/value.go.
#pragma once

#include <cstdint>
#include <cstring>

namespace stalemark {

/// The marker that ends a series (STALE-01).
inline constexpr std::uint64_t kStaleNaN = 0x7ff0000000000002;
/// What every other NaN of a text body is stored as (PARSE-TEXT-32).
inline constexpr std::uint64_t kNormalNaN = 0x7ff8000000000001;

inline std::uint64_t BitsOf(double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// Lossless natively. A NaN's payload does not survive every JavaScript engine: never hand the double to one.
inline double DoubleOf(std::uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline bool IsStaleNaN(std::uint64_t bits) {
  return bits == kStaleNaN;
}

}  // namespace stalemark
