// SPDX-License-Identifier: Apache-2.0
#include "sim/run/run_choices.h"

#include <utility>

namespace stalemark::scenario {

std::unique_ptr<Choices> ChoicesOf(const Scenario& scenario, SeededChoices::Listener listener) {
  if (!scenario.seeded_choices) return std::make_unique<FirstChoice>();
  return std::make_unique<SeededChoices>(scenario.seed, std::move(listener));
}

}  // namespace stalemark::scenario
