// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/expect.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace stalemark::scenario {
namespace {

void CheckStoreDigest(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  const std::string& expected = scenario.expect.store_digest;
  if (expected.empty() || expected == result.store_digest) return;
  failures->push_back({scenario.file,
                       scenario.expect.store_digest_place,
                       "store_digest",
                       {},
                       fmt::format("found store digest {}, expected {}", result.store_digest, expected),
                       {},
                       {}});
}

}  // namespace

std::vector<ExpectationEntry> EntriesOf(const Expectations& expect) {
  std::vector<ExpectationEntry> entries;
  for (const ExpectedSeries& series : expect.samples) {
    std::string subject = SeriesText(series.labels);
    if (series.storage > 0) subject += fmt::format(" in secondary {}", series.storage);
    entries.push_back({"samples", std::move(subject), series.place});
  }
  if (expect.targets.active || expect.targets.dropped) entries.push_back({"targets", {}, {}});
  if (!expect.store_digest.empty()) entries.push_back({"store_digest", {}, expect.store_digest_place});
  return entries;
}

std::vector<Failure> CheckExpectations(const Scenario& scenario, const ScenarioResult& result) {
  std::vector<Failure> failures;
  CheckSamples(scenario, result, &failures);
  CheckTargets(scenario, result, &failures);
  CheckStoreDigest(scenario, result, &failures);
  return failures;
}

ScenarioResult RunAndCheck(const Scenario& scenario, const RunOptions& options) {
  ScenarioResult result = RunScenario(scenario, options);
  std::vector<Failure> failures = CheckExpectations(scenario, result);
  result.failures.insert(result.failures.end(), std::make_move_iterator(failures.begin()),
                         std::make_move_iterator(failures.end()));
  return result;
}

}  // namespace stalemark::scenario
