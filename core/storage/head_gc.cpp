// SPDX-License-Identifier: Apache-2.0
// Removing series that nothing is appended to any more. Mirrors gc of tsdb/head.go and stripeSeries.gc.
#include <algorithm>
#include <cassert>

#include "core/model/value.h"
#include "core/storage/head_appender.h"

namespace stalemark {

bool Head::HasPendingAppends() const {
  return std::any_of(appenders_.begin(), appenders_.end(),
                     [](const HeadAppender* appender) { return appender->pending(); });
}

std::vector<SeriesRef> Head::RemoveBefore(std::int64_t t_ms) {
  assert(!HasPendingAppends());
  removed_before_ms_ = std::max(removed_before_ms_, t_ms);
  if (initialized()) min_t_ms_ = std::min(std::max(min_t_ms_, t_ms), max_t_ms_);
  std::vector<SeriesRef> removed = SeriesByRef();
  std::erase_if(removed, [&](SeriesRef ref) { return !EndsBefore(ref, t_ms); });
  for (std::size_t i = 0; i < removed.size(); ++i) {
    Remove(removed[i]);
    const std::size_t slab = SlabOf(removed[i]);
    if (i + 1 == removed.size() || SlabOf(removed[i + 1]) != slab) ReleaseIfEmpty(slab);
  }
  return removed;
}

bool Head::EndsBefore(SeriesRef ref, std::int64_t t_ms) const {
  const MemSeries& series = series_[static_cast<std::size_t>(ref) - 1];
  if (series.has_samples() && series.chunk.last_t_ms() >= t_ms) return false;
  const SeriesExtras* const extras = DetailsOf(ref).extras.get();
  return extras == nullptr || extras->out_of_order.AllBefore(t_ms);
}

void Head::Remove(SeriesRef ref) {
  MemSeries& series = *Find(ref);
  if (series.has_samples()) NoteStaleness(IsStaleNaN(series.chunk.last_bits()), false);
  if (series.first_block != BlockPool::kNone) blocks_.GiveBack(series.first_block, series.last_block);
  series = MemSeries();
  series.removed = true;
  index_.Erase(static_cast<std::uint32_t>(ref) - 1, details_);
  DetailsOf(ref) = SeriesDetails();
  ++stats_.series_removed;
}

void Head::ReleaseIfEmpty(std::size_t slab) {
  const std::size_t begin = slab * kSlabSeries;
  const std::size_t end = begin + kSlabSeries;
  if (end > series_.size()) return;
  for (std::size_t index = begin; index < end; ++index) {
    if (!series_[index].removed) return;
  }
  series_.ReleaseSlab(begin);
  details_.ReleaseSlab(begin);
}

}  // namespace stalemark
