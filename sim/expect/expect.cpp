// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/expect.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "sim/expect/series_check.h"
#include "sim/expect/target_scrapes.h"

namespace stalemark::scenario {
namespace {

void CheckStoreDigest(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  const std::string& expected = scenario.expect.store_digest;
  if (expected.empty() || expected == result.store_digest) return;
  Failure failure = FailureAt(scenario, scenario.expect.store_digest_place, "store_digest", {},
                              fmt::format("found store digest {}, expected {}", result.store_digest, expected));
  failure.next = fmt::format(
      "something that is stored has changed. When that is wanted, write the new digest with `stalemark test --update "
      "{0}` "
      "(`stalemark run --format digest {0}` prints it)",
      scenario.file);
  failure.edits.push_back({Edit::Kind::kSet, scenario.expect.store_digest_place, {}, result.store_digest});
  failures->push_back(std::move(failure));
}

void AddServerEntries(const ServerExpectations& server, std::vector<ExpectationEntry>* entries) {
  if (!server.targets.empty()) entries->push_back({"targets", {}, {}});
  for (const ExpectedScrapes& scrapes : server.scrapes) {
    std::string subject = SelectorText(scrapes.target);
    if (scrapes.outcomes) subject += " outcomes";
    if (scrapes.scrape)
      subject += scrapes.scrape->at ? AtText(scrapes.scrape->at) : fmt::format(" scrape {}", scrapes.scrape->number);
    entries->push_back({"scrapes", std::move(subject), scrapes.place});
  }
  for (const ExpectedLimit& limit : server.limits) {
    const std::string of = limit.target ? SelectorText(*limit.target) : limit.job;
    entries->push_back({"limits", fmt::format("{} of {}", LimitName(limit.limit), of), limit.place});
  }
  for (const ExpectedMetrics& metrics : server.metrics) {
    for (const ExpectedMetric& metric : metrics.metrics) {
      entries->push_back({"metrics", metric.series + AtText(metrics.at), metric.place});
    }
  }
  for (const ExpectedPoolError& error : server.pool_errors)
    entries->push_back({"pool_errors", error.pool, error.place});
}

}  // namespace

std::vector<ExpectationEntry> EntriesOf(const Expectations& expect) {
  std::vector<ExpectationEntry> entries;
  for (const ExpectedSeries& series : expect.samples) {
    entries.push_back({"samples", SeriesText(series.labels) + StorageSuffix(series.storage), series.place});
  }
  for (const ExpectedSelection& selection : expect.series) {
    entries.push_back({"series", selection.match.text, selection.place});
  }
  for (const ExpectedQuery& query : expect.queries) entries.push_back({"query", query.expr.text, query.place});
  AddServerEntries(expect.server, &entries);
  if (!expect.store_digest.empty()) entries.push_back({"store_digest", {}, expect.store_digest_place});
  return entries;
}

std::vector<Failure> CheckExpectations(const Scenario& scenario, const ScenarioResult& result) {
  std::vector<Failure> failures;
  CheckSamples(scenario, result, &failures);
  CheckSeries(scenario, result, &failures);
  CheckQueries(scenario, result, &failures);
  CheckTargets(scenario, result, &failures);
  CheckScrapes(scenario, result, &failures);
  CheckLimits(scenario, result, &failures);
  CheckMetrics(scenario, result, &failures);
  CheckPoolErrors(scenario, result, &failures);
  CheckStoreDigest(scenario, result, &failures);
  return failures;
}

Failure FailureAt(const Scenario& scenario, Place place, std::string_view kind, std::string subject,
                  std::string message) {
  return {scenario.file, place, kind, std::move(subject), std::move(message), {}, {}};
}

const Observation& ObservationAt(const ScenarioResult& result, const std::optional<MonotonicTime>& at) {
  const auto found = std::find_if(result.observations.begin(), result.observations.end(),
                                  [&](const Observation& seen) { return at && seen.at == *at; });
  return found == result.observations.end() ? result.observations.back() : *found;
}

std::string AtText(const std::optional<MonotonicTime>& at) {
  if (!at) return {};
  // As `run` prints it.
  return " at " + FormatGoDuration(std::chrono::floor<std::chrono::milliseconds>(at->time_since_epoch()));
}

ScenarioResult RunAndCheck(const Scenario& scenario, const RunOptions& options) {
  ScenarioResult result = RunScenario(scenario, options);
  AddFailures(scenario, &result);
  return result;
}

void AddFailures(const Scenario& scenario, ScenarioResult* result) {
  std::vector<Failure> failures = CheckExpectations(scenario, *result);
  std::move(failures.begin(), failures.end(), std::back_inserter(result->failures));
}

}  // namespace stalemark::scenario
