// SPDX-License-Identifier: Apache-2.0
#include "sim/report/expect_block.h"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/scrape/scrape_appender.h"
#include "sim/expect/expect.h"
#include "sim/expect/series_edits.h"
#include "sim/expect/slots.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::report {
namespace {

using scenario::Edit;
using scenario::ExpectedSeries;
using scenario::ObservedTarget;
using scenario::SeriesCheck;

/// The key that says what is stored, with its value; empty: none can.
std::string StoredKey(const SeriesCheck& check) {
  const auto grid = scenario::SeriesScrapes(check.scenario, check.result, check.expected.labels).FindGrid();
  if (grid.ok()) {
    const std::vector<Edit> values = ValuesEdits(check, *grid);
    if (!values.empty()) return "values: " + scenario::QuotedScalar(values.front().text);
  }
  std::string points;
  for (const Edit& item : PointsEdits(check, {})) points += (points.empty() ? "" : ", ") + item.text;
  return points.empty() ? std::string() : fmt::format("points: [{}]", points);
}

void WriteTargets(std::string_view key, bool dropped, const std::vector<ObservedTarget>& targets, const TextSink& out) {
  std::string items;
  for (const ObservedTarget& target : targets) {
    if (target.dropped == dropped) items += fmt::format("\n      - {}", TargetItem(target));
  }
  out(fmt::format("    {}:{}\n", key, items.empty() ? " []" : items));
}

}  // namespace

void WriteExpectBlock(const scenario::Scenario& scenario, const scenario::ScenarioResult& result, const TextSink& out) {
  const std::vector<ObservedTarget>& targets = ObservationAt(result, {}).targets;
  out("\nexpect:\n  targets:\n");
  WriteTargets("active", false, targets, out);
  WriteTargets("dropped", true, targets, out);
  const std::vector<scenario::RunRecord::PoolError>& pools = result.record.pool_errors();
  for (const scenario::RunRecord::PoolError& error : pools) {
    if (&error == &pools.front()) out("  pool_errors:\n");
    // Once: of several errors the last.
    if (&error != result.record.FindPoolError(error.pool)) continue;
    out(fmt::format("    {}: {}\n", scenario::FlowScalar(error.pool), scenario::QuotedScalar(error.error)));
  }
  const Head& head = *result.storages.front();
  const scenario::StoredSeries storage(head);
  bool is_first = true;
  for (const SeriesRef ref : head.SeriesByLabels()) {
    ExpectedSeries expected;
    expected.labels = head.LabelsOf(ref);
    const std::string_view name = expected.labels.Get("__name__");
    if (name != "up" && IsReportSeries(name)) continue;
    const SeriesCheck check{scenario, result, storage, expected, "samples", ref, head.Samples(ref)};
    const std::string stored = check.stored.empty() ? std::string() : StoredKey(check);
    if (stored.empty()) continue;
    if (is_first) out("  samples:\n");
    is_first = false;
    out(fmt::format("    - series: {}\n      {}\n", scenario::QuotedScalar(scenario::SeriesText(expected.labels)),
                    stored));
  }
}

}  // namespace stalemark::report
