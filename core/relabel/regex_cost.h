// SPDX-License-Identifier: Apache-2.0
// How large RE2's program for an expression can get, without making it: RE2 matches bytes and repeats by copying, so
// that a few characters of a pattern can stand for hundreds of megabytes. Takes time linear in the tree, whatever the
// repeat counts.
#pragma once

#include <cstdint>

#include "core/relabel/regex_tree.h"

namespace stalemark {

/// An upper bound of the instructions of RE2's program.
std::int64_t Re2InstructionsAtMost(const RegexNode& root);

}  // namespace stalemark
