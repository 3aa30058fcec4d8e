// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/regex_cost.h"

#include <algorithm>
#include <array>

namespace stalemark {
namespace {

/// An operator's own instructions, at most: a capture has two, a star over what may be empty three.
constexpr std::int64_t kOperator = 3;
constexpr std::int64_t kAnyRune = 16;
constexpr std::int64_t kRuneBytesMax = 4;
/// A code point has at most this many cases.
constexpr std::int64_t kCasesMax = 4;

/// The pieces that a range of code points with equally long encodings falls into: each is a sequence of byte ranges.
std::int64_t PiecesOf(std::uint32_t first, std::uint32_t last) {
  std::int64_t pieces = 1;
  for (std::uint32_t mask = 0x3F; mask <= 0x3FFFF; mask = mask << 6 | 0x3F) {
    if ((first & ~mask) == (last & ~mask)) break;
    // The ragged ends are pieces of their own; what is left between them is whole blocks.
    if ((first & mask) != 0) {
      ++pieces;
      first = (first | mask) + 1;
    }
    if ((last & mask) != mask) {
      ++pieces;
      last = (last & ~mask) - 1;
    }
    if (first > last) break;
  }
  return pieces;
}

std::int64_t ClassInstructions(const text::RuneClass& runes) {
  constexpr std::array<std::uint32_t, kRuneBytesMax> kLastOfLength = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};
  std::int64_t instructions = 1;
  for (const text::RuneRange& range : runes.ranges()) {
    std::uint32_t first = range.first;
    for (std::size_t i = 0; i < kLastOfLength.size() && first <= range.last; ++i) {
      if (first > kLastOfLength[i]) continue;
      const std::uint32_t last = std::min<std::uint32_t>(range.last, kLastOfLength[i]);
      const auto bytes = static_cast<std::int64_t>(i) + 1;
      instructions += PiecesOf(first, last) * (bytes + 1);
      first = last + 1;
    }
  }
  return instructions;
}

}  // namespace

std::int64_t Re2InstructionsAtMost(const RegexNode& root) {
  std::int64_t instructions = kOperator;
  for (const RegexNodePtr& sub : root.subs) instructions += 1 + Re2InstructionsAtMost(*sub);
  switch (root.op) {
    case RegexOp::kLiteral:
      return static_cast<std::int64_t>(root.literal.size()) * kRuneBytesMax *
             (root.fold ? 2 * kCasesMax : std::int64_t{1});
    case RegexOp::kClass:
      return ClassInstructions(root.runes);
    case RegexOp::kAnyRune:
      return kAnyRune;
    case RegexOp::kRepeat:
      return instructions * std::max({root.count_min, root.count_max, 1});
    default:
      return instructions;
  }
}

}  // namespace stalemark
