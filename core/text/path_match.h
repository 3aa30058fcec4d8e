// SPDX-License-Identifier: Apache-2.0
// Shell patterns of Go's filepath.Match, which upstream's file lists use: `*` and `?` (never a slash), `[a-z]`, `[^a]`,
// and a backslash that takes the next character literally. A pattern is checked as a whole: upstream looks only as far
// as it has to and may say "no match" where this says "bad pattern"; either way nothing matches.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark::text {

enum class PathMatch : std::uint8_t { kNo, kYes, kBadPattern };

/// Whether the pattern matches all of `name`. At most quadratic in the name, whatever the pattern.
PathMatch MatchPath(std::string_view pattern, std::string_view name);
/// Whether the pattern has a special character; without one it can only match itself.
bool HasPathMeta(std::string_view pattern);

/// Go's path.Clean: the shortest path that lexically means the same; `.` for nothing.
std::string CleanPath(std::string_view path);

}  // namespace stalemark::text
