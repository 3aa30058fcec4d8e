// SPDX-License-Identifier: Apache-2.0
// What a run stored, for Prometheus's own tools: OpenMetrics text for `promtool tsdb create-blocks-from openmetrics`,
// and input series for `promtool test rules`.
//
// Both formats say less than storage holds. What they have no words for is left out and counted. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "core/model/result.h"
#include "sim/report/text_sink.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::report {

struct LeftOut {
  /// Native histograms: OpenMetrics text has none, promtool's notation not those whose buckets lie far apart.
  std::uint64_t histograms = 0;
  /// OpenMetrics text has none, and NaN is another value.
  std::uint64_t stale_markers = 0;
  /// All but the last one of a slot, and those before the first slot or behind the end of the run.
  std::uint64_t out_of_slot = 0;
};
/// `3 stale markers, 1 native histogram`; empty: nothing was left out.
std::string LeftOutText(const LeftOut& left_out);

/// Each sample of the primary storage with its time, series by series, ended by `# EOF`. No TYPE or HELP lines.
LeftOut WriteOpenMetrics(const scenario::ScenarioResult& result, const TextSink& out);
/// Of any head.
LeftOut WriteOpenMetrics(const Head& head, const TextSink& out);

/// A file that `promtool test rules` takes as it is: the series of the primary storage, one value per slot of the
/// interval that all loops have in common. promtool's time 0 is the start of the run. A series keeps the slots of its
/// target's grid, as in `expect.samples`. An error: no loop was started, so there is no interval, or it is so short
/// that there are more than ten million slots.
Result<LeftOut> WriteInputSeries(const scenario::Scenario& scenario, const scenario::ScenarioResult& result,
                                 const TextSink& out);

}  // namespace stalemark::report
