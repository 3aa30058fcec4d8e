// SPDX-License-Identifier: Apache-2.0
// Sets of code points, as regular expressions write them: `[a-z]`, `\p{Greek}`,
// with case folding and negation. Unicode data is that of Go 1.26 (Unicode 15),
// so that every build agrees with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stalemark::text {

inline constexpr std::uint32_t kMaxRune = 0x10FFFF;

/// Both ends are included.
struct RuneRange {
  std::uint32_t first;
  std::uint32_t last;
  friend bool operator==(const RuneRange& a, const RuneRange& b) { return a.first == b.first && a.last == b.last; }
};

/// A set of code points. Adding is cheap; Clean() brings the ranges into the
/// one form that the other questions need.
class RuneClass {
 public:
  void Add(std::uint32_t first, std::uint32_t last);
  void Add(const RuneClass& other);
  /// Sorts and merges.
  void Clean();
  /// Requires: clean. The result is clean.
  RuneClass Negated() const;
  /// With everything that folds to a member (unicode.SimpleFold). The result is
  /// clean.
  RuneClass Folded() const;
  /// Requires: clean.
  bool Contains(std::uint32_t rune) const;

  const std::vector<RuneRange>& ranges() const { return ranges_; }

 private:
  std::vector<RuneRange> ranges_;
};

/// What `\p{name}` means to Go 1.26's regexp/syntax: a category, a long
/// category name, a script, `Any`, `ASCII`, `Assigned`; case, blanks, `_` and
/// `-` do not count. Clean. Absent: there is no such class.
std::optional<RuneClass> FindUnicodeClass(std::string_view name, bool folded);

/// unicode.IsLetter and unicode.IsDigit.
bool IsLetter(std::uint32_t rune);
bool IsDigit(std::uint32_t rune);

}  // namespace stalemark::text
