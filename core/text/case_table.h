// SPDX-License-Identifier: Apache-2.0
// Tables behind case_map.h; include that instead.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stalemark::text {

/// In place of both deltas: upper and lower case forms alternate, beginning
/// with an upper case one.
inline constexpr std::int32_t kAlternatingCase = 0x110000;

/// Code points first ... last (inclusive) with the distances to their lower and
/// upper case forms.
struct CaseRange {
  std::uint32_t first;
  std::uint32_t last;
  std::int32_t to_lower;
  std::int32_t to_upper;
};
/// Sorted, disjoint, above 0x7F.
extern const CaseRange kCaseRanges[];
extern const std::size_t kCaseRangeCount;

struct FoldException {
  std::uint32_t from;
  std::uint32_t to;
};
/// Sorted.
extern const FoldException kFoldExceptions[];
extern const std::size_t kFoldExceptionCount;

}  // namespace stalemark::text
