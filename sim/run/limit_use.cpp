// SPDX-License-Identifier: Apache-2.0
#include "sim/run/limit_use.h"

#include <algorithm>
#include <cstddef>
#include <variant>

#include "sim/scenario/series_notation.h"

namespace stalemark::scenario {
namespace {

std::size_t Index(LimitKind kind) {
  return static_cast<std::size_t>(kind);
}

/// Numbers in a list of HistogramText, such as ` buckets:[1 2 3]`.
std::uint64_t ListSize(std::string_view text, std::string_view key) {
  const std::size_t begin = text.find(key);
  if (begin == std::string_view::npos) return 0;
  const std::string_view list = text.substr(begin, text.find(']', begin) - begin);
  return 1 + static_cast<std::uint64_t>(
                 std::count(list.begin() + static_cast<std::ptrdiff_t>(key.size()), list.end(), ' '));
}

/// As native_histogram_bucket_limit counts them, before the resolution is reduced.
std::uint64_t BucketsOf(std::string_view histogram) {
  return ListSize(histogram, " buckets:[") + ListSize(histogram, " n_buckets:[");
}

std::uint64_t LimitOf(const ScrapeConfig& config, LimitKind kind) {
  switch (kind) {
    case LimitKind::kSample:
      return config.sample_limit;
    case LimitKind::kLabel:
      return config.label_limit;
    case LimitKind::kLabelNameLength:
      return config.label_name_length_limit;
    case LimitKind::kLabelValueLength:
      return config.label_value_length_limit;
    case LimitKind::kTarget:
      return config.target_limit;
    case LimitKind::kBodySize:
      return static_cast<std::uint64_t>(std::max<std::int64_t>(config.body_size_limit, 0));
    case LimitKind::kBucket:
      return config.native_histogram_bucket_limit;
  }
  return 0;
}

}  // namespace

void LimitUse::OnEvent(MonotonicTime at, const trace::Event& event, const RunRecord& record,
                       const ScrapeManager& manager) {
  if (const auto* append = std::get_if<trace::SampleAppended>(&event)) {
    if (append->histogram.empty()) return;
    Peak* peak = Note(at, LimitKind::kBucket, append->scrape, {BucketsOf(append->histogram)}, record);
    if (peak != nullptr) peak->what = SeriesText(*append->labels);
  } else if (const auto* cached = std::get_if<trace::SeriesCached>(&event)) {
    if (cached->labels != nullptr) NoteLabels(at, cached->scrape, *cached->labels, record);
  } else if (const auto* refused = std::get_if<trace::SeriesRefused>(&event)) {
    NoteLabels(at, refused->scrape, *refused->labels, record);
  } else if (const auto* fetch = std::get_if<trace::FetchFinished>(&event)) {
    const Use reached = {0, true};
    const Use use = fetch->body_bytes < 0 ? reached : Use{static_cast<std::uint64_t>(fetch->body_bytes)};
    if (use.at_least || fetch->error.empty()) Note(at, LimitKind::kBodySize, fetch->scrape, use, record);
  } else if (const auto* finish = std::get_if<trace::ScrapeFinished>(&event)) {
    Note(at, LimitKind::kSample, finish->scrape, {finish->samples_post_relabel}, record);
  } else if (const auto* loop = std::get_if<trace::LoopStarted>(&event)) {
    BeginLoop(at, *loop, manager);
  }
}

void LimitUse::BeginLoop(MonotonicTime at, const trace::LoopStarted& event, const ScrapeManager& manager) {
  const auto pool = manager.pools().find(std::string(event.pool));
  if (pool == manager.pools().end()) return;
  const ScrapeConfig& config = *pool->second->config();
  const auto index = static_cast<std::size_t>(event.loop);
  if (loops_.size() < index) loops_.resize(index);
  for (std::size_t kind = 0; kind < kLimitCount; ++kind) {
    loops_[index - 1][kind].limit = LimitOf(config, static_cast<LimitKind>(kind));
  }
  // Loops start when the pool has all its targets.
  std::vector<Peak>& peaks = targets_[std::string(event.pool)];
  if (peaks.empty() || peaks.back().limit != config.target_limit) peaks.emplace_back().limit = config.target_limit;
  const std::uint64_t active = pool->second->active_count();
  Peak& peak = peaks.back();
  if (peak.seen && active <= peak.used) return;
  peak.used = active;
  peak.seen = true;
  peak.at = at;
}

void LimitUse::NoteLabels(MonotonicTime at, trace::ScrapeSeq scrape, const Labels& labels, const RunRecord& record) {
  Peak* peak = Note(at, LimitKind::kLabel, scrape, {labels.size()}, record);
  if (peak != nullptr) peak->what = SeriesText(labels);
  for (const Label label : labels) {
    Peak* const lengths[] = {Note(at, LimitKind::kLabelNameLength, scrape, {label.name.size()}, record),
                             Note(at, LimitKind::kLabelValueLength, scrape, {label.value.size()}, record)};
    for (Peak* length : lengths) {
      if (length != nullptr) length->what = "label " + std::string(label.name) + " of " + SeriesText(labels);
    }
  }
}

LimitUse::Peak* LimitUse::Note(MonotonicTime at, LimitKind kind, trace::ScrapeSeq scrape, Use use,
                               const RunRecord& record) {
  const RunRecord::Scrape* known = record.FindScrape(scrape);
  const auto loop = known == nullptr ? 0 : static_cast<std::size_t>(known->loop);
  if (loop == 0 || loop > loops_.size()) return nullptr;
  Peak& peak = loops_[loop - 1][Index(kind)];
  if (use.at_least) use.count = peak.limit;
  if (peak.seen && use.count <= peak.used && !(use.at_least && !peak.at_least)) return nullptr;
  peak.used = use.count;
  peak.at_least = use.at_least;
  peak.seen = true;
  peak.at = at;
  peak.scrape = scrape;
  return &peak;
}

}  // namespace stalemark::scenario
