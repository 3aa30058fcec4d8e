// SPDX-License-Identifier: Apache-2.0
// What a failing exporter answers: in the place of its own response, or what becomes of that. What Prometheus makes of
// it stands with each fault in docs/formats/scenario.md. Pure; each call makes a response of its own.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

/// Requires: a kind that uses no answer.
SimResponsePtr FaultAnswer(const ExporterFault& fault, const HopRequest& request);
/// Requires: a kind that uses the answer.
SimResponsePtr SpoiledAnswer(const SimResponse& answer, const ExporterFault& fault, const HopRequest& request);

}  // namespace stalemark::scenario
