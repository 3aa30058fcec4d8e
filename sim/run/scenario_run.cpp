// SPDX-License-Identifier: Apache-2.0
#include "sim/run/scenario_run.h"

#include "sim/faults/plan.h"
#include "sim/run/stepwise_run.h"

namespace stalemark::scenario {

ScenarioResult RunScenario(const Scenario& scenario, const RunOptions& options) {
  if (!scenario.swarm) return ScenarioRun(scenario, options).Finish();
  const Scenario planned = WithPlan(scenario);
  return ScenarioRun(planned, options).Finish();
}

}  // namespace stalemark::scenario
