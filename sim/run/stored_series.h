// SPDX-License-Identifier: Apache-2.0
// StoredSeries: one storage at the end of a run, as expectations look at it: by labels, by matchers, and what a series
// that is not there was most likely meant to be.
//
// Only series with samples count: a rolled back scrape leaves empty ones. The head must outlive it and not change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/storage/head.h"
#include "sim/scenario/selector.h"

namespace stalemark::scenario {

/// How far back an instant query looks for a sample; promql's default.
inline constexpr std::int64_t kLookbackMs = 300'000;
/// What an instant query at that time sees of a series: its newest sample in (t - lookback, t], unless that is a stale
/// marker. Null: nothing. Requires: samples in the order of their times.
const Sample* LiveAt(const std::vector<Sample>& samples, std::int64_t t_ms);

class StoredSeries {
 public:
  explicit StoredSeries(const Head& head);

  const Head& head() const { return head_; }
  /// Absent: never stored.
  std::optional<SeriesRef> Find(const Labels& labels) const;
  /// In the order of their labels.
  std::vector<SeriesRef> Select(const std::vector<Matcher>& matchers) const;
  const Labels& LabelsOf(SeriesRef ref) const { return head_.LabelsOf(ref); }
  /// Of the series with the name, or else with the nearest one, that with most labels in common. Null: none.
  const Labels* Nearest(const Labels& labels) const;
  /// The nearest name that is stored; the name itself if it is. Empty: none is near.
  std::string NearestName(std::string_view name) const;

 private:
  const Head& head_;
  std::vector<SeriesRef> series_;
};

}  // namespace stalemark::scenario
