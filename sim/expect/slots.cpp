// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/slots.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "sim/expect/sample_value.h"

namespace stalemark::scenario {
std::int64_t TimeOfSlot(const Grid& grid, std::uint64_t slot) {
  return grid.g0_ms + static_cast<std::int64_t>(slot) * grid.interval_ms;
}

std::string TimeArgument(const Scenario& scenario, std::int64_t t_ms) {
  const std::optional<Nanoseconds> time = TimeOfRun(scenario, t_ms);
  return time ? FormatDuration(*time) : SinceStart(scenario, t_ms);
}

SeriesScrapes::SeriesScrapes(const Scenario& scenario, const ScenarioResult& result, const Labels& series)
    : scenario_(scenario), record_(result.record) {
  const std::vector<trace::LoopId> appended = record_.LoopsOf(series);
  const auto carries = [&series](const Labels& target) {
    bool carried = !target.empty();
    for (const Label label : target) carried = carried && series.Get(label.name) == label.value;
    return carried;
  };
  const auto is_target_of_appended = [&](const Labels& target) {
    return std::any_of(appended.begin(), appended.end(), [&](trace::LoopId id) {
      const RunRecord::Loop* loop = record_.FindLoop(id);
      return loop != nullptr && loop->labels == target;
    });
  };
  for (std::size_t i = 0; i < record_.loops().size(); ++i) {
    const Labels& target = record_.loops()[i].labels;
    if (appended.empty() ? carries(target) : is_target_of_appended(target)) loops_.push_back(trace::LoopId{i + 1});
  }
}

Result<Grid> SeriesScrapes::FindGrid(std::string_view instead) const {
  return CommonGrid(scenario_, record_, loops_, instead);
}

bool SeriesScrapes::IsOurs(trace::LoopId loop) const {
  return std::find(loops_.begin(), loops_.end(), loop) != loops_.end();
}

std::string SeriesScrapes::DecidedSlot(const Grid& grid, std::uint64_t slot) const {
  const RunRecord::Scrape* last = nullptr;
  for (const RunRecord::Scrape& scrape : record_.scrapes()) {
    if (IsOurs(scrape.loop) && grid.SlotOf(scrape.t_ms) == static_cast<std::int64_t>(slot)) last = &scrape;
  }
  return Describe(last);
}

std::string SeriesScrapes::DecidedTime(std::int64_t t_ms) const {
  const RunRecord::Scrape* last = nullptr;
  for (const RunRecord::Scrape& scrape : record_.scrapes()) {
    if (IsOurs(scrape.loop) && scrape.t_ms == t_ms) last = &scrape;
  }
  return Describe(last);
}

std::string SeriesScrapes::Describe(const RunRecord::Scrape* scrape) {
  if (scrape == nullptr) return "no scrape";
  const std::string at = FormatGoDuration(scrape->at.time_since_epoch());
  if (!scrape->commit_error.empty()) return fmt::format("at {}: commit failed: {}", at, scrape->commit_error);
  if (scrape->end_of_run) return fmt::format("at {}: end of run", at);
  if (!scrape->finished) return fmt::format("at {}: still in flight", at);
  return scrape->error_kind == ScrapeErrorKind::kNone ? fmt::format("at {}: up", at)
                                                      : fmt::format("at {}: down: {}", at, scrape->error);
}

StoredValuesText StoredValues(const Grid& grid, const std::vector<Sample>& samples, std::size_t items_max) {
  ValuesWriter writer(items_max);
  auto at = samples.begin();
  for (std::uint64_t slot = 0; slot < grid.slots && !writer.cut(); ++slot) {
    while (at != samples.end() && grid.SlotOf(at->t_ms) < static_cast<std::int64_t>(slot)) ++at;
    const bool has = at != samples.end() && grid.SlotOf(at->t_ms) == static_cast<std::int64_t>(slot);
    // Nothing follows: a long rest is one gap.
    if (at == samples.end() && grid.slots - slot > 1'000'000) break;
    writer.Add(has ? SeriesValues::Value(StoredValue(*at, HintShown::kIfNotable)) : std::nullopt);
  }
  StoredValuesText stored;
  stored.text = writer.Take();
  stored.cut = writer.cut();
  return stored;
}

}  // namespace stalemark::scenario
