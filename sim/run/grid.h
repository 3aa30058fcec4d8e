// SPDX-License-Identifier: Apache-2.0
// Grid: the instants at which a target's scrapes are scheduled, which are the slots of expectations. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "sim/run/run_record.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// In sample time.
struct Grid {
  std::int64_t g0_ms = 0;
  std::int64_t interval_ms = 1;
  /// Those until the end of the run.
  std::uint64_t slots = 0;

  /// -1: before the first.
  std::int64_t SlotOf(std::int64_t t_ms) const;
};

/// Of one loop, without `slots`: it does not know when the run ends.
Grid GridOf(const RunRecord::Loop& loop);
/// The common grid of loops, at least one; the error names two that have none. `instead` is the key to use then.
Result<Grid> CommonGrid(const Scenario& scenario, const RunRecord& record, const std::vector<trace::LoopId>& loops,
                        std::string_view instead);

/// A sample's time since the start of the run; absent: one of an exporter, too far from there for a duration.
std::optional<Nanoseconds> TimeOfRun(const Scenario& scenario, std::int64_t t_ms);
/// A sample's time as a duration since the start: `1m15.546s`.
std::string SinceStart(const Scenario& scenario, std::int64_t t_ms);

}  // namespace stalemark::scenario
