// SPDX-License-Identifier: Apache-2.0
// Failure: one thing about a run that is not as the scenario wants it: an expectation that does not hold, or an error
// of the run that nobody expected. Kept in parts, so that a terminal, a JUnit file and an annotation each show it their
// way.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/seams/time.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::scenario {

/// Where in a run something is seen.
struct SeenAt {
  /// Since the run began.
  Nanoseconds at{0};
  /// As notation writes it; empty: no single series.
  std::string series;
};

struct Failure {
  /// Where the expectation stands. Line 0: the file as a whole; an empty file: the message names its own places.
  std::string file;
  Place place;
  /// The key of the scenario that asks for it: `samples`, `targets`, `reload`, ...
  std::string_view kind;
  /// What it is about: a series, a target, a metric. May be empty.
  std::string subject;
  /// One line, but for errors of configurations: a line each.
  std::string message;
  /// Aligned lines that show the difference, without a last newline. May be empty.
  std::string detail;
  /// What to do about it, where that is known: a sentence. May be empty.
  std::string next;
  /// What `--update` writes into the scenario so that it holds. Empty: somebody has to decide.
  std::vector<Edit> edits = {};
  /// Why there are no edits, for people; empty: a bound, a part of a text, or the like.
  std::string not_written = {};
  /// What differs first; absent: the run as a whole.
  std::optional<SeenAt> seen = {};
};

/// `FILE:LINE:COL: subject: message`, the detail's lines moved in by two blanks, `next: ...`.
std::string FailureText(const Failure& failure);

}  // namespace stalemark::scenario
