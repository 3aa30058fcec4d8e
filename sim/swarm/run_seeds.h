// SPDX-License-Identifier: Apache-2.0
// RunSeed: a scenario under the plan of a seed, played twice and compared: `stalemark test --seeds`.
//
// The seed draws the plan (sim/faults), how late timers are and what upstream leaves to chance. Judged are the
// invariants (invariants.h), and what the scenario expects only where it says so (`expect: {under_seeds: true}`): most
// expectations hold without faults. Pure functions; runs share nothing, so seeds may run on several threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/failure.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// Failure::kind of two runs of one plan that are not equal.
inline constexpr std::string_view kNondeterminism = "nondeterminism";

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};
/// `100` (1 to 100) or `7-9`.
std::optional<SeedRange> ParseSeedRange(std::string_view text);

struct SeedResult {
  std::uint64_t seed = 0;
  std::string store_digest;
  std::string trace_digest;
  std::uint64_t sample_count = 0;
  /// Of both kinds, with how to play the seed again.
  std::vector<Failure> failures;
};

/// Plays a scenario once; the failures of the invariants follow those of its expectations.
ScenarioResult RunAndCheckInvariants(const Scenario& scenario, RunOptions options);

SeedResult RunSeed(const Scenario& scenario, std::uint64_t seed);

}  // namespace stalemark::scenario
