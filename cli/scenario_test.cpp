// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_test.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "cli/scenario_bundle.h"

namespace stalemark::cli {
namespace {

/// Seeds whose failures are shown.
constexpr std::uint64_t kFailingSeedsMax = 10;

report::TestResult TestSeeds(const scenario::Scenario& scenario, const scenario::SeedRange& seeds) {
  report::TestResult result;
  result.file = scenario.file;
  result.name = scenario.name;
  if (scenario.expect.under_seeds) {
    result.expectations = scenario::EntriesOf(scenario.expect);
  } else if (!scenario::EntriesOf(scenario.expect).empty()) {
    result.notes.emplace_back("what it expects is not judged under seeds (under_seeds: true would)");
  }
  std::uint64_t failing = 0;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    scenario::SeedResult one = scenario::RunSeed(scenario, seed);
    result.seed_digests.push_back({seed, std::move(one.store_digest), std::move(one.trace_digest)});
    result.sample_count += one.sample_count;
    if (one.failures.empty() || ++failing > kFailingSeedsMax) continue;
    for (scenario::Failure& failure : one.failures) result.failures.push_back(std::move(failure));
  }
  if (failing > kFailingSeedsMax) {
    result.notes.push_back(fmt::format("{} of {} seeds fail; the first {} are shown", failing,
                                       seeds.last - seeds.first + 1, kFailingSeedsMax));
  }
  if (!result.failures.empty()) result.outcome = report::TestResult::Outcome::kFailed;
  return result;
}

report::TestResult TestLoaded(const scenario::Scenario& scenario, const TestSettings& settings) {
  if (settings.seeds) return TestSeeds(scenario, *settings.seeds);
  return report::ResultOf(scenario, scenario::RunAndCheck(scenario, {}));
}

}  // namespace

std::optional<TestedScenario> TestScenario(const std::string& file, const TestSettings& settings) {
  const auto begin = std::chrono::steady_clock::now();
  const DiskFiles disk;
  const RecordingFiles recording(disk);
  const Files& files = settings.keep_files ? static_cast<const Files&>(recording) : disk;
  const Result<scenario::Scenario> loaded = scenario::LoadScenario(file, files);
  if (settings.select && !settings.select(file, loaded.ok() ? loaded->name : std::string_view())) return std::nullopt;
  TestedScenario tested;
  tested.result = loaded.ok() ? TestLoaded(*loaded, settings) : report::InvalidResult(file, loaded.error().message);
  if (loaded.ok()) tested.duration = loaded->duration;
  tested.files = recording.read();
  tested.result.took = std::chrono::steady_clock::now() - begin;
  return tested;
}

}  // namespace stalemark::cli
