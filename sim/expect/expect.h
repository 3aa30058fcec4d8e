// SPDX-License-Identifier: Apache-2.0
// Comparing the end of a run with a scenario's expectations: one source file per kind of expectation.
//
// Each Failure shows the difference aligned, for samples with the scrape that decided each slot. Pure functions of
// scenario and result.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/failure.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// One thing that a scenario expects, as a report lists it. A failure of this kind at this place is its failure; one of
/// this kind elsewhere too, if the subject is empty: then the entry stands for all of its kind.
struct ExpectationEntry {
  std::string_view kind;
  std::string subject;
  Place place;
};
/// In the order in which they are judged.
std::vector<ExpectationEntry> EntriesOf(const Expectations& expect);

/// All kinds, in the order of the format's documentation. Empty: everything is as expected.
std::vector<Failure> CheckExpectations(const Scenario& scenario, const ScenarioResult& result);

/// The same, behind the failures of the run.
void AddFailures(const Scenario& scenario, ScenarioResult* result);

/// Plays the scenario; the failures of its expectations follow those of the run.
ScenarioResult RunAndCheck(const Scenario& scenario, const RunOptions& options);

void CheckSamples(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);
void CheckSeries(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);
void CheckQueries(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);
void CheckTargets(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);
void CheckScrapes(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);
void CheckLimits(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);
void CheckMetrics(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);
void CheckPoolErrors(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures);

// ---- used by several kinds ----

/// Without detail and what comes next.
Failure FailureAt(const Scenario& scenario, Place place, std::string_view kind, std::string subject,
                  std::string message);
/// `{pool: j, labels: {...}, health: up}`: an item of `active` or `dropped`.
std::string TargetItem(const ObservedTarget& target);
/// What the run saw then; absent: at the end.
const Observation& ObservationAt(const ScenarioResult& result, const std::optional<MonotonicTime>& at);
/// ` at 1m15.546s`, to the millisecond; nothing for the end.
std::string AtText(const std::optional<MonotonicTime>& at);

}  // namespace stalemark::scenario
