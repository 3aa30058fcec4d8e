// SPDX-License-Identifier: Apache-2.0
// Which scenario files the arguments of a command stand for. A file stands for itself. A folder stands for the
// scenarios below it, at any depth and sorted by path: files `*.yml` and `*.yaml` that have, at the start of lines, the
// key `prometheus` and one of `name`, `duration`, `exporters` and `expect`. So configurations and target documents may
// lie beside them, and a scenario with an error in it is not overlooked. Hidden files and folders are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace stalemark::cli {

/// In the order of the arguments. An error: a folder cannot be read, or has no scenario.
Result<std::vector<std::string>> ScenarioPaths(const std::vector<std::string>& arguments);

/// By the text of a file alone.
bool LooksLikeScenario(std::string_view text);

}  // namespace stalemark::cli
