// SPDX-License-Identifier: Apache-2.0
// Who answers what upstream leaves to chance in a run: the fixed answers, or the scenario's seed.
//
// A file of its own so that a test can put another in its place (tests/planted).
#pragma once

#include <memory>

#include "sim/scenario/scenario.h"
#include "sim/seeded_choices.h"

namespace stalemark::scenario {

/// `listener` is told what the seed decided.
std::unique_ptr<Choices> ChoicesOf(const Scenario& scenario, SeededChoices::Listener listener);

}  // namespace stalemark::scenario
