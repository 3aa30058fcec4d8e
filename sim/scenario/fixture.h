// SPDX-License-Identifier: Apache-2.0
// Recorded exporters (fixtures/README.md): `NAME/responses.json` and the bodies it names, as responses to play in
// order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "core/seams/files.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

/// Whether the recorded latencies become delays of the responses' heads.
enum class RecordedLatency : std::uint8_t { kKeep, kDrop };

/// `folder`: that of responses.json. Each response plays once; a ScriptedExporter repeats the last. Errors name the
/// file.
Result<std::vector<ScriptedExporter::Step>> LoadFixture(const std::string& folder, RecordedLatency latency,
                                                        const Files& files);

}  // namespace stalemark::scenario
