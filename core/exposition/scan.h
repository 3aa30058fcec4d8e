// SPDX-License-Identifier: Apache-2.0
// Finding the end of a name or of a label value's plain part, many bytes at a time where the processor can.
//
// Every function starts at a byte of a body that is followed by a newline somewhere, stops at that newline at the
// latest, and may load, but does not interpret, up to 16 bytes behind the one it stops at (parser.h, kBodyPadding).
// Results do not depend on the processor.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "core/text/ascii.h"

namespace stalemark::scan {

enum class Alphabet : std::uint8_t { kMetricName, kLabelName };

inline constexpr std::uint8_t kNameStart = 1;
inline constexpr std::uint8_t kLabelNameByte = 2;
inline constexpr std::uint8_t kMetricNameByte = 4;

constexpr std::array<std::uint8_t, 256> MakeByteClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    std::uint8_t bits = 0;
    if (ascii::IsNameStart(byte)) bits |= kNameStart;
    if (ascii::IsWord(byte)) bits |= kLabelNameByte;
    if (ascii::IsWord(byte) || byte == ':') bits |= kMetricNameByte;
    classes[static_cast<std::size_t>(c)] = bits;
  }
  return classes;
}
inline constexpr std::array<std::uint8_t, 256> kByteClasses = MakeByteClasses();

inline bool HasClass(char c, std::uint8_t bits) {
  return (kByteClasses[static_cast<unsigned char>(c)] & bits) != 0;
}
inline bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}
inline bool IsMetricNameStart(char c) {
  return HasClass(c, kNameStart) || c == ':';
}
inline bool IsMetricNameByte(char c) {
  return HasClass(c, kMetricNameByte);
}
inline bool IsLabelNameStart(char c) {
  return HasClass(c, kNameStart);
}
inline bool IsLabelNameByte(char c) {
  return HasClass(c, kLabelNameByte);
}

inline const char* SkipBlanks(const char* at) {
  while (IsBlank(*at)) ++at;
  return at;
}

#if defined(__SSE2__)

/// One bit per byte of `bytes` that is in [low, low + span].
inline __m128i InRange(__m128i bytes, char low, char span) {
  const __m128i shifted = _mm_sub_epi8(bytes, _mm_set1_epi8(low));
  return _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(span)), shifted);
}

/// The first byte from `at` on that cannot stand in a name.
template <Alphabet kAlphabet>
inline const char* SkipName(const char* at) {
  for (;; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i letters = InRange(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 25);
    const __m128i digits = InRange(bytes, '0', kAlphabet == Alphabet::kMetricName ? 10 : 9);  // ':' follows '9'
    const __m128i underscore = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_'));
    const __m128i name = _mm_or_si128(_mm_or_si128(letters, digits), underscore);
    const unsigned others = static_cast<unsigned>(_mm_movemask_epi8(name)) ^ 0xFFFFu;
    if (others != 0) return at + __builtin_ctz(others);
  }
}

/// The first byte from `at` on that is `"`, `\`, a control character or not ASCII.
inline const char* SkipPlainText(const char* at) {
  for (;; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    // As signed numbers all bytes that are not ASCII are below the blank, too.
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    const unsigned stops = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), low)));
    if (stops != 0) return at + __builtin_ctz(stops);
  }
}

#else

template <Alphabet kAlphabet>
inline const char* SkipName(const char* at) {
  while (HasClass(*at, kAlphabet == Alphabet::kMetricName ? kMetricNameByte : kLabelNameByte)) ++at;
  return at;
}

inline const char* SkipPlainText(const char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  for (;; at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    const std::uint64_t quote = bytes ^ kOnes * '"';
    const std::uint64_t backslash = bytes ^ kOnes * '\\';
    // A borrow can only flag bytes above one that is flagged rightly, and the lowest one counts.
    const std::uint64_t stops =
        (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) | (bytes - kOnes * ' ') | bytes) & kHighBits;
    if (stops != 0) return at + __builtin_ctzll(stops) / 8;
  }
}

#endif

}  // namespace stalemark::scan
