// SPDX-License-Identifier: Apache-2.0
// Comparing the end of a run with a scenario's expectations. Each failure is a text: `FILE:LINE:COL: what`, then, for
// samples, an aligned table of the slots that differ with the scrape that decided each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/scrape/scrape_manager.h"
#include "core/storage/head.h"
#include "sim/scenario/run_record.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// What the samples of a run are judged by.
struct SampleContext {
  const Scenario& scenario;
  const RunRecord& record;
  const std::vector<std::unique_ptr<Head>>& storages;
};

void CheckSamples(const SampleContext& context, std::vector<std::string>* failures);
void CheckTargets(const Scenario& scenario, const ScrapeManager& manager, std::vector<std::string>* failures);

/// `FILE:LINE:COL: `.
std::string PlacePrefix(const Scenario& scenario, const Place& place);

}  // namespace stalemark::scenario
