// SPDX-License-Identifier: Apache-2.0
// RunScenario: plays a scenario on a Simulation and compares what it left behind with the scenario's expectations.
//
// Deterministic: the same scenario gives the same digests on every build. At one instant everything the engine has to
// do comes first, then what ends there, then the events in the file's order. The run ends at its duration by looking,
// not by stopping the server. Runs share nothing; the scenario outlives the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/storage/head.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/timeline.h"

namespace stalemark::scenario {

struct RunOptions {
  enum class Lines : std::uint8_t { kNone, kTimeline };
  Lines lines = Lines::kNone;
};

struct ScenarioResult {
  /// Expectations that do not hold; the first line of each is `FILE:LINE:COL: what`. Empty: passed.
  std::vector<std::string> failures;
  std::string store_digest;
  std::string trace_digest;
  /// Samples in the primary storage, targets active at the end, scrapes begun.
  std::uint64_t sample_count = 0;
  std::size_t target_count = 0;
  std::size_t scrape_count = 0;
  std::vector<TimelineLine> timeline;
  /// The primary, then the secondaries.
  std::vector<std::unique_ptr<Head>> storages;
};

ScenarioResult RunScenario(const Scenario& scenario, const RunOptions& options);

}  // namespace stalemark::scenario
