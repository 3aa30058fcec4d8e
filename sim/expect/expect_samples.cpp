// SPDX-License-Identifier: Apache-2.0
// `samples`: single series.
#include <map>
#include <memory>
#include <variant>

#include "sim/expect/expect.h"
#include "sim/expect/series_check.h"

namespace stalemark::scenario {
namespace {

void CheckEntry(const SeriesCheck& check, std::vector<Failure>* failures) {
  const auto add = [&](std::optional<Failure> failure) {
    if (failure) failures->push_back(std::move(*failure));
  };
  const ExpectedSeries& expected = check.expected;
  if (const auto* values = std::get_if<SeriesValues>(&expected.values)) add(CheckSlots(check, *values));
  if (const auto* points = std::get_if<std::vector<ExpectedPoint>>(&expected.values)) add(CheckPoints(check, *points));
  // That it was never stored is said once.
  if (!check.ref && !std::holds_alternative<std::monostate>(expected.values)) return;
  if (expected.exemplars) add(CheckExemplars(check, *expected.exemplars));
  if (expected.metadata) add(CheckMetadata(check, *expected.metadata));
}

}  // namespace

void CheckSamples(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  std::map<std::size_t, StoredSeries> storages;
  for (const ExpectedSeries& expected : scenario.expect.samples) {
    const StoredSeries& storage =
        storages.try_emplace(expected.storage, *result.storages[expected.storage]).first->second;
    SeriesCheck check{scenario, result, storage, expected, "samples", storage.Find(expected.labels), {}};
    if (check.ref) check.stored = storage.head().Samples(*check.ref);
    CheckEntry(check, failures);
  }
}

}  // namespace stalemark::scenario
