// SPDX-License-Identifier: Apache-2.0
// Regular expressions as Go 1.26's regexp package reads and runs them, anchored the way relabelling anchors them
// (REL-03): the text stands between `^(?s:` and `)$`. RE2 finds the matches; the syntax accepted, the error texts, the
// Unicode classes and the treatment of invalid UTF-8 (REL-21, REL-22) are Go's. Mirrors Regexp of
// model/relabel/relabel.go over regexp/regexp.go.
//
// A Regex is a value that looks immutable and is cheap to copy; the first match may make the program that all copies
// share, so that copies stay on one thread. Matching takes time linear in the value and bounded memory. Compile fails
// with Go's text for what Go refuses (`error parsing regexp: ...`), and with a text of our own for an expression that
// could need more than 8388608 (2^23) of RE2's instructions, which is about 2700 repeats of `\pL`.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace stalemark {

class Regex {
 public:
  /// Byte ranges of the whole match and of each group, from a value that outlives this.
  struct Match {
    /// Group 0 is the whole match. A group that took no part has a null data().
    std::vector<std::string_view> groups;
  };

  /// The built-in default `(.*)`. It is told apart from the same text compiled (REL-08, REL-17).
  Regex() = default;
  static Result<Regex> Compile(std::string_view text);

  /// True for a default-constructed Regex and copies of it.
  bool IsBuiltInDefault() const { return program_ == nullptr; }
  /// The expression as it was written, without the anchors.
  const std::string& text() const;

  /// Whether the anchored expression matches somewhere in the value.
  bool Matches(std::string_view value) const;
  /// Finds the leftmost match; false when there is none.
  bool Find(std::string_view value, Match& match) const;
  /// Appends the template with the match's groups put in (REL-09, Go's Regexp.ExpandString).
  void Expand(std::string_view expansion_template, const Match& match, std::string& out) const;
  /// All matches replaced by the expanded template (Go's ReplaceAllString).
  std::string ReplaceAll(std::string_view value, std::string_view expansion_template) const;

 private:
  struct Program;
  explicit Regex(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  // Shared because rules are copied with every configuration that is kept (previous and current) and a compiled program
  // is large and immutable. Null: the built-in default.
  std::shared_ptr<const Program> program_;
};

}  // namespace stalemark
