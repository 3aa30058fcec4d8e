// SPDX-License-Identifier: Apache-2.0
// A parsed regular expression in Go's syntax (regex_parser.h makes it, regex_emitter.h writes it out for RE2). Flags
// are resolved while parsing: a node says what it matches without looking at its surroundings. Mirrors
// regexp/syntax/regexp.go.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/text/rune_class.h"

namespace stalemark {

enum class RegexOp : std::uint8_t {
  kEmptyMatch,
  kLiteral,
  kClass,
  kAnyRune,
  kBeginLine,
  kEndLine,
  kBeginText,
  kEndText,
  kWordBoundary,
  kNoWordBoundary,
  kCapture,
  kStar,
  kPlus,
  kQuest,
  kRepeat,
  kConcat,
  kAlternate,
  // Marks on the parser's stack, never part of a finished tree.
  kLeftParen,
  kVerticalBar,
};

struct RegexNode {
  RegexOp op;
  /// kStar, kPlus, kQuest, kRepeat: prefer fewer repetitions.
  bool lazy = false;
  /// kLiteral: any case.
  bool fold = false;
  /// kRepeat; `count_max` -1 is "no upper limit".
  int count_min = 0;
  int count_max = 0;
  /// kLiteral: one or more code points.
  std::u32string literal;
  /// kClass.
  text::RuneClass runes;
  std::vector<std::unique_ptr<RegexNode>> subs;

  // What Go's limits are about, for the tree below and including this node.
  int height = 1;
  /// Instructions of Go's compiled form, at most.
  std::int64_t size = 1;
  /// Largest product of nested repeat counts.
  std::int64_t repeats = 1;
};

using RegexNodePtr = std::unique_ptr<RegexNode>;

struct RegexTree {
  RegexNodePtr root;
  /// Names of the groups; [0] is the whole match and, like any group without a name, empty.
  std::vector<std::string> group_names;
};

}  // namespace stalemark
