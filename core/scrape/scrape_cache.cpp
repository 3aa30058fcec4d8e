// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/scrape_cache.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace stalemark {
namespace {

/// Metadata that was not seen for more than this many iterations is forgotten (CACHE-08).
constexpr std::uint64_t kMetadataIterationsKept = 10;

/// Of one slab of raw bytes: small caches are many.
constexpr std::size_t kSlabBytesMin = 2048;
constexpr std::size_t kSlabBytesMax = std::size_t{64} << 10;

/// Gives back memory that is much more than the elements need.
template <class T>
void TrimVector(std::vector<T>& elements) {
  if (elements.capacity() > elements.size() + elements.size() / 8) elements.shrink_to_fit();
}

}  // namespace

void PositionList::AddPrefix(const PositionList& other, std::size_t count) {
  slots_.reserve(other.slots_.size());
  slots_.insert(slots_.end(), other.slots_.begin(), other.slots_.begin() + static_cast<std::ptrdiff_t>(count));
}

void PositionList::FollowBytes() {
  for (Slot& slot : slots_) slot.raw = slot.entry->raw;
}

void PositionList::Trim() {
  TrimVector(slots_);
}

std::string_view RawBytes::Add(std::string_view raw) {
  if (slab_size_ - slab_used_ < raw.size()) {
    slab_size_ = std::max(raw.size(), std::clamp(slab_size_ * 2, kSlabBytesMin, kSlabBytesMax));
    // Not make_unique, which would clear the memory first.
    slabs_.emplace_back(new char[slab_size_]);
    slab_used_ = 0;
  }
  char* const at = slabs_.empty() ? nullptr : slabs_.back().get() + slab_used_;
  if (!raw.empty()) std::memcpy(at, raw.data(), raw.size());
  slab_used_ += raw.size();
  size_ += raw.size();
  return {at, raw.size()};
}

CacheEntry* ScrapeCache::Find(std::string_view raw) const {
  return by_raw_.Find(raw);
}

CacheEntry* ScrapeCache::Insert(std::string_view raw, trace::EntryId id) {
  entries_.push_back(std::make_unique<CacheEntry>());
  CacheEntry* entry = entries_.back().get();
  entry->raw = raw_bytes_.Add(raw);
  entry->id = id;
  entry->position = kNoPosition;
  MarkSeen(*entry);
  const bool is_new = by_raw_.Insert(entry);
  assert(is_new);
  (void)is_new;
  return entry;
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

TrackedSeries* ScrapeCache::TrackedFor(SeriesRef ref) {
  if (TrackedSeries* const known = by_ref_.Find(ref); known != nullptr) return known;
  tracked_.push_back(std::make_unique<TrackedSeries>());
  TrackedSeries* const tracked = tracked_.back().get();
  tracked->ref = ref;
  by_ref_.Insert(tracked);
  return tracked;
}

void ScrapeCache::ChangeRef(CacheEntry& entry, SeriesRef ref) {
  entry.ref = ref;
  // The state under the old reference keeps pointing to the entry: upstream then writes a marker to the new one
  // (CACHE-11).
  if (entry.tracked != nullptr) --entry.tracked->entries;
  entry.tracked = ref == kNoSeries ? nullptr : TrackedFor(ref);
  if (entry.tracked != nullptr) ++entry.tracked->entries;
}

void ScrapeCache::DropTracked(CacheEntry& entry) {
  if (entry.tracked == nullptr) return;
  --entry.tracked->entries;
  if (entry.tracked->entry == &entry) entry.tracked->entry = nullptr;
}

std::vector<CacheEntry*> ScrapeCache::StaleEntries() const {
  std::vector<CacheEntry*> stale;
  if (retracked_ == previous_) return stale;
  for (const auto& tracked : tracked_) {
    if (tracked->stamp + 1 == tracking_stamp() && tracked->entry != nullptr) stale.push_back(tracked->entry);
  }
  return stale;
}

void ScrapeCache::BeginPositions(std::uint8_t parser_kind) {
  if (parser_kind != parser_kind_) positions_.Clear();
  parser_kind_ = parser_kind;
  cursor_ = 0;
  diverged_ = false;
}

void ScrapeCache::Diverge() {
  if (diverged_) return;
  diverged_ = true;
  next_positions_.Clear();
  next_positions_.AddPrefix(positions_, cursor_);
}

void ScrapeCache::AcceptDiverged(std::size_t ahead) {
  Diverge();
  cursor_ += ahead;
  next_positions_.Add(*positions_.entry(cursor_));
  ++cursor_;
}

void ScrapeCache::AcceptFound(CacheEntry& entry) {
  Diverge();
  next_positions_.Add(entry);
  // Go on behind the entry's old place, or a gap of more than a few series would end guessing for this scrape.
  if (entry.position != kNoPosition) cursor_ = entry.position + 1;
}

void ScrapeCache::EndPositions(bool succeeded) {
  if (!succeeded || (!diverged_ && cursor_ == positions_.size())) return;
  Diverge();
  for (std::size_t i = 0; i < positions_.size(); ++i) positions_.entry(i)->position = kNoPosition;
  std::swap(positions_, next_positions_);
  positions_.Trim();
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    positions_.entry(i)->position = static_cast<std::uint32_t>(i);
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
  const std::size_t size = entries_.size() + static_cast<std::size_t>(report_entries) + metadata_.size();
  bool forced = false;
  if (flush == Flush::kYes) {
    successful_size_ = size;
    FlushUnseen();
    TrimVector(entries_);
    TrimVector(tracked_);
  } else if (size > 2 * successful_size_ + 1000) {
    forced = true;
    FlushUnseen();
  }
  previous_ = current_;
  current_ = 0;
  retracked_ = 0;
  seen_ = 0;
  metadata_seen_ = 0;
  ++iteration_;
  return forced;
}

void ScrapeCache::CompactRaw() {
  if (raw_bytes_dead_ <= raw_bytes_.size() / 2) return;
  RawBytes compact;
  by_raw_.Clear();
  for (const auto& entry : entries_) {
    entry->raw = compact.Add(entry->raw);
    by_raw_.Insert(entry.get());
  }
  positions_.FollowBytes();
  raw_bytes_ = std::move(compact);
  raw_bytes_dead_ = 0;
}

void ScrapeCache::FlushUnseen() {
  if (seen_ != entries_.size()) {
    bool lost_position = false;
    const auto unseen = [&](const std::unique_ptr<CacheEntry>& entry) {
      if (entry->stamp == iteration_) return false;
      lost_position = lost_position || entry->position != kNoPosition;
      by_raw_.Erase(entry->raw);
      raw_bytes_dead_ += entry->raw.size();
      DropTracked(*entry);
      return true;
    };
    entries_.erase(std::remove_if(entries_.begin(), entries_.end(), unseen), entries_.end());
    if (lost_position) {
      for (const auto& entry : entries_) entry->position = kNoPosition;
      positions_.Clear();
    }
    CompactRaw();
    const auto unused = [&](const std::unique_ptr<TrackedSeries>& tracked) {
      // What this iteration tracked is the next one's `previous`, even if its series has moved to another reference
      // since.
      if (tracked->entries != 0 || tracked->stamp == tracking_stamp()) return false;
      by_ref_.Erase(tracked->ref);
      return true;
    };
    tracked_.erase(std::remove_if(tracked_.begin(), tracked_.end(), unused), tracked_.end());
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
