// SPDX-License-Identifier: Apache-2.0
// `exemplars` and `metadata` of a series.
#include <algorithm>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "sim/expect/sample_value.h"
#include "sim/expect/series_check.h"
#include "sim/expect/slots.h"
#include "sim/expect/table.h"

namespace stalemark::scenario {
namespace {

bool AreEqual(const ExpectedExemplar& expected, const Exemplar& stored) {
  return expected.labels == stored.labels && expected.value_bits == stored.value_bits &&
         (!expected.t_ms || *expected.t_ms == stored.t_ms);
}

std::string ExpectedExemplarText(const Scenario& scenario, const ExpectedExemplar& exemplar) {
  std::string text = fmt::format("{} {}", exemplar.labels.ToString(), ValueText(exemplar.value_bits));
  if (exemplar.t_ms) text += " at " + SinceStart(scenario, *exemplar.t_ms);
  return text;
}

std::string StoredExemplarText(const Scenario& scenario, const Exemplar& exemplar) {
  return fmt::format("{} {} at {}", exemplar.labels.ToString(), ValueText(exemplar.value_bits),
                     SinceStart(scenario, exemplar.t_ms));
}

}  // namespace

std::optional<Failure> CheckExemplars(const SeriesCheck& check, const std::vector<ExpectedExemplar>& exemplars) {
  if (!check.ref) return exemplars.empty() ? std::nullopt : std::optional<Failure>(check.NeverStored());
  const std::vector<const Exemplar*> stored = check.storage.head().Exemplars(*check.ref);
  const bool equal = std::equal(exemplars.begin(), exemplars.end(), stored.begin(), stored.end(),
                                [](const ExpectedExemplar& a, const Exemplar* b) { return AreEqual(a, *b); });
  if (equal) return std::nullopt;
  ShortTable table({"exemplar", "expected", "stored"});
  const std::size_t count = std::max(exemplars.size(), stored.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (i < exemplars.size() && i < stored.size() && AreEqual(exemplars[i], *stored[i])) continue;
    table.Add([&] {
      return std::vector<std::string>{std::to_string(i),
                                      i < exemplars.size() ? ExpectedExemplarText(check.scenario, exemplars[i]) : "-",
                                      i < stored.size() ? StoredExemplarText(check.scenario, *stored[i]) : "-"};
    });
  }
  const bool none_kept = check.scenario.head.max_exemplars == 0;
  return check.Fail(fmt::format("{} of {} exemplars differ", table.count(), count), table.Text(),
                    none_kept ? "storage keeps exemplars with prometheus.features: [exemplar-storage]" : "");
}

std::optional<Failure> CheckMetadata(const SeriesCheck& check, const ExpectedMetadata& metadata) {
  if (!check.ref) return check.NeverStored();
  const Metadata* stored = check.storage.head().MetadataOf(*check.ref);
  if (stored == nullptr) {
    const bool kept = check.scenario.scrape.append_metadata;
    return check.Fail("storage has no metadata of it", {},
                      kept ? "" : "storage keeps metadata with prometheus.features: [metadata-wal-records]");
  }
  ShortTable table({"metadata", "expected", "stored"});
  const auto compare = [&](std::string key, const std::optional<std::string>& expected, const std::string& found) {
    if (!expected || *expected == found) return;
    table.Add([&] { return std::vector<std::string>{std::move(key), text::GoQuote(*expected), text::GoQuote(found)}; });
  };
  const auto type = metadata.type ? std::optional<std::string>(MetricTypeText(*metadata.type)) : std::nullopt;
  compare("type", type, std::string(MetricTypeText(stored->type)));
  compare("help", metadata.help, stored->help);
  compare("unit", metadata.unit, stored->unit);
  if (table.count() == 0) return std::nullopt;
  return check.Fail("metadata differs", table.Text(), {});
}

}  // namespace stalemark::scenario
