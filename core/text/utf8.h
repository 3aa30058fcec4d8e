// SPDX-License-Identifier: Apache-2.0
// UTF-8 as Go's unicode/utf8 sees it: surrogates, overlong forms and values above 0x10FFFF are invalid, and one invalid
// byte decodes to U+FFFD of width 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark::text {

inline constexpr std::uint32_t kReplacementRune = 0xFFFD;

struct DecodedRune {
  std::uint32_t rune;
  /// Bytes taken; 0 at the end of the text. 1 with kReplacementRune: an invalid byte.
  std::size_t width;
  /// False for an invalid byte (an encoded U+FFFD is valid and 3 bytes wide).
  bool valid;
};

/// Decodes the first code point.
DecodedRune DecodeRune(std::string_view text);
/// Appends the encoding of a code point; surrogates and numbers above 0x10FFFF append U+FFFD.
void AppendRune(std::string& out, std::uint32_t rune);
bool IsValidUtf8(std::string_view text);
/// The first `count` code points (invalid bytes count as one), as Go's `%.50s` cuts.
std::string_view FirstRunes(std::string_view text, std::size_t count);

}  // namespace stalemark::text
