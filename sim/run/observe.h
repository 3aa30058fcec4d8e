// SPDX-License-Identifier: Apache-2.0
// Observe: targets and metrics of a running manager, copied, for expectations that are judged after the run.
#pragma once

#include "core/scrape/scrape_manager.h"
#include "sim/run/scenario_run.h"

namespace stalemark::scenario {

Observation Observe(MonotonicTime at, const ScrapeManager& manager);

}  // namespace stalemark::scenario
