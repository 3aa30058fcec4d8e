// SPDX-License-Identifier: Apache-2.0
// `points`: all samples of a series with their times.
#include <algorithm>

#include <fmt/format.h>

#include "sim/expect/difference.h"
#include "sim/expect/sample_value.h"
#include "sim/expect/series_check.h"
#include "sim/expect/series_edits.h"
#include "sim/expect/slots.h"
#include "sim/expect/table.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kShownPointsMax = 20;

class PointCheck {
 public:
  PointCheck(const SeriesCheck& check, const std::vector<ExpectedPoint>& points)
      : check_(check), points_(points), target_(check.scenario, check.result, check.expected.labels) {}

  /// By time: each sample stands beside the point that names its time.
  std::optional<Failure> Compare() {
    std::size_t point = 0;
    std::size_t sample = 0;
    while (point < points_.size() || sample < check_.stored.size()) {
      const bool no_point = point == points_.size();
      const bool no_sample = sample == check_.stored.size();
      const ExpectedPoint* expected = no_point ? nullptr : &points_[point];
      const Sample* stored = no_sample ? nullptr : &check_.stored[sample];
      // The earlier of two times stands alone.
      if (!no_point && !no_sample && expected->t_ms < stored->t_ms) stored = nullptr;
      if (!no_point && stored != nullptr && expected->t_ms > stored->t_ms) expected = nullptr;
      ComparePair(expected, stored);
      point += expected == nullptr ? 0 : 1;
      sample += stored == nullptr ? 0 : 1;
      ++rows_;
    }
    if (table_.count() == 0) return std::nullopt;
    Failure failure =
        check_.Fail(fmt::format("{} of {} samples differ", table_.count(), rows_), table_.Text() + StoredPoints(),
                    ExplainAdvice(check_.scenario, check_.expected.labels, first_different_ms_));
    failure.edits = PointsEdits(check_, points_);
    failure.not_written = "points cannot say what is stored";
    return failure;
  }

 private:
  /// One of them may be null.
  void ComparePair(const ExpectedPoint* expected, const Sample* stored) {
    if (expected != nullptr && stored != nullptr && AreEqual(*expected, *stored)) return;
    const std::int64_t t_ms = expected != nullptr ? expected->t_ms : stored->t_ms;
    if (table_.count() == 0) first_different_ms_ = t_ms;
    table_.Add([&] { return Row(t_ms, expected, stored); });
  }

  std::vector<std::string> Row(std::int64_t t_ms, const ExpectedPoint* expected, const Sample* stored) const {
    Difference difference{"-", "-"};
    if (expected != nullptr) difference.expected = ExpectedText(expected->value);
    if (stored != nullptr) {
      difference.stored = expected != nullptr ? StoredTextBeside(expected->value, *stored) : StoredText(*stored);
    }
    ShortenHistograms(&difference);
    if (expected != nullptr && expected->start_ms) {
      difference.expected += StartText(*expected->start_ms);
      if (stored != nullptr) difference.stored += StartText(stored->st_ms);
    }
    return {SinceStart(check_.scenario, t_ms), difference.expected, difference.stored, target_.DecidedTime(t_ms)};
  }

  bool AreEqual(const ExpectedPoint& expected, const Sample& stored) const {
    return Matches(expected.value, stored, check_.expected.tolerance) &&
           (!expected.start_ms || *expected.start_ms == stored.st_ms);
  }

  std::string StartText(std::int64_t start_ms) const {
    return start_ms == 0 ? " (no start)" : fmt::format(" (start {})", SinceStart(check_.scenario, start_ms));
  }

  /// To paste, unless there are many.
  std::string StoredPoints() const {
    if (check_.stored.size() > kShownPointsMax) return {};
    std::string text;
    for (const Sample& sample : check_.stored) {
      const std::string value = ValueText(StoredValue(sample, HintShown::kIfNotable));
      const std::string_view quote = IsHistogram(sample) ? "'" : "";
      text += fmt::format("{}[{}, {}{}{}]", text.empty() ? "" : ", ", TimeArgument(check_.scenario, sample.t_ms), quote,
                          value, quote);
    }
    return fmt::format("\nstored: [{}]", text);
  }

  const SeriesCheck& check_;
  const std::vector<ExpectedPoint>& points_;
  const SeriesScrapes target_;
  ShortTable table_{{"time", "expected", "stored", "scrape"}};
  std::size_t rows_ = 0;
  std::int64_t first_different_ms_ = 0;
};

}  // namespace

std::optional<Failure> CheckPoints(const SeriesCheck& check, const std::vector<ExpectedPoint>& points) {
  if (check.stored.empty() && !points.empty()) return check.NeverStored();
  return PointCheck(check, points).Compare();
}

}  // namespace stalemark::scenario
