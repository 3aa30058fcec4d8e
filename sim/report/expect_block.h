// SPDX-License-Identifier: Apache-2.0
// What a run left behind as the key `expect` of a scenario, so that nobody writes it by hand: the targets at the end,
// and the series of the primary storage with all their samples.
//
// Of the series that Prometheus writes with each scrape only `up` is there: durations and counts would fail at every
// harmless change. A series is written as `values` where slots can say it, else as `points`; one that neither can say
// (a NaN with bits of its own in a histogram) is left out. Appended to a scenario without `expect`, all of it holds.
// Pure functions.
#pragma once

#include "sim/report/text_sink.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::report {

void WriteExpectBlock(const scenario::Scenario& scenario, const scenario::ScenarioResult& result, const TextSink& out);

}  // namespace stalemark::report
