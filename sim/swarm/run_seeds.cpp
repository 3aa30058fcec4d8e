// SPDX-License-Identifier: Apache-2.0
#include "sim/swarm/run_seeds.h"

#include <utility>

#include <fmt/format.h>

#include "sim/expect/expect.h"
#include "sim/faults/plan.h"
#include "sim/swarm/invariants.h"
#include "sim/swarm/trace_difference.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kDigitsMax = 16;
/// Pairs of runs with their traces kept, to find where two that differ part.
constexpr int kPairsMax = 8;

std::optional<std::uint64_t> ParseSeed(std::string_view text) {
  if (text.empty() || text.size() > kDigitsMax) return {};
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

/// Both runs are kept until they have been compared: the second meets another memory than the first.
std::string FindDifference(const Scenario& scenario) {
  RunOptions options;
  options.trace = trace::Level::kOutcome;
  for (int pair = 0; pair < kPairsMax; ++pair) {
    const ScenarioResult one = RunScenario(scenario, options);
    const ScenarioResult other = RunScenario(scenario, options);
    if (one.trace != other.trace) return TraceDifference(one.trace, other.trace);
    if (one.store_digest != other.store_digest) return "the events are the same, the series at the end are not";
  }
  return fmt::format("{} more pairs of runs did not differ", kPairsMax);
}

}  // namespace

std::optional<SeedRange> ParseSeedRange(std::string_view text) {
  const std::size_t dash = text.find('-');
  const std::optional<std::uint64_t> first = ParseSeed(text.substr(0, dash));
  if (!first) return {};
  if (dash == std::string_view::npos) return *first == 0 ? std::nullopt : std::optional(SeedRange{1, *first});
  const std::optional<std::uint64_t> last = ParseSeed(text.substr(dash + 1));
  if (!last || *last < *first) return {};
  return SeedRange{*first, *last};
}

ScenarioResult RunAndCheckInvariants(const Scenario& scenario, RunOptions options) {
  InvariantChecker checker;
  options.sink = &checker;
  ScenarioResult result = RunAndCheck(scenario, options);
  for (const auto& head : result.storages) checker.CheckStored(*head);
  for (const std::string& violation : checker.violations()) {
    result.failures.push_back({scenario.file, {}, "invariant", "", violation, {}, {}});
  }
  return result;
}

SeedResult RunSeed(const Scenario& scenario, std::uint64_t seed) {
  const Scenario seeded = UnderSeed(scenario, seed);
  const ScenarioResult first = RunAndCheckInvariants(seeded, {});
  SeedResult result;
  result.seed = seed;
  result.store_digest = first.store_digest;
  result.trace_digest = first.trace_digest;
  result.sample_count = first.sample_count;
  for (const Failure& failure : first.failures) {
    // With faults in its way a scrape that an event waits for may never come, and a reload may not end. That a pool
    // cannot be created may be expected, and is not looked at here.
    const bool needs_calm = failure.kind == "event" || failure.kind == "reload" || failure.kind == "pool";
    if (scenario.expect.under_seeds || !needs_calm) result.failures.push_back(failure);
  }
  const ScenarioResult second = RunScenario(seeded, {});
  if (second.store_digest != first.store_digest || second.trace_digest != first.trace_digest) {
    result.failures.push_back(
        {scenario.file, {}, kNondeterminism, "", "two runs of one plan are not equal", FindDifference(seeded), {}});
  }
  for (Failure& failure : result.failures) {
    failure.message = fmt::format("seed {}: {}", seed, failure.message);
    failure.next =
        fmt::format("stalemark run {} --seed {} plays it again; with --save-plan PLAN it keeps what was drawn",
                    scenario.file, seed);
  }
  return result;
}

}  // namespace stalemark::scenario
