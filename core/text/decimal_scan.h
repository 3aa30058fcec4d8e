// SPDX-License-Identifier: Apache-2.0
// The numbers that exporters really write, read straight from a body: at most 19 digits with an optional sign, point
// and exponent. For parsers' per-sample paths; anything else (long digit strings, NaN, +Inf, garbage) is refused, and
// go_float.h decides it.
//
// The text must be followed by kScanPadding readable bytes, which are loaded but decide nothing as long as a byte that
// cannot belong to a number stands in front of them. Results are rounded correctly. No allocation, no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stalemark::text {

inline constexpr std::size_t kScanPadding = 8;

/// The bits of mantissa * 10^exponent; false where the last bit needs a slower method, or the result is infinite.
bool ScaleDecimal(std::uint64_t mantissa, std::int64_t exponent, std::uint64_t* bits);

namespace scan_internal {

inline constexpr std::uint64_t kPow10[] = {1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u};
inline constexpr double kExactPow10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                         1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr int kExactPow10Max = 22;
/// So many digits always fit 64 bits.
inline constexpr unsigned kDigitsMax = 19;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "digits are read eight at a time, first digit lowest");

/// The value of eight bytes 0..9, the first in the lowest byte.
inline std::uint64_t JoinEightDigits(std::uint64_t digits) {
  constexpr std::uint64_t kMask = 0x000000FF000000FF;
  digits = digits * 10 + (digits >> 8);
  return ((digits & kMask) * 0x000F424000000064 + ((digits >> 16) & kMask) * 0x0000271000000001) >> 32;
}

/// Appends the digits at `at` to *value and returns how many there were. Counting by a bit scan instead of a loop costs
/// no mispredicted branch per number.
inline unsigned ScanDigits(const char* at, std::uint64_t* value) {
  unsigned total = 0;
  for (;;) {
    std::uint64_t chunk;
    std::memcpy(&chunk, at + total, sizeof chunk);
    chunk ^= 0x3030303030303030;
    const std::uint64_t others = ((chunk + 0x7676767676767676) | chunk) & 0x8080808080808080;
    if (others == 0) {
      *value = *value * kPow10[8] + JoinEightDigits(chunk);
      total += 8;
      if (total > kDigitsMax) return total;
      continue;
    }
    const auto count = static_cast<unsigned>(__builtin_ctzll(others)) / 8;
    if (count == 0) return total;
    *value = *value * kPow10[count] + JoinEightDigits(chunk << (64 - 8 * count));
    return total + count;
  }
}

/// Reads `[+-]digits` behind an exponent letter. Null: not so, or more digits than any finite number needs.
inline const char* ScanExponent(const char* at, std::int64_t* exponent) {
  const bool negative = *at == '-';
  if (negative || *at == '+') ++at;
  std::uint64_t magnitude = 0;
  const unsigned digits = ScanDigits(at, &magnitude);
  if (digits == 0 || digits > 4) return nullptr;
  *exponent += negative ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
  return at + digits;
}

}  // namespace scan_internal

/// Reads `-?digits.digits[eE][+-]digits` (the parts optional as in Go) at `at`; returns the byte behind it and stores
/// the number's bits. Null: not a number of that kind. What follows the number is the caller's to judge.
inline const char* ScanDecimal(const char* at, std::uint64_t* bits) {
  using namespace scan_internal;  // NOLINT(google-build-using-namespace)
  const bool negative = *at == '-';
  at += negative ? 1 : 0;
  std::uint64_t mantissa = 0;
  std::int64_t exponent = 0;
  unsigned digits = ScanDigits(at, &mantissa);
  at += digits;
  if (*at == '.') {
    const unsigned fraction = ScanDigits(at + 1, &mantissa);
    at += 1 + fraction;
    digits += fraction;
    exponent = -static_cast<std::int64_t>(fraction);
  }
  if (digits == 0 || digits > kDigitsMax) return nullptr;
  if ((*at | 0x20) == 'e') {
    at = ScanExponent(at + 1, &exponent);
    if (at == nullptr) return nullptr;
  }
  const std::uint64_t sign = std::uint64_t{negative} << 63;
  double exact = static_cast<double>(mantissa);
  const bool fits = mantissa <= std::uint64_t{1} << 53 && exponent >= -kExactPow10Max && exponent <= kExactPow10Max;
  if (exponent != 0) {
    if (!fits) {
      if (!ScaleDecimal(mantissa, exponent, bits)) return nullptr;
      *bits |= sign;
      return at;
    }
    // Both operands are exact, so the one operation rounds correctly.
    exact = exponent < 0 ? exact / kExactPow10[-exponent] : exact * kExactPow10[exponent];
  }
  std::memcpy(bits, &exact, sizeof exact);
  *bits |= sign;
  return at;
}

/// Reads up to 18 digits at `at`, which always fit; returns the byte behind them. Null: no digits or more of them.
inline const char* ScanInteger(const char* at, std::int64_t* value) {
  std::uint64_t magnitude = 0;
  const unsigned digits = scan_internal::ScanDigits(at, &magnitude);
  if (digits == 0 || digits > 18) return nullptr;
  *value = static_cast<std::int64_t>(magnitude);
  return at + digits;
}

}  // namespace stalemark::text
