// SPDX-License-Identifier: Apache-2.0
// The report of `stalemark test --html`: the visualizer as one file whose gallery is what was tested. Failed scenarios
// come first, with what was not as expected; each can be opened, stepped through and edited.
#pragma once

#include <string>
#include <vector>

#include "cli/scenario_test.h"

namespace stalemark::cli {

/// The gallery for PageWith (docs/design/visualizer.md): `{"title", "files": {PATH: TEXT}, "entries": [...]}`. A
/// scenario whose own file could not be read is left out: there is nothing to open.
/// Requires: they were tested with `keep_files`.
std::string HtmlReportJson(const std::vector<TestedScenario>& tested);

}  // namespace stalemark::cli
