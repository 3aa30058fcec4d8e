// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_test.h"

#include <chrono>
#include <utility>

#include "cli/disk/disk_files.h"

namespace stalemark::cli {
namespace {

/// Seeds whose failures are shown.
constexpr std::size_t kFailingSeedsMax = 10;

report::TestResult TestSeeds(const scenario::Scenario& scenario, const scenario::SeedRange& seeds) {
  report::TestResult result;
  result.file = scenario.file;
  result.name = scenario.name;
  std::size_t failing = 0;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last && failing < kFailingSeedsMax; ++seed) {
    scenario::SeedResult one = scenario::RunSeed(scenario, seed);
    result.seed_digests.push_back({seed, std::move(one.store_digest), std::move(one.trace_digest)});
    result.sample_count += one.sample_count;
    failing += one.failures.empty() ? 0 : 1;
    for (scenario::Failure& failure : one.failures) result.failures.push_back(std::move(failure));
  }
  if (!result.failures.empty()) result.outcome = report::TestResult::Outcome::kFailed;
  return result;
}

report::TestResult TestLoaded(const scenario::Scenario& scenario, const TestSettings& settings) {
  if (settings.seeds) return TestSeeds(scenario, *settings.seeds);
  return report::ResultOf(scenario, scenario::RunAndCheck(scenario, {}));
}

}  // namespace

std::optional<report::TestResult> TestScenario(const std::string& file, const TestSettings& settings) {
  const auto begin = std::chrono::steady_clock::now();
  const Result<scenario::Scenario> loaded = scenario::LoadScenario(file, DiskFiles());
  if (settings.select && !settings.select(file, loaded.ok() ? loaded->name : std::string_view())) return std::nullopt;
  report::TestResult result =
      loaded.ok() ? TestLoaded(*loaded, settings) : report::InvalidResult(file, loaded.error().message);
  result.took = std::chrono::steady_clock::now() - begin;
  return result;
}

}  // namespace stalemark::cli
