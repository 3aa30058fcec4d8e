// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_test.h"

#include <chrono>

#include "cli/disk/disk_files.h"

namespace stalemark::cli {

std::optional<report::TestResult> TestScenario(const std::string& file, const TestSettings& settings) {
  const auto begin = std::chrono::steady_clock::now();
  const Result<scenario::Scenario> loaded = scenario::LoadScenario(file, DiskFiles());
  if (settings.select && !settings.select(file, loaded.ok() ? loaded->name : std::string_view())) return std::nullopt;
  report::TestResult result = loaded.ok() ? report::ResultOf(*loaded, scenario::RunAndCheck(*loaded, {}))
                                          : report::InvalidResult(file, loaded.error().message);
  result.took = std::chrono::steady_clock::now() - begin;
  return result;
}

}  // namespace stalemark::cli
