// SPDX-License-Identifier: Apache-2.0
// ActionText: what an event of a scenario does, as the trace, the timeline and explanations say it. No paths: the
// digests must not depend on where a file lies. Pure.
#pragma once

#include <string>

#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// `app-1:8080: refuse`, `reload`, `commits to primary fail: no space`, ...
std::string ActionText(const Action& action);

}  // namespace stalemark::scenario
