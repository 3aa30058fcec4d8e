// SPDX-License-Identifier: Apache-2.0
// Recorded exporters (fixtures/README.md): `NAME/responses.json` and the bodies it names, as responses to play in
// order.
//
// The recording's own latencies become delays of the responses' heads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "core/seams/files.h"
#include "core/seams/time.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

/// `folder`: that of responses.json. `latency`, when given, replaces the recorded ones. Each response plays once; a
/// ScriptedExporter repeats the last. Errors name the file.
Result<std::vector<ScriptedExporter::Step>> LoadFixture(const std::string& folder, std::optional<Nanoseconds> latency,
                                                        const Files& files);

}  // namespace stalemark::scenario
