// SPDX-License-Identifier: Apache-2.0
// `series`: what a selector matches.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "sim/expect/expect.h"
#include "sim/expect/series_check.h"
#include "sim/expect/slots.h"
#include "sim/expect/table.h"

namespace stalemark::scenario {
namespace {

/// Of one entry with `values`, failures of so many series are shown.
constexpr std::size_t kSeriesFailuresMax = 5;

std::string CountedSeries(std::size_t count) {
  return fmt::format("{} series", count);
}

class SelectionCheck {
 public:
  SelectionCheck(const Scenario& scenario, const ScenarioResult& result, const StoredSeries& storage,
                 const ExpectedSelection& expected, std::vector<Failure>* failures)
      : scenario_(scenario), result_(result), storage_(storage), expected_(expected), failures_(*failures) {}

  void Check() {
    found_ = Live(expected_.match.matchers);
    if (expected_.count && !expected_.count->Holds(static_cast<double>(found_.size()))) {
      Fail(fmt::format("found {}, expected {}", CountedSeries(found_.size()), expected_.count->text));
      if (expected_.count->is_exact()) Write(Edit::Kind::kSet, "count", std::to_string(found_.size()), 0);
    }
    if (expected_.exactly) CheckExactly(*expected_.exactly);
    if (expected_.per_target) CheckPerTarget(*expected_.per_target);
    if (expected_.values) CheckValues(*expected_.values);
  }

 private:
  using Row = std::vector<std::string>;

  /// Those that match; with `at`, only those that have a sample then.
  std::vector<SeriesRef> Live(const std::vector<Matcher>& matchers) const {
    std::vector<SeriesRef> series = storage_.Select(matchers);
    if (!expected_.at_ms) return series;
    const auto is_gone = [&](SeriesRef ref) {
      return LiveAt(storage_.head().Samples(ref), *expected_.at_ms) == nullptr;
    };
    series.erase(std::remove_if(series.begin(), series.end(), is_gone), series.end());
    return series;
  }

  void Fail(std::string message) { Fail(std::move(message), List(found_), WhyNone()); }
  void Fail(std::string message, std::string detail, Advice next) {
    std::string subject = expected_.match.text + StorageSuffix(expected_.storage);
    if (expected_.at_ms) subject += " at " + SinceStart(scenario_, *expected_.at_ms);
    failures_.push_back(
        {scenario_.file, expected_.place, "series", std::move(subject), std::move(message), std::move(detail), {}});
    std::move(next).PutInto(&failures_.back());
  }

  /// What `--update` does about the last failure.
  void Write(Edit::Kind kind, const char* key, std::string text, std::size_t index) {
    failures_.back().edits.push_back({kind, expected_.place, {key}, std::move(text), index});
  }

  std::string List(const std::vector<SeriesRef>& series) const {
    ShortTable list;
    for (const SeriesRef ref : series) list.Add([&] { return Row{SeriesText(storage_.LabelsOf(ref))}; });
    return list.Text();
  }

  /// When nothing matches: the matcher that keeps the others from matching. Empty: that is not known.
  std::string WhyNone() const {
    if (!found_.empty()) return {};
    const std::string& name = expected_.match.metric_name;
    const std::string nearest = storage_.NearestName(name);
    if (!name.empty() && nearest != name) {
      return fmt::format("no stored series has the name {}{}", name,
                         nearest.empty() ? std::string() : fmt::format(" (did you mean {}?)", nearest));
    }
    const std::vector<Matcher>& matchers = expected_.match.matchers;
    for (std::size_t i = 0; i < matchers.size() && matchers.size() > 1; ++i) {
      std::vector<Matcher> others = matchers;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      const std::size_t count = Live(others).size();
      if (count == 0) continue;
      std::string text =
          fmt::format("without {} it matches {}", expected_.match.matcher_texts[i], CountedSeries(count));
      const std::string values = ValuesOf(matchers[i].name(), Live(others));
      return values.empty() ? text : text + fmt::format("; their {}: {}", matchers[i].name(), values);
    }
    if (!expected_.at_ms) return {};
    const std::size_t ever = storage_.Select(matchers).size();
    return ever == 0
               ? std::string()
               : fmt::format("{} that match were stored: ended by a stale marker, or without a sample in the 5m before",
                             CountedSeries(ever));
  }

  /// Up to three of the values that the label has.
  std::string ValuesOf(const std::string& name, const std::vector<SeriesRef>& series) const {
    std::vector<std::string> values;
    for (const SeriesRef ref : series) {
      std::string value = text::GoQuote(storage_.LabelsOf(ref).Get(name));
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
    }
    constexpr std::size_t kShownMax = 3;
    const bool more = values.size() > kShownMax;
    if (more) values.resize(kShownMax);
    return fmt::format("{}{}", fmt::join(values, ", "), more ? ", ..." : "");
  }

  void CheckExactly(const std::vector<Labels>& exactly) {
    if (exactly.empty()) {
      if (found_.empty()) return;
      Fail(fmt::format("found {}, expected none", CountedSeries(found_.size())));
      failures_.back().not_written = "that there are none was somebody's decision";
      return;
    }
    std::vector<std::pair<Labels, char>> lines;
    const Labels* missing = nullptr;
    for (const Labels& labels : exactly) {
      if (Contains(labels)) continue;
      lines.push_back({labels, '-'});
      if (missing == nullptr) missing = &labels;
    }
    const std::size_t missing_count = lines.size();
    for (const SeriesRef ref : found_) {
      const Labels& labels = storage_.LabelsOf(ref);
      if (std::find(exactly.begin(), exactly.end(), labels) == exactly.end()) lines.push_back({labels, '+'});
    }
    if (lines.empty()) return;
    // A label that changed stands beside what it was.
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& a, const auto& b) { return Compare(a.first, b.first) < 0; });
    ShortTable list({"- expected, + found:"});
    for (const auto& line : lines) {
      list.Add([&] { return Row{fmt::format("{} {}", line.second, SeriesText(line.first))}; });
    }
    Fail(fmt::format("{} missing, {} not expected", CountedSeries(missing_count), lines.size() - missing_count),
         list.Text(), missing == nullptr ? Advice() : WhyMissing(*missing));
    for (std::size_t i = 0; i < exactly.size(); ++i) {
      if (!Contains(exactly[i])) Write(Edit::Kind::kRemoveItem, "exactly", {}, i);
    }
    for (const auto& [labels, sign] : lines) {
      if (sign == '+') Write(Edit::Kind::kAppendItem, "exactly", FlowScalar(SeriesText(labels)), 0);
    }
  }

  bool Contains(const Labels& labels) const {
    return std::any_of(found_.begin(), found_.end(), [&](SeriesRef ref) { return storage_.LabelsOf(ref) == labels; });
  }

  Advice WhyMissing(const Labels& labels) const {
    if (!MatchesAll(labels, expected_.match.matchers)) return SeriesText(labels) + " does not fit the selector";
    if (expected_.at_ms) return ExplainAdvice(scenario_, labels, *expected_.at_ms);
    const Result<Grid> grid = SeriesScrapes(scenario_, result_, labels).FindGrid();
    return grid.ok() ? ExplainAdvice(scenario_, labels, grid->g0_ms) : Advice();
  }

  void CheckPerTarget(const Comparison& per_target) {
    // Loops of one target, before and after a reload, are one; an older name comes first.
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<SeriesRef>> targets;
    for (const SeriesRef ref : found_) {
      for (const trace::LoopId id : result_.record.LoopsOf(storage_.LabelsOf(ref))) {
        const RunRecord::Loop* loop = result_.record.FindLoop(id);
        if (loop == nullptr) continue;
        std::vector<SeriesRef>& series = targets[{loop->subject, loop->pool, std::string(loop->labels.encoded())}];
        if (series.empty() || series.back() != ref) series.push_back(ref);
      }
    }
    ShortTable table({"target", "series"});
    for (const auto& target : targets) {
      const std::size_t count = target.second.size();
      if (per_target.Holds(static_cast<double>(count))) continue;
      table.Add([&] { return Row{std::get<0>(target.first), std::to_string(count)}; });
    }
    const std::string& text = per_target.text;
    if (targets.empty() && !per_target.Holds(0)) {
      Fail(fmt::format("no target has any of these series, expected {} per target", text));
    } else if (table.count() > 0) {
      Fail(fmt::format("expected {} series per target, not so for {} of {}", text, table.count(),
                       Counted(targets.size(), "target")),
           table.Text(), {});
    } else {
      return;
    }
    failures_.back().not_written = "one number stands for all targets";
  }

  void CheckValues(const SeriesValues& values) {
    if (found_.empty()) return Fail("no series matches");
    std::size_t different = 0;
    for (const SeriesRef ref : found_) {
      ExpectedSeries one;
      one.place = expected_.place;
      one.labels = storage_.LabelsOf(ref);
      one.storage = expected_.storage;
      one.tolerance = expected_.tolerance;
      const SeriesCheck check{scenario_, result_, storage_, one, "series", ref, storage_.head().Samples(ref)};
      std::optional<Failure> failure = CheckSlots(check, values);
      if (failure && different++ < kSeriesFailuresMax) failures_.push_back(std::move(*failure));
    }
    if (different > kSeriesFailuresMax) {
      Fail(fmt::format("{} of {} differ, the first {} are shown", different, CountedSeries(found_.size()),
                       kSeriesFailuresMax),
           {}, {});
      failures_.back().not_written = failures_[failures_.size() - 2].not_written;
    }
  }

  const Scenario& scenario_;
  const ScenarioResult& result_;
  const StoredSeries& storage_;
  const ExpectedSelection& expected_;
  std::vector<Failure>& failures_;
  std::vector<SeriesRef> found_;
};

}  // namespace

void CheckSeries(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  std::map<std::size_t, StoredSeries> storages;
  for (const ExpectedSelection& expected : scenario.expect.series) {
    const StoredSeries& storage =
        storages.try_emplace(expected.storage, *result.storages[expected.storage]).first->second;
    SelectionCheck(scenario, result, storage, expected, failures).Check();
  }
}

}  // namespace stalemark::scenario
