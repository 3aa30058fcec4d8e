// SPDX-License-Identifier: Apache-2.0
// Plans: what `faults` of a scenario leaves to the seed, drawn before the run into ordinary events.
//
// Pure functions of scenario and seed, by integer arithmetic: the same plan on every build. Each exporter and the
// server draw from seeds of their own (sim/seeds.h), so that one more exporter moves no other's faults. The events are
// also kept as text (event_text.h), which the run writes into its trace. Nothing here fails: a configuration that does
// not load is the run's error.
#pragma once

#include <cstdint>

#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// The scenario with its plan drawn; the same when there is nothing to draw.
Scenario WithPlan(const Scenario& scenario);
/// The scenario as `--seed` plays it: with that seed, choices answered by it, and everything drawn (DefaultSwarm) when
/// the file has no `faults` of its own; without expectations, unless they are meant for it. The plan is not drawn yet.
Scenario UnderSeed(const Scenario& scenario, std::uint64_t seed);

}  // namespace stalemark::scenario
