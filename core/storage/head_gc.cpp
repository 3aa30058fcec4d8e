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
  std::vector<SeriesRef> removed;
  for (std::size_t slab = 0; slab < series_.size(); slab += kSlabSeries) {
    if (series_.Find(slab) == nullptr) continue;
    const std::size_t before = removed.size();
    const std::size_t end = std::min(slab + kSlabSeries, series_.size());
    for (std::size_t index = slab; index < end; ++index) {
      if (series_[index].removed || !EndsBefore(index, t_ms)) continue;
      Remove(index);
      removed.push_back(SeriesRef{index + 1});
    }
    if (removed.size() != before) ReleaseIfEmpty(slab);
  }
  return removed;
}

bool Head::EndsBefore(std::size_t index, std::int64_t t_ms) const {
  const MemSeries& series = series_[index];
  if (series.has_samples() && series.chunk.last_t_ms() >= t_ms) return false;
  const SeriesExtras* const extras = details_[index].extras.get();
  return extras == nullptr || extras->out_of_order.AllBefore(t_ms);
}

void Head::Remove(std::size_t index) {
  MemSeries& series = series_[index];
  if (series.has_samples()) NoteStaleness(IsStaleNaN(series.chunk.last_bits()), false);
  if (series.first_block != BlockPool::kNone) blocks_.GiveBack(series.first_block, series.last_block);
  series = MemSeries();
  series.removed = true;
  index_.Erase(static_cast<std::uint32_t>(index), details_);
  details_[index] = SeriesDetails();
  ++stats_.series_removed;
}

void Head::ReleaseIfEmpty(std::size_t first_index) {
  const std::size_t end = first_index + kSlabSeries;
  if (end > series_.size()) return;
  for (std::size_t index = first_index; index < end; ++index) {
    if (!series_[index].removed) return;
  }
  series_.ReleaseSlab(first_index);
  details_.ReleaseSlab(first_index);
}

}  // namespace stalemark
