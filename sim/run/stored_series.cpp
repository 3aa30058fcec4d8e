// SPDX-License-Identifier: Apache-2.0
#include "sim/run/stored_series.h"

#include <algorithm>
#include <set>

#include "core/text/nearest.h"

namespace stalemark::scenario {

const Sample* LiveAt(const std::vector<Sample>& samples, std::int64_t t_ms) {
  const auto later = std::upper_bound(samples.begin(), samples.end(), t_ms,
                                      [](std::int64_t t, const Sample& s) { return t < s.t_ms; });
  if (later == samples.begin()) return nullptr;
  const Sample& newest = *(later - 1);
  return newest.t_ms > t_ms - kLookbackMs && !IsStaleNaN(newest.bits) ? &newest : nullptr;
}

StoredSeries::StoredSeries(const Head& head) : head_(head) {
  for (const SeriesRef ref : head.SeriesByLabels()) {
    bool has_samples = false;
    head.VisitChunks(ref, [&](const ChunkView&) { has_samples = true; });
    if (has_samples || !head.Samples(ref).empty()) series_.push_back(ref);
  }
}

std::optional<SeriesRef> StoredSeries::Find(const Labels& labels) const {
  const auto found = std::lower_bound(series_.begin(), series_.end(), labels,
                                      [&](SeriesRef ref, const Labels& l) { return Compare(LabelsOf(ref), l) < 0; });
  if (found == series_.end() || LabelsOf(*found) != labels) return {};
  return *found;
}

std::vector<SeriesRef> StoredSeries::Select(const std::vector<Matcher>& matchers) const {
  std::vector<SeriesRef> selected;
  std::copy_if(series_.begin(), series_.end(), std::back_inserter(selected),
               [&](SeriesRef ref) { return MatchesAll(LabelsOf(ref), matchers); });
  return selected;
}

std::string StoredSeries::NearestName(std::string_view name) const {
  std::set<std::string_view> names;
  for (const SeriesRef ref : series_) names.insert(LabelsOf(ref).Get(kMetricName));
  if (names.count(name) > 0) return std::string(name);
  return std::string(text::NearestWord(name, {names.begin(), names.end()}));
}

const Labels* StoredSeries::Nearest(const Labels& labels) const {
  const std::string name = NearestName(labels.Get(kMetricName));
  const Labels* nearest = nullptr;
  std::size_t most = 0;
  for (const SeriesRef ref : series_) {
    const Labels& candidate = LabelsOf(ref);
    if (name.empty() || candidate.Get(kMetricName) != name || candidate == labels) continue;
    std::size_t common = 1;
    for (const Label label : candidate) common += labels.Get(label.name) == label.value ? 1 : 0;
    if (common <= most) continue;
    most = common;
    nearest = &candidate;
  }
  return nearest;
}

}  // namespace stalemark::scenario
