// SPDX-License-Identifier: Apache-2.0
// Where in a body a byte lies, for people: line, column and the bytes around it. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace stalemark {

struct BodyPlace {
  /// From 1; 0 in a binary body.
  std::uint64_t line = 0;
  /// In bytes, from 1; 0 in a binary body.
  std::uint64_t column = 0;
  /// The line, or what follows the byte in a binary body; cut to kShownBytesMax around the byte.
  std::string_view bytes;
};
inline constexpr std::size_t kShownBytesMax = 120;

enum class BodyKind : std::uint8_t { kText, kBinary };

/// An offset behind the end counts as the end. Valid as long as the body.
BodyPlace PlaceInBody(std::string_view body, std::size_t offset, BodyKind kind);

}  // namespace stalemark
