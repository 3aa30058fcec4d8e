// SPDX-License-Identifier: Apache-2.0
// TestScenario: loads one scenario file, plays it, once or under seeds, judges it and measures the time. Calls share
// nothing and may run on several threads.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/report/test_report.h"
#include "sim/swarm/run_seeds.h"

namespace stalemark::cli {

struct TestSettings {
  /// Whether a scenario of this file and this name (empty: it cannot be read) is wanted; empty: all are.
  std::function<bool(std::string_view file, std::string_view name)> select;
  /// Play it under these seeds (sim/swarm/run_seeds.h) in the place of its own.
  std::optional<scenario::SeedRange> seeds;
  /// Keep what was read, for a page that plays it.
  bool keep_files = false;
};

struct TestedScenario {
  report::TestResult result;
  /// Of the scenario; 0: it does not load.
  Nanoseconds duration{0};
  /// By path, as it was asked for; empty without `keep_files`.
  std::map<std::string, std::string> files;
};

/// Nothing: it is not selected.
std::optional<TestedScenario> TestScenario(const std::string& file, const TestSettings& settings);

}  // namespace stalemark::cli
