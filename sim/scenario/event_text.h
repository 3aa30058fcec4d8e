// SPDX-License-Identifier: Apache-2.0
// Events in the words of a scenario file, and plans: what a seed drew for a run, as text that reads back.
//
// A plan is a YAML document: `seed: N`, `choices: seeded`, `events:` with an event a line. ReadPlan makes of it and of
// the scenario it was drawn for the very run again, whatever the generator has become. The files that a scenario names
// are not part of a plan: no event of one has a configuration or target groups of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

inline constexpr std::uint64_t kSeedMax = 9'999'999'999'999'999;

/// `{request: 5, exporter: 'a:80', fault: truncate, after: 12}`. A reload is always the start's; target groups are
/// written as an empty list.
std::string EventText(const ScenarioEvent& event);
/// The fault with what its kind has where a file says nothing.
ExporterFault DefaultFault(std::string address, FaultKind kind);
/// Upstream's text of it: `out of order sample`; empty for kOther.
std::string AppendCodeError(AppendCode code);
/// By time; events of one time stay as they are.
void SortEvents(Scenario* scenario);
/// Every fault and every other event that can be drawn, one in 20.
Swarm DefaultSwarm();

/// The head of a plan: its seed, and who answers what upstream leaves to chance.
std::vector<std::string> PlanHead(const Scenario& scenario);
/// The plan of a scenario whose faults have been drawn.
std::string PlanText(const Scenario& scenario);
/// The scenario with the events of that plan in the place of what its `faults` would draw. It keeps its
/// expectations if the plan is that of its own seed, or if they hold under seeds. Errors as those of
/// LoadScenario; `plan_file` stands in front of them.
Result<Scenario> ReadPlan(std::string_view plan, std::string_view plan_file, const Scenario& scenario);
/// The plan that a run wrote into its trace, as PlanText; an error for a damaged trace or one without a plan.
Result<std::string> PlanFromTrace(std::string_view trace);

}  // namespace stalemark::scenario
