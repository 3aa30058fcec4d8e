// SPDX-License-Identifier: Apache-2.0
// Writes a parsed expression as a pattern for RE2 that means the same under any version of RE2's Unicode tables:
// classes and case folding are spelt out as ranges, flags are gone, groups are numbered as in the original.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/relabel/regex_tree.h"

namespace stalemark {

/// Requires RE2's default options with dot_nl. Absent when the pattern would be longer than `bytes_max`.
std::optional<std::string> EmitRe2Pattern(const RegexNode& root, std::size_t bytes_max);

}  // namespace stalemark
