// SPDX-License-Identifier: Apache-2.0
// Tables behind unicode_class.h; include that instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stalemark::text {

/// Pairs: code points skipped since the end of the range before, code points in
/// the range.
extern const std::uint32_t kUnicodeClassDeltas[];

struct UnicodeClassEntry {
  std::string_view name;
  /// Index into kUnicodeClassDeltas, and how many numbers from there on.
  std::uint32_t offset;
  std::uint32_t count;
};
/// Two-letter general categories but Cn, which is everything that is in none of
/// them. Sorted by name.
extern const UnicodeClassEntry kUnicodeCategories[];
extern const std::size_t kUnicodeCategoryCount;
/// Sorted by name.
extern const UnicodeClassEntry kUnicodeScripts[];
extern const std::size_t kUnicodeScriptCount;

/// A long category name in canonical form, and the category that it stands for.
struct UnicodeAlias {
  std::string_view name;
  std::string_view category;
};
/// Sorted by name.
extern const UnicodeAlias kUnicodeAliases[];
extern const std::size_t kUnicodeAliasCount;

}  // namespace stalemark::text
