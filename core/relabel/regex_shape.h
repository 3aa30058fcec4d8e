// SPDX-License-Identifier: Apache-2.0
// Expressions simple enough to match without a regular-expression engine: a set of texts (`a|b|c`), or one run of
// anything between two fixed texts (`node_.*`, `(.+)_total`, `__meta_(.+)`). Most rules are of these shapes, and
// relabelling runs once for every new series.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/relabel/regex_tree.h"

namespace stalemark {

class RegexShape {
 public:
  /// Absent: the expression needs the engine. The tree is that of an anchored pattern.
  static std::optional<RegexShape> Of(const RegexTree& tree);

  bool Matches(std::string_view value) const;
  /// Group 1 of a value that matches; requires has_group().
  std::string_view Group(std::string_view value) const;
  bool has_group() const { return has_group_; }

 private:
  /// A place in every value that matches: so many bytes into the prefix, or into the suffix.
  struct Boundary {
    bool in_suffix = false;
    std::size_t bytes = 0;
  };

  bool AddPiece(const RegexNode& node);
  bool AddPieces(const RegexNode& node);
  bool AddTexts(const RegexNode& alternate);
  Boundary Here() const { return {has_run_, has_run_ ? suffix_.size() : prefix_.size()}; }
  std::size_t OffsetOf(Boundary boundary, std::string_view value) const;

  /// Sorted. Empty: the affixes below tell what matches.
  std::vector<std::string> texts_;
  /// prefix, anything of at least `run_min_` bytes where has_run_, suffix.
  std::string prefix_;
  std::string suffix_;
  bool has_run_ = false;
  std::size_t run_min_ = 0;
  bool has_group_ = false;
  Boundary group_first_;
  Boundary group_last_;
};

}  // namespace stalemark
