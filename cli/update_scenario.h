// SPDX-License-Identifier: Apache-2.0
// UpdateFile: `stalemark test --update` for one scenario file: what a run finds takes the place of expectations that
// fail. The file is replaced as a whole or stays as it was; each change is a line of standard output.
#pragma once

#include <string>

#include "cli/scenario_test.h"
#include "cli/terminal.h"

namespace stalemark::cli {

/// Files that do not load or are not selected stay; the test that follows says why. False: the file could not be
/// written, and standard error says why.
bool UpdateFile(const Terminal& terminal, const std::string& file, const TestSettings& settings);

}  // namespace stalemark::cli
