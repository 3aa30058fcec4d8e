// SPDX-License-Identifier: Apache-2.0
// A run in Chrome's Trace Event Format, which Perfetto and chrome://tracing open. A process per pool, a track per
// target: a span per scrape, in it spans for each request until its head, for the body, and for the commit if it takes
// time; instants for what happens to targets, pools and the server; counters for the samples of a scrape.
//
// Times are virtual, in microseconds since the start. Spans of a track nest; where two loops of one target overlap, the
// second has a track of its own. Pure function.
#pragma once

#include <string_view>

#include "core/model/result.h"
#include "sim/report/text_sink.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::report {

/// `result.trace` must be of level kDetail. An error: it is no trace.
Status WriteChromeTrace(const scenario::Scenario& scenario, const scenario::ScenarioResult& result,
                        const TextSink& out);

}  // namespace stalemark::report
