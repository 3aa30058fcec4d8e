// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/scrape_cache.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <xxhash.h>

#include "core/scrape/grow_slowly.h"

namespace stalemark {
namespace {

/// Metadata that was not seen for more than this many iterations is forgotten (CACHE-08).
constexpr std::uint64_t kMetadataIterationsKept = 10;

std::uint32_t HashOf(std::string_view raw) {
  return static_cast<std::uint32_t>(XXH64(raw.data(), raw.size(), 0) & CacheEntry::kHashMask);
}

/// Gives back memory that is much more than the elements need.
template <class T>
void TrimVector(std::vector<T>& elements) {
  if (elements.capacity() > elements.size() + elements.size() / 4) elements.shrink_to_fit();
}

}  // namespace

ScrapeCache::ScrapeCache() : by_raw_(0, RawHash{this}, RawEqual{this}), by_ref_(0, RefHash{this}, RefEqual{this}) {}

CacheEntry* ScrapeCache::Find(std::string_view raw) {
  const auto found = by_raw_.find(SoughtRaw{raw, HashOf(raw)});
  return found == by_raw_.end() ? nullptr : &entries_[*found];
}

CacheEntry* ScrapeCache::Insert(std::string_view raw, trace::EntryId id) {
  assert(Find(raw) == nullptr && entries_.size() < CacheEntry::kNone);
  const auto index = static_cast<std::uint32_t>(entries_.size());
  AppendOne(entries_, CacheEntry());
  raw_texts_.Add(raw);
  CacheEntry& entry = entries_.back();
  entry.hash = HashOf(raw) & CacheEntry::kHashMask;
  entry.id = id;
  MarkSeen(entry);
  by_raw_.insert(index);
  return &entry;
}

CacheEntry* ScrapeCache::Add(std::string_view raw, Labels labels, SeriesRef ref, trace::EntryId id) {
  CacheEntry* entry = Insert(raw, id);
  entry->labels = std::move(labels);
  ChangeRef(*entry, ref);
  return entry;
}

CacheEntry* ScrapeCache::AddDropped(std::string_view raw, trace::EntryId id) {
  CacheEntry* entry = Insert(raw, id);
  entry->dropped = true;
  return entry;
}

std::uint32_t ScrapeCache::TrackedFor(SeriesRef ref) {
  if (const auto known = by_ref_.find(ref); known != by_ref_.end()) return *known;
  const auto index = static_cast<std::uint32_t>(tracked_.size());
  AppendOne(tracked_, TrackedSeries{ref});
  by_ref_.insert(index);
  return index;
}

void ScrapeCache::ChangeRef(CacheEntry& entry, SeriesRef ref) {
  entry.ref = ref;
  // The state under the old reference keeps pointing to the entry: upstream then writes a marker to the new one
  // (CACHE-11).
  entry.tracked = ref == kNoSeries ? CacheEntry::kNone : TrackedFor(ref);
}

std::vector<CacheEntry*> ScrapeCache::StaleEntries() {
  std::vector<CacheEntry*> stale;
  if (retracked_ == previous_) return stale;
  for (const TrackedSeries& tracked : tracked_) {
    if (tracked.stamp + 1 == stamp() && tracked.entry != CacheEntry::kNone) stale.push_back(&entries_[tracked.entry]);
  }
  return stale;
}

void ScrapeCache::BeginPositions(std::uint8_t parser_kind) {
  if (parser_kind != parser_kind_) ForgetOrder();
  parser_kind_ = parser_kind;
  cursor_ = 0;
  diverged_ = false;
}

void ScrapeCache::ForgetOrder() {
  for (const std::uint32_t index : order_) entries_[index].position = CacheEntry::kNone;
  order_.clear();
}

void ScrapeCache::Diverge() {
  if (diverged_) return;
  diverged_ = true;
  next_order_.assign(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(cursor_));
}

void ScrapeCache::AcceptDiverged(std::size_t ahead) {
  Diverge();
  cursor_ += ahead;
  AppendOne(next_order_, order_[cursor_]);
  ++cursor_;
}

void ScrapeCache::AcceptFound(CacheEntry& entry) {
  Diverge();
  AppendOne(next_order_, IndexOf(entry));
  // Go on behind the entry's old place, or a gap of more than a few series would end guessing for this scrape.
  if (entry.position != CacheEntry::kNone) cursor_ = entry.position + 1;
}

void ScrapeCache::EndPositions(bool succeeded) {
  if (!succeeded || (!diverged_ && cursor_ == order_.size())) return;
  Diverge();
  ForgetOrder();
  std::swap(order_, next_order_);
  TrimVector(order_);
  TrimVector(next_order_);
  jumps_ = 0;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    entries_[order_[i]].position = static_cast<std::uint32_t>(i);
    if (i > 0 && order_[i] != order_[i - 1] + 1) ++jumps_;
  }
}

CachedMetadata& ScrapeCache::TouchMetadata(std::string_view family) {
  if (last_family_ == nullptr || last_family_->metadata.family != family) {
    const auto found = by_family_.find(family);
    if (found != by_family_.end()) {
      last_family_ = found->second;
    } else {
      metadata_.push_back(std::make_unique<CachedMetadata>());
      last_family_ = metadata_.back().get();
      last_family_->metadata.family = family;
      by_family_.emplace(std::string_view(last_family_->metadata.family), last_family_);
    }
  }
  if (last_family_->stamp != iteration_) {
    last_family_->stamp = iteration_;
    ++metadata_seen_;
  }
  return *last_family_;
}

const Metadata& ScrapeCache::SetType(std::string_view family, MetricType type) {
  Metadata& metadata = TouchMetadata(family).metadata;
  metadata.type = type;
  return metadata;
}

const Metadata& ScrapeCache::SetHelp(std::string_view family, std::string_view help) {
  Metadata& metadata = TouchMetadata(family).metadata;
  if (metadata.help != help) metadata.help = help;
  return metadata;
}

const Metadata& ScrapeCache::SetUnit(std::string_view family, std::string_view unit) {
  Metadata& metadata = TouchMetadata(family).metadata;
  if (metadata.unit != unit) metadata.unit = unit;
  return metadata;
}

const Metadata* ScrapeCache::FindMetadata(std::string_view family) const {
  const auto found = by_family_.find(family);
  return found == by_family_.end() ? nullptr : &found->second->metadata;
}

std::vector<const Metadata*> ScrapeCache::MetadataByFamily() const {
  std::vector<const Metadata*> families;
  families.reserve(metadata_.size());
  for (const auto& cached : metadata_) families.push_back(&cached->metadata);
  std::sort(families.begin(), families.end(),
            [](const Metadata* a, const Metadata* b) { return a->family < b->family; });
  return families;
}

std::size_t ScrapeCache::metadata_bytes() const {
  std::size_t bytes = 0;
  for (const auto& cached : metadata_) {
    bytes += cached->metadata.help.size() + cached->metadata.unit.size() + MetricTypeText(cached->metadata.type).size();
  }
  return bytes;
}

bool ScrapeCache::EndIteration(Flush flush) {
  const auto report_entries = std::count_if(report_entries_.begin(), report_entries_.end(),
                                            [](const ReportEntry& entry) { return entry.cached; });
  // Report series count for upstream's map (CACHE-12).
  const std::size_t entries = size() + static_cast<std::size_t>(report_entries) + metadata_.size();
  bool forced = false;
  if (flush == Flush::kYes) {
    successful_size_ = entries;
    FlushUnseen();
  } else if (entries > 2 * successful_size_ + 1000) {
    forced = true;
    FlushUnseen();
  }
  // An exposition that is shuffled each time has no order that is worth the work.
  const bool has_new_order = flush == Flush::kYes && !diverged_ && jumps_ > size() / 8;
  if (gone_ > size() / 4 || has_new_order) {
    Compact();
  } else if (tracked_.size() > size() + size() / 4) {
    CompactTracked();
  }
  previous_ = current_;
  current_ = 0;
  retracked_ = 0;
  seen_ = 0;
  metadata_seen_ = 0;
  ++iteration_;
  return forced;
}

std::vector<std::uint32_t> ScrapeCache::EntriesInOrder() const {
  std::vector<std::uint32_t> ordered;
  ordered.reserve(size());
  std::vector<bool> taken(entries_.size());
  const auto take = [&](std::uint32_t index) {
    if (entries_[index].gone || taken[index]) return;
    taken[index] = true;
    ordered.push_back(index);
  };
  for (const std::uint32_t index : order_) take(index);
  for (std::uint32_t index = 0; index < entries_.size(); ++index) take(index);
  return ordered;
}

void ScrapeCache::Compact() {
  const std::vector<std::uint32_t> ordered = EntriesInOrder();
  std::vector<std::uint32_t> new_index(entries_.size(), CacheEntry::kNone);
  std::vector<CacheEntry> entries;
  entries.reserve(ordered.size());
  RawTexts raw_texts;
  for (const std::uint32_t index : ordered) {
    new_index[index] = static_cast<std::uint32_t>(entries.size());
    raw_texts.Add(reader_.At(index));
    entries.push_back(std::move(entries_[index]));
  }
  entries_ = std::move(entries);
  gone_ = 0;
  raw_texts_ = std::move(raw_texts);
  reader_ = RawTextReader(raw_texts_);
  by_raw_ = ByRaw(entries_.size(), RawHash{this}, RawEqual{this});
  for (std::uint32_t i = 0; i < entries_.size(); ++i) by_raw_.insert(i);
  for (std::uint32_t& index : order_) index = new_index[index];
  jumps_ = 0;
  for (TrackedSeries& tracked : tracked_) {
    if (tracked.entry != CacheEntry::kNone) tracked.entry = new_index[tracked.entry];
  }
  CompactTracked();
}

void ScrapeCache::CompactTracked() {
  std::vector<std::uint32_t> new_index(tracked_.size(), CacheEntry::kNone);
  for (const CacheEntry& entry : entries_) {
    if (entry.tracked != CacheEntry::kNone) new_index[entry.tracked] = 0;
  }
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i < tracked_.size(); ++i) {
    // What this iteration tracked is the next one's `previous`, even if its series has moved to another reference
    // since.
    if (new_index[i] == CacheEntry::kNone && tracked_[i].stamp != stamp()) continue;
    new_index[i] = kept;
    tracked_[kept++] = tracked_[i];
  }
  tracked_.resize(kept);
  TrimVector(tracked_);
  for (CacheEntry& entry : entries_) {
    if (entry.tracked != CacheEntry::kNone) entry.tracked = new_index[entry.tracked];
  }
  by_ref_ = ByRef(tracked_.size(), RefHash{this}, RefEqual{this});
  for (std::uint32_t i = 0; i < kept; ++i) by_ref_.insert(i);
}

void ScrapeCache::FlushUnseen() {
  if (seen_ != size()) {
    bool lost_position = false;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      CacheEntry& entry = entries_[i];
      if (entry.gone || entry.stamp == stamp()) continue;
      lost_position = lost_position || entry.position != CacheEntry::kNone;
      by_raw_.erase(i);
      if (entry.tracked != CacheEntry::kNone && tracked_[entry.tracked].entry == i) {
        tracked_[entry.tracked].entry = CacheEntry::kNone;
      }
      entry = CacheEntry();
      entry.gone = true;
      ++gone_;
    }
    if (lost_position) ForgetOrder();
  }
  if (metadata_seen_ == metadata_.size()) return;
  const auto aged = [&](const std::unique_ptr<CachedMetadata>& cached) {
    if (iteration_ - cached->stamp <= kMetadataIterationsKept) return false;
    by_family_.erase(std::string_view(cached->metadata.family));
    return true;
  };
  metadata_.erase(std::remove_if(metadata_.begin(), metadata_.end(), aged), metadata_.end());
  last_family_ = nullptr;
}

}  // namespace stalemark
