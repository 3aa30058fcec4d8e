// SPDX-License-Identifier: Apache-2.0
// ObserveTarget, Observe: targets and metrics of a running manager, copied, for expectations that are judged after the
// run.
#pragma once

#include "core/scrape/scrape_manager.h"
#include "sim/run/scenario_run.h"

namespace stalemark::scenario {

/// `config`: the pool's, of the moment.
ObservedTarget ObserveTarget(const std::string& pool, const Target& target, const ScrapeConfig& config);
Observation Observe(MonotonicTime at, const ScrapeManager& manager);

}  // namespace stalemark::scenario
