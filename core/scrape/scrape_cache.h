// SPDX-License-Identifier: Apache-2.0
// ScrapeCache: what one ScrapeLoop remembers from scrape to scrape (spec section 7). Mirrors scrapeCache of
// scrape/scrape.go: raw series bytes -> storage reference and final labels, dropped series, which series were tracked
// for staleness in this and the previous scrape, and metadata by family. Beyond upstream it keeps the order of the last
// scrape, so that the next one can guess each series by its position (docs/design/per-sample-path.md).
//
// Iterations: one per scrape, whatever the scrape's fate; EndIteration closes it. Entries are stable in memory until a
// flush deletes them. Single-threaded. No errors.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/scrape/start_time_synthesis.h"
#include "core/seams/appendable.h"
#include "core/seams/trace_event.h"

namespace stalemark {

struct CacheEntry;

/// Staleness state of one storage reference; two spellings of a series share it (STALE-10).
struct TrackedSeries {
  SeriesRef ref = kNoSeries;
  /// Iteration that tracked it last; its low bits, as there is one of these for every series.
  std::uint32_t stamp = 0;
  /// Cache entries that point here.
  std::uint32_t entries = 0;
  /// The spelling that tracked it last; supplies labels and reference of its marker (CACHE-11).
  CacheEntry* entry = nullptr;
};

/// One exposed spelling of a series.
struct CacheEntry {
  /// Iteration that saw it last, accepted by storage or not (CACHE-03).
  std::uint64_t stamp = 0;
  SeriesRef ref = kNoSeries;
  /// Null for dropped series, and when storage gave no reference.
  TrackedSeries* tracked = nullptr;
  /// Index in the position list, or kNoPosition.
  std::uint32_t position = 0;
  /// metric_relabel_configs dropped it: only the stamp is of use.
  bool dropped = false;
  trace::EntryId id{};
  /// Only with synthesised start times (APP-36).
  std::unique_ptr<StartTimeSynthesis> synthesis;
  /// Final labels: target labels and metric relabelling applied.
  Labels labels;
  /// The exposed bytes, the key. They lie in the cache, which may move them when it flushes entries.
  std::string_view raw;
};

/// A report series of the target (`up`, ...). Upstream keeps it in the map of series under a name that no body can
/// expose.
struct ReportEntry {
  Labels labels;
  SeriesRef ref = kNoSeries;
  bool cached = false;
};
inline constexpr std::size_t kReportSeriesCount = 8;

/// Metadata of one family, with the iteration that saw it last.
struct CachedMetadata {
  Metadata metadata;
  std::uint64_t stamp = 0;
};

/// Remembered order of the last successful scrape. A slot knows where the raw bytes of its entry are: guessing does not
/// wait for the entry's memory first. The bytes of series that came in order lie in order (RawBytes).
class PositionList {
 public:
  std::size_t size() const { return slots_.size(); }
  CacheEntry* entry(std::size_t index) const { return slots_[index].entry; }
  std::string_view raw(std::size_t index) const { return slots_[index].raw; }
  void Add(CacheEntry& entry) { slots_.push_back({entry.raw, &entry}); }
  /// Adds the first `count` slots of another list.
  void AddPrefix(const PositionList& other, std::size_t count);
  void Clear() { slots_.clear(); }
  /// The bytes of all entries were moved.
  void FollowBytes();
  /// Gives back memory that is much more than the slots need.
  void Trim();

 private:
  struct Slot {
    std::string_view raw;
    CacheEntry* entry;
  };
  std::vector<Slot> slots_;
};

/// The exposed bytes of all entries, one behind the other, in slabs. Bytes do not move.
class RawBytes {
 public:
  /// The copy stays valid as long as this.
  std::string_view Add(std::string_view raw);
  /// Of what was added.
  std::size_t size() const { return size_; }

 private:
  std::vector<std::unique_ptr<char[]>> slabs_;
  std::size_t slab_size_ = 0;
  std::size_t slab_used_ = 0;
  std::size_t size_ = 0;
};

/// Objects found by a key that they hold themselves: 9 bytes a place in the table, where a map's would hold the key
/// too.
template <class T, class Key, class KeyOf>
class PointerSet {
 public:
  T* Find(const Key& key) const {
    const auto found = set_.find(key);
    return found == set_.end() ? nullptr : *found;
  }
  /// False: there is one with that key.
  bool Insert(T* object) { return set_.insert(object).second; }
  void Erase(const Key& key) { set_.erase(set_.find(key)); }
  void Clear() { set_.clear(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const { return typename boost::unordered_flat_set<Key>::hasher()(key); }
    std::size_t operator()(const T* object) const { return (*this)(KeyOf()(*object)); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const T* a, const T* b) const { return KeyOf()(*a) == KeyOf()(*b); }
    bool operator()(const Key& key, const T* object) const { return key == KeyOf()(*object); }
    bool operator()(const T* object, const Key& key) const { return key == KeyOf()(*object); }
  };
  boost::unordered_flat_set<T*, Hash, Equal> set_;
};

class ScrapeCache {
 public:
  enum class Flush : std::uint8_t {
    kYes,  ///< after a successful scrape with a body
    kNo,   ///< after any other
  };
  static constexpr std::uint32_t kNoPosition = static_cast<std::uint32_t>(-1);

  ScrapeCache() = default;
  ScrapeCache(const ScrapeCache&) = delete;
  ScrapeCache& operator=(const ScrapeCache&) = delete;

  /// Number of the open iteration.
  std::uint64_t iteration() const { return iteration_; }

  // ---- series ----

  /// The entry of some raw bytes, or null.
  CacheEntry* Find(std::string_view raw) const;
  /// Adds an entry, stamped with this iteration. The raw bytes must not be known yet.
  CacheEntry* Add(std::string_view raw, Labels labels, SeriesRef ref, trace::EntryId id);
  CacheEntry* AddDropped(std::string_view raw, trace::EntryId id);
  /// Stamps the entry; true when this iteration had seen it before.
  bool MarkSeen(CacheEntry& entry) {
    if (entry.stamp == iteration_) return true;
    entry.stamp = iteration_;
    ++seen_;
    return false;
  }
  /// Storage moved the series to another reference (CACHE-11).
  void ChangeRef(CacheEntry& entry, SeriesRef ref);

  // ---- staleness ----

  /// The series has a sample in this scrape whose absence in the next one means a marker. A series without a reference
  /// is not tracked (STALE-06).
  void Track(CacheEntry& entry) {
    if (entry.tracked == nullptr) return;
    TrackedSeries& tracked = *entry.tracked;
    tracked.entry = &entry;
    if (tracked.stamp == tracking_stamp()) return;
    if (tracked.stamp + 1 == tracking_stamp()) ++retracked_;
    tracked.stamp = tracking_stamp();
    ++current_;
  }
  /// Entries tracked in the previous iteration and not in this one, in the order they were first tracked. Costs nothing
  /// when there are none.
  std::vector<CacheEntry*> StaleEntries() const;

  // ---- position guess ----

  /// Starts a scrape. A list made by another kind of parser is dropped: valid text may be invalid OpenMetrics.
  void BeginPositions(std::uint8_t parser_kind);
  /// Slot `ahead` places after the cursor, or null at the end of the list.
  CacheEntry* Guess(std::size_t ahead, std::string_view* raw) const {
    const std::size_t index = cursor_ + ahead;
    if (index >= positions_.size()) return nullptr;
    *raw = positions_.raw(index);
    return positions_.entry(index);
  }
  /// The guess was right: the cursor moves behind it.
  void AcceptGuess(std::size_t ahead) {
    if (ahead != 0 || diverged_) return AcceptDiverged(ahead);
    ++cursor_;
  }
  /// The series at this place was found otherwise.
  void AcceptFound(CacheEntry& entry);
  /// Ends a scrape; a failed one leaves the old list.
  void EndPositions(bool succeeded);

  // ---- for people who look ----

  /// In the order in which they were added, but for those that took the places of others. Valid until the next scrape.
  const std::vector<std::unique_ptr<CacheEntry>>& entries() const { return entries_; }

  // ---- metadata ----

  /// Each stamps the family and overwrites its own part only (CACHE-13). The result is valid until the iteration ends.
  const Metadata& SetType(std::string_view family, MetricType type);
  const Metadata& SetHelp(std::string_view family, std::string_view help);
  const Metadata& SetUnit(std::string_view family, std::string_view unit);
  /// What is known of a family, or null. Valid until the iteration ends.
  const Metadata* FindMetadata(std::string_view family) const;
  /// All families, by name. Valid until the iteration ends.
  std::vector<const Metadata*> MetadataByFamily() const;
  std::size_t metadata_entries() const { return metadata_.size(); }
  /// Lengths of help, unit and type, summed (CACHE-15).
  std::size_t metadata_bytes() const;

  // ---- report series ----

  ReportEntry& report_entry(std::size_t index) { return report_entries_[index]; }

  // ---- iteration ----

  /// Closes the iteration (CACHE-06 to CACHE-08). True when the cache had outgrown its bound and was flushed by force.
  bool EndIteration(Flush flush);

 private:
  std::uint32_t tracking_stamp() const { return static_cast<std::uint32_t>(iteration_); }
  CacheEntry* Insert(std::string_view raw, trace::EntryId id);
  TrackedSeries* TrackedFor(SeriesRef ref);
  void DropTracked(CacheEntry& entry);
  void AcceptDiverged(std::size_t ahead);
  void Diverge();
  void FlushUnseen();
  /// Moves the raw bytes together when most of them belong to entries that are gone.
  void CompactRaw();
  CachedMetadata& TouchMetadata(std::string_view family);

  struct RawOf {
    std::string_view operator()(const CacheEntry& entry) const { return entry.raw; }
  };
  struct RefOf {
    SeriesRef operator()(const TrackedSeries& tracked) const { return tracked.ref; }
  };

  /// A tracked stamp of 0 must not look like the previous iteration.
  std::uint64_t iteration_ = 2;
  std::uint64_t seen_ = 0;
  std::uint64_t metadata_seen_ = 0;
  std::size_t successful_size_ = 0;
  std::array<ReportEntry, kReportSeriesCount> report_entries_;

  RawBytes raw_bytes_;
  /// Of entries that are gone.
  std::size_t raw_bytes_dead_ = 0;
  std::vector<std::unique_ptr<CacheEntry>> entries_;
  /// Only looked up, never walked into output; so is the next.
  PointerSet<CacheEntry, std::string_view, RawOf> by_raw_;

  std::vector<std::unique_ptr<TrackedSeries>> tracked_;
  PointerSet<TrackedSeries, SeriesRef, RefOf> by_ref_;
  std::uint64_t previous_ = 0;
  std::uint64_t current_ = 0;
  std::uint64_t retracked_ = 0;

  PositionList positions_;
  PositionList next_positions_;
  std::uint8_t parser_kind_ = 0;
  std::size_t cursor_ = 0;
  bool diverged_ = false;

  std::vector<std::unique_ptr<CachedMetadata>> metadata_;
  boost::unordered_flat_map<std::string_view, CachedMetadata*> by_family_;
  /// HELP, TYPE and UNIT of one family follow each other.
  CachedMetadata* last_family_ = nullptr;
};

}  // namespace stalemark
