// SPDX-License-Identifier: Apache-2.0
// Slots: the grid of the target behind a series, and the scrape that decided each of its instants (docs/formats/
// scenario.md, "Slots").
//
// Times of samples are milliseconds of the wall clock. Views of scenario and result, which outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "core/storage/sample.h"
#include "sim/run/grid.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// When a slot begins.
std::int64_t TimeOfSlot(const Grid& grid, std::uint64_t slot);
/// A time of a sample since the start, as scenario files and `--at` write it: `1m15s500ms`.
std::string TimeArgument(const Scenario& scenario, std::int64_t t_ms);

/// The scrapes of the target behind a series.
class SeriesScrapes {
 public:
  /// The loops that appended to it, or, if nobody did, those whose labels it carries; and all others with the same
  /// labels, which scraped the target before or after a reload.
  SeriesScrapes(const Scenario& scenario, const ScenarioResult& result, const Labels& series);

  bool empty() const { return loops_.empty(); }
  /// CommonGrid of the loops.
  Result<Grid> FindGrid(std::string_view instead = "give points, not values") const;
  /// `at 1m15.5s: down: connection refused`.
  std::string DecidedSlot(const Grid& grid, std::uint64_t slot) const;
  /// The scrape whose samples have exactly that time.
  std::string DecidedTime(std::int64_t t_ms) const;

 private:
  bool IsOurs(trace::LoopId loop) const;
  static std::string Describe(const RunRecord::Scrape* scrape);

  const Scenario& scenario_;
  const RunRecord& record_;
  std::vector<trace::LoopId> loops_;
};

/// The samples in the notation of `values`, a slot each, the first of those that share one.
struct StoredValuesText {
  std::string text;
  /// Longer than `items_max` items: it ends with `...`.
  bool cut = false;
};
StoredValuesText StoredValues(const Grid& grid, const std::vector<Sample>& samples, std::size_t items_max);

}  // namespace stalemark::scenario
