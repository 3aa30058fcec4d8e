// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/model/histogram_text.h"
#include "core/model/value.h"
#include "core/storage/querier.h"
#include "core/text/nearest.h"
#include "sim/expect/expect.h"
#include "sim/expect/grid.h"
#include "sim/expect/table.h"

namespace stalemark::scenario {
namespace {

/// A stale marker looks alike in both kinds of series.
bool IsHistogram(const Sample& sample) {
  return sample.histogram != nullptr && !IsStaleNaN(sample.bits);
}

bool IsFloat(const Sample& sample, std::uint64_t bits) {
  return !IsHistogram(sample) && sample.bits == bits;
}

std::string StoredText(const Sample& sample) {
  if (!IsHistogram(sample)) return ValueText(sample.bits);
  return std::visit([](const auto& histogram) { return HistogramText(histogram); }, *sample.histogram);
}

/// Each label is equal.
std::vector<Matcher> MatchersOf(const Labels& labels) {
  std::vector<Matcher> matchers;
  for (const Label label : labels) {
    Result<Matcher> matcher = Matcher::Make(MatchType::kEqual, label.name, label.value);
    if (matcher.ok()) matchers.push_back(std::move(matcher).value());
  }
  return matchers;
}

constexpr std::size_t kRowsMax = 20;
constexpr std::size_t kNotationItemsMax = 60;

/// Values in a short notation: `1x5 _ 2`.
class NotationWriter {
 public:
  void Add(const SeriesValues::Value& value) {
    const std::string text = ValueText(value);
    if (text == last_) {
      ++repeats_;
      return;
    }
    Flush();
    last_ = text;
    repeats_ = 0;
  }

  std::string Take() {
    Flush();
    return std::move(out_);
  }

 private:
  void Flush() {
    if (last_.empty() || items_ > kNotationItemsMax) return;
    if (!out_.empty()) out_.push_back(' ');
    if (items_++ == kNotationItemsMax) {
      out_ += "...";
      return;
    }
    // promtool has no repetition of markers, and counts those of gaps from one.
    if (last_ == "stale") {
      for (std::uint64_t i = 0; i <= std::min<std::uint64_t>(repeats_, 3); ++i) out_ += i == 0 ? "stale" : " stale";
      if (repeats_ > 3) out_ += " ...";
      return;
    }
    out_ += last_;
    if (repeats_ > 0) out_ += fmt::format("x{}", last_ == "_" ? repeats_ + 1 : repeats_);
  }

  std::string out_;
  std::string last_;
  std::uint64_t repeats_ = 0;
  std::size_t items_ = 0;
};

class SampleChecker {
 public:
  SampleChecker(const Scenario& scenario, const ScenarioResult& result, const ExpectedSeries& expected,
                const std::vector<Sample>& stored)
      : scenario_(scenario), result_(result), expected_(expected), stored_(stored) {}

  /// The failure, or nothing.
  std::optional<Failure> Check() {
    loops_ = LoopsBehind();
    if (const auto* points = std::get_if<std::vector<ExpectedPoint>>(&expected_.values)) return CheckPoints(*points);
    return CheckSlots(std::get<SeriesValues>(expected_.values));
  }

 private:
  Failure Fail(std::string message, std::string detail = {}) const {
    std::string subject = SeriesText(expected_.labels);
    if (expected_.storage > 0) subject += fmt::format(" in secondary {}", expected_.storage);
    return {scenario_.file, expected_.place, "samples", std::move(subject), std::move(message), std::move(detail), {}};
  }

  std::string Since(std::int64_t t_ms) const { return SinceStart(scenario_, t_ms); }

  /// The loops of the target: those that appended to the series, or, if nobody did, those whose labels it carries; and
  /// all others with the same labels, which scraped the target before or after a reload.
  std::vector<trace::LoopId> LoopsBehind() const {
    const std::vector<trace::LoopId> appended = result_.record.LoopsOf(expected_.labels);
    std::vector<trace::LoopId> loops;
    for (std::size_t i = 0; i < result_.record.loops().size(); ++i) {
      const Labels& labels = result_.record.loops()[i].labels;
      if (appended.empty() ? Carries(labels) : IsTargetOf(appended, labels)) loops.push_back(trace::LoopId{i + 1});
    }
    return loops;
  }

  bool Carries(const Labels& target) const {
    bool carried = !target.empty();
    for (const Label label : target) carried = carried && expected_.labels.Get(label.name) == label.value;
    return carried;
  }

  bool IsTargetOf(const std::vector<trace::LoopId>& loops, const Labels& target) const {
    return std::any_of(loops.begin(), loops.end(), [&](trace::LoopId id) {
      const RunRecord::Loop* loop = result_.record.FindLoop(id);
      return loop != nullptr && loop->labels == target;
    });
  }

  /// The common grid of the loops; an error when there is none.
  Result<Grid> FindGrid() const { return CommonGrid(scenario_, result_.record, loops_, "give points, not values"); }

  std::optional<Failure> CheckSlots(const SeriesValues& values) {
    const Result<Grid> grid = FindGrid();
    if (!grid.ok()) return Fail(grid.error().message + Neighbours());
    if (stored_.empty() && values.HasValue()) return NeverStored();
    if (values.size() != grid->slots) {
      return Fail(
          fmt::format("found {} values, expected {}: one per scrape scheduled from g0 = {} on, every {}", values.size(),
                      grid->slots, Since(grid->g0_ms), FormatGoDuration(std::chrono::milliseconds(grid->interval_ms))),
          "stored: " + StoredNotation(*grid));
    }
    Table table;
    table.Add({"slot", "time", "expected", "stored", "scrape"});
    std::size_t different = 0;
    SeriesValues::Cursor cursor(values);
    SeriesValues::Value value;
    std::size_t at = 0;
    for (std::uint64_t slot = 0; cursor.Next(&value); ++slot) {
      const std::string stored = TakeSlot(*grid, slot, value, &at);
      if (stored.empty()) continue;
      if (++different > kRowsMax) continue;
      const std::int64_t slot_ms = grid->g0_ms + static_cast<std::int64_t>(slot) * grid->interval_ms;
      table.Add({std::to_string(slot), Since(slot_ms), ValueText(value), stored, Explain(*grid, slot)});
    }
    const std::string outside = Outside(*grid);
    if (different == 0 && outside.empty()) return std::nullopt;
    std::string detail;
    if (different > 0) detail = table.Text() + "\n";
    if (different > kRowsMax) detail += fmt::format("... {} more\n", different - kRowsMax);
    return Fail(fmt::format("{} of {} slots differ{}", different, grid->slots, outside),
                detail + "stored: " + StoredNotation(*grid));
  }

  /// Moves `at` behind the slot's samples. Empty: they are as expected; else what is stored.
  std::string TakeSlot(const Grid& grid, std::uint64_t slot, const SeriesValues::Value& value, std::size_t* at) const {
    while (*at < stored_.size() && grid.SlotOf(stored_[*at].t_ms) < static_cast<std::int64_t>(slot)) ++*at;
    std::string found;
    std::size_t count = 0;
    bool equal = false;
    while (*at < stored_.size() && grid.SlotOf(stored_[*at].t_ms) == static_cast<std::int64_t>(slot)) {
      const Sample& sample = stored_[*at];
      equal = value && IsFloat(sample, *value);
      found += (count++ == 0 ? "" : " and ") + StoredText(sample);
      ++*at;
    }
    if (count == 0) return value ? "_" : "";
    return count == 1 && equal ? "" : found;
  }

  /// Samples before the first slot and behind the last one.
  std::string Outside(const Grid& grid) const {
    std::size_t count = 0;
    for (const Sample& sample : stored_) {
      const std::int64_t slot = grid.SlotOf(sample.t_ms);
      if (slot < 0 || static_cast<std::uint64_t>(slot) >= grid.slots) ++count;
    }
    return count == 0 ? "" : fmt::format(", {} samples lie outside the slots", count);
  }

  std::string StoredNotation(const Grid& grid) const {
    if (std::any_of(stored_.begin(), stored_.end(), IsHistogram))
      return "native histograms, which have no notation here";
    NotationWriter writer;
    std::size_t at = 0;
    for (std::uint64_t slot = 0; slot < grid.slots; ++slot) {
      while (at < stored_.size() && grid.SlotOf(stored_[at].t_ms) < static_cast<std::int64_t>(slot)) ++at;
      const bool has = at < stored_.size() && grid.SlotOf(stored_[at].t_ms) == static_cast<std::int64_t>(slot);
      writer.Add(has ? SeriesValues::Value(stored_[at].bits) : std::nullopt);
      // Nothing follows: the rest is one gap.
      if (at >= stored_.size() && !has && slot + 1 < grid.slots && grid.slots - slot > 1'000'000) break;
    }
    return writer.Take();
  }

  /// The scrape that decided a slot.
  std::string Explain(const Grid& grid, std::uint64_t slot) const {
    const RunRecord::Scrape* last = nullptr;
    for (const RunRecord::Scrape& scrape : result_.record.scrapes()) {
      const bool ours = std::find(loops_.begin(), loops_.end(), scrape.loop) != loops_.end();
      if (ours && grid.SlotOf(scrape.t_ms) == static_cast<std::int64_t>(slot)) last = &scrape;
    }
    if (last == nullptr) return "no scrape";
    const std::string at = FormatGoDuration(last->at.time_since_epoch());
    if (!last->commit_error.empty()) return fmt::format("at {}: commit failed: {}", at, last->commit_error);
    if (last->end_of_run) return fmt::format("at {}: end of run", at);
    if (!last->finished) return fmt::format("at {}: still in flight", at);
    return last->error_kind == ScrapeErrorKind::kNone ? fmt::format("at {}: up", at)
                                                      : fmt::format("at {}: down: {}", at, last->error);
  }

  std::optional<Failure> CheckPoints(const std::vector<ExpectedPoint>& points) const {
    if (stored_.empty() && !points.empty()) return NeverStored();
    Table table;
    table.Add({"sample", "time", "expected", "time", "stored"});
    std::size_t different = 0;
    for (std::size_t i = 0; i < std::max(points.size(), stored_.size()); ++i) {
      const bool both = i < points.size() && i < stored_.size();
      if (both && points[i].t_ms == stored_[i].t_ms && IsFloat(stored_[i], points[i].value_bits)) continue;
      if (++different > kRowsMax) continue;
      std::vector<std::string> row = {std::to_string(i), "-", "-", "-", "-"};
      if (i < points.size()) row[1] = Since(points[i].t_ms), row[2] = ValueText(points[i].value_bits);
      if (i < stored_.size()) row[3] = Since(stored_[i].t_ms), row[4] = StoredText(stored_[i]);
      table.Add(std::move(row));
    }
    if (different == 0) return std::nullopt;
    std::string detail = table.Text();
    if (different > kRowsMax) detail += fmt::format("\n... {} more", different - kRowsMax);
    return Fail(fmt::format("{} of {} samples differ", different, std::max(points.size(), stored_.size())), detail);
  }

  Failure NeverStored() const {
    const std::string nearest = NearestStored();
    return Fail("never stored" + (nearest.empty() ? std::string() : fmt::format(" (did you mean {}?)", nearest)));
  }

  /// Of the stored series with the name, or else with the nearest one, that with most labels in common. Empty: none.
  std::string NearestStored() const {
    const Head& head = *result_.storages[expected_.storage];
    std::set<std::string_view> names;
    for (const SeriesRef ref : head.SeriesByLabels()) names.insert(head.LabelsOf(ref).Get(kMetricName));
    std::string_view name = expected_.labels.Get(kMetricName);
    if (names.count(name) == 0) name = text::NearestWord(name, {names.begin(), names.end()});
    const Labels* nearest = nullptr;
    std::size_t most = 0;
    for (const SeriesRef ref : head.SeriesByLabels()) {
      const Labels& labels = head.LabelsOf(ref);
      if (name.empty() || labels.Get(kMetricName) != name || labels == expected_.labels) continue;
      std::size_t common = 1;
      for (const Label label : labels) common += expected_.labels.Get(label.name) == label.value ? 1 : 0;
      if (common <= most) continue;
      most = common;
      nearest = &labels;
    }
    return nearest == nullptr ? std::string() : SeriesText(*nearest);
  }

  /// For a series that is not there: those of the same name that are.
  std::string Neighbours() const {
    if (!stored_.empty()) return {};
    constexpr std::size_t kShownMax = 3;
    const Head& head = *result_.storages[expected_.storage];
    std::string text;
    std::size_t shown = 0;
    for (const SeriesRef ref : head.SeriesByLabels()) {
      const Labels& labels = head.LabelsOf(ref);
      if (labels.Get(kMetricName) != expected_.labels.Get(kMetricName) || labels == expected_.labels) continue;
      if (shown++ < kShownMax) text += (shown == 1 ? "; the storage has " : ", ") + SeriesText(labels);
    }
    if (shown > kShownMax) text += fmt::format(" and {} more", shown - kShownMax);
    return text;
  }

  const Scenario& scenario_;
  const ScenarioResult& result_;
  const ExpectedSeries& expected_;
  const std::vector<Sample>& stored_;
  std::vector<trace::LoopId> loops_;
};

}  // namespace

void CheckSamples(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  for (const ExpectedSeries& expected : scenario.expect.samples) {
    const Queryable& storage = *result.storages[expected.storage];
    SelectResult selected = storage.Select({}, MatchersOf(expected.labels));
    if (selected.error) {
      failures->push_back({scenario.file, expected.place, "samples", {}, selected.error->message, {}, {}});
      continue;
    }
    // Others may have more labels.
    const auto same = std::find_if(selected.series.begin(), selected.series.end(),
                                   [&](const SelectedSeries& series) { return series.labels == expected.labels; });
    const std::vector<Sample> stored = same == selected.series.end() ? std::vector<Sample>() : std::move(same->samples);
    auto failure = SampleChecker(scenario, result, expected, stored).Check();
    if (failure) failures->push_back(std::move(*failure));
  }
}

}  // namespace stalemark::scenario
