// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "sim/expect/sample_value.h"
#include "sim/report/stored_series.h"
#include "sim/scenario/series_notation.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::report {
namespace {

using scenario::RunRecord;
using scenario::SeriesValues;

constexpr std::int64_t kSlotsMax = 10'000'000;

std::int64_t MillisOf(Nanoseconds duration) {
  return duration / std::chrono::milliseconds(1);
}

/// Rounded down.
std::int64_t Quotient(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Slots from the start of the run on, each `interval_ms` wide.
struct Slots {
  std::int64_t start_ms = 0;
  std::int64_t interval_ms = 0;
  std::int64_t count = 0;

  /// Of a sample of a series whose grid has an instant at `g0_ms`.
  std::int64_t At(std::int64_t t_ms, std::int64_t g0_ms) const {
    return Quotient(t_ms - g0_ms, interval_ms) + Quotient(g0_ms - start_ms, interval_ms);
  }
  /// Far from the times of the run, where sums overflow.
  bool Near(std::int64_t t_ms) const {
    return t_ms >= start_ms - interval_ms && t_ms / 2 < start_ms / 2 + count * interval_ms;
  }
};

Result<Slots> CommonSlots(const scenario::Scenario& scenario, const RunRecord& record) {
  Slots slots;
  slots.start_ms = UnixMillis(scenario.start);
  for (const RunRecord::Loop& loop : record.loops()) {
    slots.interval_ms = std::gcd(slots.interval_ms, MillisOf(loop.interval));
  }
  if (slots.interval_ms == 0) return Error{"no target was scraped, so there is no interval"};
  slots.count = MillisOf(scenario.duration) / slots.interval_ms + 1;
  if (slots.count <= kSlotsMax) return slots;
  return Error{fmt::format("the targets have only {} in common, which is {} slots; there may be {}",
                           FormatDuration(std::chrono::milliseconds(slots.interval_ms)), slots.count, kSlotsMax)};
}

/// The values of one series; counts what has no place.
std::string ValuesOf(const SeriesView& series, const RunRecord& record, const Slots& slots, LeftOut* left_out) {
  const std::vector<trace::LoopId> loops = record.LoopsOf(series.labels);
  const RunRecord::Loop* loop = loops.empty() ? nullptr : record.FindLoop(loops.front());
  const std::int64_t g0_ms = loop == nullptr ? slots.start_ms : UnixMillis(loop->first_scheduled);
  scenario::ValuesWriter values;
  std::int64_t next = 0;
  SeriesValues::Value pending;
  const auto flush = [&](std::int64_t until) {
    if (pending) values.Add(pending), ++next;
    pending.reset();
    for (; next < until; ++next) values.Add({});
  };
  for (const Sample& sample : series.samples) {
    SeriesValues::Value value = scenario::StoredValue(sample, scenario::HintShown::kIfNotable);
    if (value->histogram != nullptr && !scenario::HasNotation(value->histogram->histogram)) {
      ++left_out->histograms;
      continue;
    }
    const std::int64_t slot = slots.Near(sample.t_ms) ? slots.At(sample.t_ms, g0_ms) : -1;
    if (slot < 0 || slot >= slots.count) {
      ++left_out->out_of_slot;
      continue;
    }
    if (pending && slot == next) {
      ++left_out->out_of_slot;
    } else {
      flush(slot);
    }
    pending = std::move(value);
  }
  flush(next);
  return values.Take();
}

}  // namespace

Result<LeftOut> WriteInputSeries(const scenario::Scenario& scenario, const scenario::ScenarioResult& result,
                                 const TextSink& out) {
  const Result<Slots> slots = CommonSlots(scenario, result.record);
  if (!slots.ok()) return slots.error();
  const std::string interval = FormatDuration(std::chrono::milliseconds(slots->interval_ms));
  out(fmt::format(
      "rule_files: []\nevaluation_interval: {0}\ntests:\n  - name: {1}\n    interval: {0}\n    input_series:\n",
      interval, scenario::QuotedScalar(scenario.name)));
  LeftOut left_out;
  result.storages.front()->ForEachSeries([&](const SeriesView& series) {
    const std::string values = ValuesOf(series, result.record, *slots, &left_out);
    if (values.empty()) return;
    out(fmt::format("      - series: {}\n        values: {}\n",
                    scenario::QuotedScalar(scenario::SeriesText(series.labels)), scenario::QuotedScalar(values)));
  });
  return left_out;
}

std::string LeftOutText(const LeftOut& left_out) {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view one, std::string_view many) {
    if (count == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, count == 1 ? one : many);
  };
  add(left_out.histograms, "native histogram", "native histograms");
  add(left_out.stale_markers, "stale marker", "stale markers");
  add(left_out.out_of_slot, "sample that has no slot of its own", "samples that have no slot of their own");
  return text;
}

}  // namespace stalemark::report
