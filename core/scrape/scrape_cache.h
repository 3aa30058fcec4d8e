// SPDX-License-Identifier: Apache-2.0
// ScrapeCache: what one ScrapeLoop remembers from scrape to scrape (spec section 7). Mirrors scrapeCache of
// scrape/scrape.go: raw series bytes -> storage reference and final labels, dropped series, which series were tracked
// for staleness in this and the previous scrape, and metadata by family. Beyond upstream it keeps the order of the last
// scrape, so that the next one can guess each series by its position (docs/design/per-sample-path.md).
//
// Iterations: one per scrape, whatever the scrape's fate; EndIteration closes it. What is flushed leaves a gap that is
// closed when gaps are many (Compact): then nobody holds an entry. Single-threaded. No errors.
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
#include "core/scrape/raw_texts.h"
#include "core/scrape/start_time_synthesis.h"
#include "core/seams/appendable.h"
#include "core/seams/trace_event.h"

namespace stalemark {

/// One exposed spelling of a series. Its bytes, the key, are the cache's RawTexts.
struct CacheEntry {
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr std::uint32_t kHashMask = 0x3FFFFFFF;

  SeriesRef ref = kNoSeries;
  trace::EntryId id{};
  /// Only with synthesised start times (APP-36).
  std::unique_ptr<StartTimeSynthesis> synthesis;
  /// Final labels: target labels and metric relabelling applied.
  Labels labels;
  /// Iteration that saw it last, accepted by storage or not (CACHE-03); its low bits, as all stamps here.
  std::uint32_t stamp = 0;
  /// Place in the order of the last successful scrape, or kNone.
  std::uint32_t position = kNone;
  /// Its TrackedSeries, or kNone: for dropped series, and when storage gave no reference.
  std::uint32_t tracked = kNone;
  /// Of the exposed bytes.
  std::uint32_t hash : 30 = 0;
  /// metric_relabel_configs dropped it: only the stamp is of use.
  bool dropped : 1 = false;
  /// Flushed: the next compaction takes it away.
  bool gone : 1 = false;
};
static_assert(sizeof(void*) != 8 || sizeof(CacheEntry) == 48, "there is one for every series of every target");

/// Staleness state of one storage reference; two spellings of a series share it (STALE-10).
struct TrackedSeries {
  SeriesRef ref = kNoSeries;
  /// Iteration that tracked it last.
  std::uint32_t stamp = 0;
  /// The spelling that tracked it last; supplies labels and reference of its marker (CACHE-11).
  std::uint32_t entry = CacheEntry::kNone;
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

class ScrapeCache {
 public:
  enum class Flush : std::uint8_t {
    kYes,  ///< after a successful scrape with a body
    kNo,   ///< after any other
  };

  ScrapeCache();
  ScrapeCache(const ScrapeCache&) = delete;
  ScrapeCache& operator=(const ScrapeCache&) = delete;

  /// Number of the open iteration.
  std::uint64_t iteration() const { return iteration_; }

  // ---- series ----

  // Entries stay where they are until the next is added or an iteration ends.

  /// The entry of some raw bytes, or null.
  CacheEntry* Find(std::string_view raw);
  /// Adds an entry, stamped with this iteration. The raw bytes must not be known yet.
  CacheEntry* Add(std::string_view raw, Labels labels, SeriesRef ref, trace::EntryId id);
  CacheEntry* AddDropped(std::string_view raw, trace::EntryId id);
  /// Stamps the entry; true when this iteration had seen it before.
  bool MarkSeen(CacheEntry& entry) {
    if (entry.stamp == stamp()) return true;
    entry.stamp = stamp();
    ++seen_;
    return false;
  }
  /// Storage moved the series to another reference (CACHE-11).
  void ChangeRef(CacheEntry& entry, SeriesRef ref);

  // ---- staleness ----

  /// The series has a sample in this scrape whose absence in the next one means a marker. A series without a reference
  /// is not tracked (STALE-06).
  void Track(CacheEntry& entry) {
    if (entry.tracked == CacheEntry::kNone) return;
    TrackedSeries& tracked = tracked_[entry.tracked];
    tracked.entry = IndexOf(entry);
    if (tracked.stamp == stamp()) return;
    if (tracked.stamp + 1 == stamp()) ++retracked_;
    tracked.stamp = stamp();
    ++current_;
  }
  /// Entries tracked in the previous iteration and not in this one, in the order they were first tracked. Costs nothing
  /// when there are none.
  std::vector<CacheEntry*> StaleEntries();

  // ---- position guess ----

  /// Starts a scrape. A list made by another kind of parser is dropped: valid text may be invalid OpenMetrics.
  void BeginPositions(std::uint8_t parser_kind);
  /// The entry `ahead` places after the cursor, or null at the end of the order. *raw is valid until the next guess or
  /// look-up.
  CacheEntry* Guess(std::size_t ahead, std::string_view* raw) {
    const std::size_t place = cursor_ + ahead;
    if (place >= order_.size()) return nullptr;
    const std::uint32_t index = order_[place];
    *raw = reader_.At(index);
    return &entries_[index];
  }
  /// The guess was right: the cursor moves behind it.
  void AcceptGuess(std::size_t ahead) {
    if (ahead != 0 || diverged_) return AcceptDiverged(ahead);
    ++cursor_;
    // Now, as what is written byte by byte takes a while to be readable at once.
    if (cursor_ < order_.size()) reader_.At(order_[cursor_]);
  }
  /// The series at this place was found otherwise.
  void AcceptFound(CacheEntry& entry);
  /// Ends a scrape; a failed one leaves the old list.
  void EndPositions(bool succeeded);

  // ---- for people who look ----

  std::size_t size() const { return entries_.size() - gone_; }
  /// Calls f(entry, exposed bytes) for each: in the order in which they were added, or of a later scrape.
  template <class F>
  void ForEachEntry(F f) const {
    RawTextReader reader(raw_texts_);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!entries_[i].gone) f(entries_[i], reader.At(i));
    }
  }
  const TrackedSeries* TrackedOf(const CacheEntry& entry) const {
    return entry.tracked == CacheEntry::kNone ? nullptr : &tracked_[entry.tracked];
  }

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
  /// Tables of 4 bytes and a hash byte a place, over objects that hold their keys themselves.
  struct SoughtRaw {
    std::string_view raw;
    std::uint32_t hash;
  };
  struct RawHash {
    using is_transparent = void;
    const ScrapeCache* cache;
    std::size_t operator()(std::uint32_t index) const { return cache->entries_[index].hash; }
    std::size_t operator()(const SoughtRaw& sought) const { return sought.hash; }
  };
  struct RawEqual {
    using is_transparent = void;
    ScrapeCache* cache;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(const SoughtRaw& sought, std::uint32_t index) const { return (*this)(index, sought); }
    bool operator()(std::uint32_t index, const SoughtRaw& sought) const {
      return cache->entries_[index].hash == sought.hash && cache->reader_.At(index) == sought.raw;
    }
  };
  struct RefHash {
    using is_transparent = void;
    const ScrapeCache* cache;
    std::size_t operator()(std::uint32_t index) const { return (*this)(cache->tracked_[index].ref); }
    std::size_t operator()(SeriesRef ref) const { return static_cast<std::size_t>(ref); }
  };
  struct RefEqual {
    using is_transparent = void;
    const ScrapeCache* cache;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(SeriesRef ref, std::uint32_t index) const { return cache->tracked_[index].ref == ref; }
    bool operator()(std::uint32_t index, SeriesRef ref) const { return (*this)(ref, index); }
  };

  std::uint32_t stamp() const { return static_cast<std::uint32_t>(iteration_); }
  std::uint32_t IndexOf(const CacheEntry& entry) const { return static_cast<std::uint32_t>(&entry - entries_.data()); }
  CacheEntry* Insert(std::string_view raw, trace::EntryId id);
  std::uint32_t TrackedFor(SeriesRef ref);
  void AcceptDiverged(std::size_t ahead);
  void Diverge();
  void ForgetOrder();
  void FlushUnseen();
  /// Indexes of the entries that are there: those of the last scrape in its order, then the others.
  std::vector<std::uint32_t> EntriesInOrder() const;
  /// Closes the gaps, and puts entries and their bytes into the order of the last scrape, in which the next one reads
  /// them.
  void Compact();
  /// Takes away the states of references that no entry has any more.
  void CompactTracked();
  CachedMetadata& TouchMetadata(std::string_view family);

  /// A stamp of 0 must not look like the previous iteration.
  std::uint64_t iteration_ = 2;
  std::uint64_t seen_ = 0;
  std::uint64_t metadata_seen_ = 0;
  std::size_t successful_size_ = 0;
  std::array<ReportEntry, kReportSeriesCount> report_entries_;

  std::vector<CacheEntry> entries_;
  /// Of those.
  std::size_t gone_ = 0;
  /// The exposed bytes, by the entries' indexes.
  RawTexts raw_texts_;
  RawTextReader reader_{raw_texts_};
  /// Indexes of entries. Only looked up, never walked into output; so is the next.
  using ByRaw = boost::unordered_flat_set<std::uint32_t, RawHash, RawEqual>;
  ByRaw by_raw_;

  std::vector<TrackedSeries> tracked_;
  using ByRef = boost::unordered_flat_set<std::uint32_t, RefHash, RefEqual>;
  ByRef by_ref_;
  std::uint64_t previous_ = 0;
  std::uint64_t current_ = 0;
  std::uint64_t retracked_ = 0;

  /// Entries in the order of the last successful scrape, so that the next one can guess each series by its place.
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> next_order_;
  /// Places of the order behind which does not come the next entry.
  std::size_t jumps_ = 0;
  std::uint8_t parser_kind_ = 0;
  std::size_t cursor_ = 0;
  bool diverged_ = false;

  std::vector<std::unique_ptr<CachedMetadata>> metadata_;
  boost::unordered_flat_map<std::string_view, CachedMetadata*> by_family_;
  /// HELP, TYPE and UNIT of one family follow each other.
  CachedMetadata* last_family_ = nullptr;
};

}  // namespace stalemark
