// SPDX-License-Identifier: Apache-2.0
// Outcomes of a target's scrapes, one word per slot: `up x5 timeout _ up x3`. Words: `up`, `down` (any error), an error
// kind (core/scrape/scrape_error.h), `pending` (in flight at the end of the run), `_` (no scrape: a lost tick, or no
// target). `xN` behind a word: N times that word, as promtool counts gaps.
//
// Kept as runs and never expanded. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace stalemark::scenario {

inline constexpr std::string_view kOutcomeUp = "up";
inline constexpr std::string_view kOutcomeDown = "down";
inline constexpr std::string_view kOutcomePending = "pending";
inline constexpr std::string_view kOutcomeNone = "_";

/// All words.
const std::vector<std::string_view>& OutcomeWords();
/// Whether a scrape that ended as `found`, which is never `down`, is what `expected` means.
bool IsOutcome(std::string_view expected, std::string_view found);

struct OutcomeRun {
  /// One of OutcomeWords, which live as long as the program.
  std::string_view word;
  std::uint64_t count = 1;
};

/// Errors carry the offset of the item that is wrong.
Result<std::vector<OutcomeRun>> ParseOutcomes(std::string_view text);
std::string OutcomesText(const std::vector<OutcomeRun>& runs);
/// Adds one word to the end.
void AddOutcome(std::string_view word, std::vector<OutcomeRun>* runs);

}  // namespace stalemark::scenario
