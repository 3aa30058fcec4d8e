// SPDX-License-Identifier: Apache-2.0
// Head: the in-memory database of recent samples. Mirrors tsdb/head.go, head_append.go and head_append_v2.go: HEAD-01
// to HEAD-49 of the specification.
//
// An appender checks each sample against committed state and buffers it; Commit writes the WAL records, then checks
// again and appends to the chunks (HEAD-20, HEAD-21). Commits complete inside the call. Full chunks go to a ChunkSink
// and are read back from it; labels, series and out-of-order samples stay here until RemoveBefore.
// Chunks keep start times only in the encodings that options ask for (HEAD-49); a query gives them back with the
// samples, in-order and out-of-order. The second log of out-of-order samples (WAL-21) is not written.
//
// Single-threaded. Appenders and sinks must not outlive, respectively be outlived by, the head. References count
// from 1 and are not used again for another series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/seams/appendable.h"
#include "core/storage/append_buffer.h"
#include "core/storage/block_pool.h"
#include "core/storage/chunk_sink.h"
#include "core/storage/exemplar_ring.h"
#include "core/storage/querier.h"
#include "core/storage/sample.h"
#include "core/storage/series.h"
#include "core/storage/series_index.h"
#include "core/storage/slab_vector.h"
#include "core/storage/wal.h"

namespace stalemark {

class HeadAppender;

struct HeadOptions {
  /// Chunks end at multiples of it; samples older than half of it behind the newest are out of bounds (HEAD-02).
  std::int64_t chunk_range_ms = 7'200'000;
  /// 0: out-of-order samples are refused.
  std::int64_t out_of_order_window_ms = 0;
  /// Samples of one out-of-order list.
  std::size_t out_of_order_samples_max = 32;
  std::uint16_t samples_per_chunk = 120;
  /// Of all series together (HEAD-33). 0: exemplars are ignored.
  std::size_t max_exemplars = 0;
  /// A sample with a start time is preceded by a zero at that time (HEAD-32).
  bool st_zero_samples = false;
  /// Metadata of series is kept (HEAD-34).
  bool metadata = false;
  /// Chunks of floats are XOR2 and keep start times (HEAD-42, HEAD-49).
  bool xor2 = false;
  /// Chunks of histograms keep start times.
  bool histogram_st_encoding = false;
  /// The log keeps start times, which a head allows only with xor2: it is implied. Says nothing about histograms.
  bool st_storage = false;
};

struct HeadSinks {
  /// Null: nothing is logged.
  WalSink* wal = nullptr;
  /// Null: the head keeps full chunks itself.
  ChunkSink* chunks = nullptr;
};

/// Values with the label `type`, of one kind of sample (HEAD-15); the comment is the rest of the name.
struct SampleStats {
  std::uint64_t appended = 0;               ///< head_samples_appended_total
  std::uint64_t out_of_order_appended = 0;  ///< head_out_of_order_samples_appended_total
  std::uint64_t out_of_bound = 0;           ///< out_of_bound_samples_total
  std::uint64_t out_of_order = 0;           ///< out_of_order_samples_total
  std::uint64_t too_old = 0;                ///< too_old_samples_total
};

/// The `prometheus_tsdb_*` values (HEAD-15); the comment is the rest of the name.
struct HeadStats {
  std::uint64_t series_created = 0;            ///< head_series_created_total
  std::uint64_t series_removed = 0;            ///< head_series_removed_total
  std::uint64_t stale_series = 0;              ///< head_stale_series
  std::uint64_t chunks_created = 0;            ///< head_chunks_created_total
  std::uint64_t active_appenders = 0;          ///< head_active_appenders
  SampleStats floats;                          ///< type=float
  SampleStats histograms;                      ///< type=histogram
  std::uint64_t out_of_order_delta_count = 0;  ///< sample_ooo_delta_count
  double out_of_order_delta_sum_seconds = 0;   ///< sample_ooo_delta_sum
};

/// One series as a query over all time returns it. Valid during the visit.
struct SeriesView {
  SeriesRef ref = kNoSeries;
  const Labels& labels;
  const std::vector<Sample>& samples;
};

class Head final : public Appendable, public Queryable {
 public:
  explicit Head(const HeadOptions& options = {}, const HeadSinks& sinks = {});
  ~Head() override;
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;

  std::unique_ptr<Appender> NewAppender(const AppenderContext& context) override;

  /// Removes all series without a sample, in order or late, from that time on, and returns them; older samples are out
  /// of bounds from now on (HEAD-02). Mirrors truncateMemory and gc of tsdb/head.go. A sample that comes under a
  /// removed reference is appended to a series of its labels (CACHE-11). Exemplars stay until newer ones displace them.
  /// Requires: !HasPendingAppends().
  std::vector<SeriesRef> RemoveBefore(std::int64_t t_ms);
  /// Whether a transaction holds what it would commit. An appender that only waits for its scrape holds nothing.
  bool HasPendingAppends() const;

  // ---- reading back ----
  /// `head_series`.
  std::size_t series_count() const { return series_.size() - static_cast<std::size_t>(stats_.series_removed); }
  bool Has(SeriesRef ref) const { return const_cast<Head*>(this)->Find(ref) != nullptr; }
  /// All series, also those without samples, in the order in which they were created.
  std::vector<SeriesRef> SeriesByRef() const;
  /// The same in the order of their labels.
  std::vector<SeriesRef> SeriesByLabels() const;
  /// Requires, as all that follow: Has(ref). Valid until the series is removed.
  const Labels& LabelsOf(SeriesRef ref) const;
  /// In-order and out-of-order samples of a series, merged.
  std::vector<Sample> Samples(SeriesRef ref, const TimeRange& range = {}) const;
  /// Series of which a chunk overlaps the range, also when no sample lies in it (READ-03).
  SelectResult Select(const TimeRange& range, const std::vector<Matcher>& matchers) const override;
  /// Exemplars of a series, oldest time first. The pointers are valid until the next commit.
  std::vector<const Exemplar*> Exemplars(SeriesRef ref) const { return exemplars_.Of(ref); }
  /// What the last commit with metadata for the series said; null: none.
  const Metadata* MetadataOf(SeriesRef ref) const;
  /// In-order chunks of a series, oldest first, the open one last.
  void VisitChunks(SeriesRef ref, const ChunkVisitor& visit) const;
  /// SeriesByLabels, each with its samples.
  void ForEachSeries(const std::function<void(const SeriesView& series)>& visit) const;

  /// Smallest and largest time of in-order samples (HEAD-25, HEAD-01); absent: nothing was ever appended.
  std::optional<std::int64_t> min_t_ms() const;
  std::optional<std::int64_t> max_t_ms() const;
  const HeadStats& stats() const { return stats_; }
  const ExemplarRing& exemplars() const { return exemplars_; }
  /// Heap memory of series, open chunks and the index from hashes, without labels and full chunks.
  std::size_t series_memory_bytes() const;

 private:
  friend class HeadAppender;
  /// An appender's view of the head, taken at once (HEAD-01).
  struct Bounds {
    std::int64_t min_valid_t_ms;
    std::int64_t max_t_ms;
  };
  /// HEAD-04.
  struct Verdict {
    AppendCode code = AppendCode::kOk;
    bool out_of_order = false;
    /// How far the sample lies behind the head's newest; meant only with out_of_order or an error.
    std::int64_t delta_ms = 0;
  };

  /// About one memory latency of work.
  static constexpr std::size_t kPrefetchAhead = 16;

  bool initialized() const { return min_t_ms_ != std::numeric_limits<std::int64_t>::max(); }
  void InitTime(std::int64_t t_ms);
  Bounds TakeBounds() const;
  /// Null when no series has that reference.
  MemSeries* Find(SeriesRef ref) {
    MemSeries* const series = series_.Find(static_cast<std::uint64_t>(ref) - 1);
    return series == nullptr || series->removed ? nullptr : series;
  }
  /// Asks for the memory that the verdict on a series some references on needs: scrapes name series in the order in
  /// which they created them.
  void PrefetchAfter(SeriesRef ref) const {
    __builtin_prefetch(series_.Find(static_cast<std::uint64_t>(ref) + kPrefetchAhead));
  }
  /// Of RemoveBefore.
  bool EndsBefore(SeriesRef ref, std::int64_t t_ms) const;
  void Remove(SeriesRef ref);
  /// Gives back what was 512 series, if all of them were removed.
  void ReleaseIfEmpty(std::size_t slab);
  /// Requires: labels as HEAD-11 leaves them. Notes in `created` what it created (HEAD-10).
  SeriesRef GetOrCreate(const Labels& labels, std::vector<SeriesRef>& created);
  SeriesDetails& DetailsOf(SeriesRef ref) { return details_[static_cast<std::size_t>(ref) - 1]; }
  const SeriesDetails& DetailsOf(SeriesRef ref) const { return details_[static_cast<std::size_t>(ref) - 1]; }

  /// The usual case of Check, which answers kOk.
  static bool IsNewest(const MemSeries& series, std::int64_t t_ms, const Bounds& bounds) {
    const bool newest = !series.has_samples() || t_ms > series.chunk.last_t_ms();
    return newest && t_ms >= bounds.min_valid_t_ms;
  }
  Verdict Check(const MemSeries& series, std::int64_t t_ms, std::uint64_t bits, const Bounds& bounds) const {
    if (IsNewest(series, t_ms, bounds)) return {};
    return CheckNotNewest(series, t_ms, series.holds_floats() && bits == series.chunk.last_bits(), bounds);
  }
  /// Of a histogram, whose series has that reference.
  template <class H>
  Verdict Check(const MemSeries& series, SeriesRef ref, std::int64_t t_ms, const H& histogram,
                const Bounds& bounds) const;
  Verdict CheckNotNewest(const MemSeries& series, std::int64_t t_ms, bool same_value, const Bounds& bounds) const;
  static void CountRefusal(AppendCode code, SampleStats& stats);

  /// Writes the records of one transaction (WAL-10).
  Status Log(const AppendBuffer& buffer);
  void Commit(AppendBuffer& buffer, const Bounds& bounds);
  void CommitExemplars(AppendBuffer& buffer);
  /// The samples from `begin` on, before `end`.
  void CommitFloats(const AppendBuffer& buffer, std::size_t begin, std::size_t end, const Bounds& bounds);
  template <class H>
  void CommitHistograms(RecycledList<HistogramRecord<H>>& records, std::size_t begin, std::size_t end,
                        const Bounds& bounds);
  void CommitMetadata(MetadataRecord& record);
  /// Notes the marker of a float for the list of its series' histograms (HEAD-30).
  void AddMarker(const MemSeries& series, const SampleRecord& sample, std::int64_t st_ms);
  RecycledList<HistogramRecord<Histogram>>& MarkersOf(const Histogram&) { return markers_; }
  RecycledList<HistogramRecord<FloatHistogram>>& MarkersOf(const FloatHistogram&) { return float_markers_; }
  void NoteTime(std::int64_t t_ms);
  void NoteStaleness(bool was_stale, bool is_stale);

  /// False: the series has reached that time already (HEAD-07, HEAD-22).
  bool AppendInOrder(MemSeries& series, const SampleRecord& sample, bool& chunk_created);
  /// The same for chunks that keep start times.
  bool AppendInOrderXor2(MemSeries& series, const SampleRecord& sample, std::int64_t st_ms, bool& chunk_created);
  /// HEAD-40; for either of them. False: as they.
  template <class Floats>
  bool CutFloats(MemSeries& series, const SampleRecord& sample, const Floats& floats, bool& chunk_created);
  template <class H>
  bool AppendInOrder(MemSeries& series, HistogramRecord<H>& record, bool& chunk_created);
  /// HEAD-41.
  bool MustCutHistograms(MemSeries& series, HistogramChunkState& state, std::size_t count, std::size_t bytes,
                         std::int64_t t_ms) const;
  /// False: the open list has that time already.
  bool InsertOutOfOrder(SeriesRef ref, Sample sample, bool& list_created);
  /// Hands the open chunk, if it has samples, to the sink.
  void FinishChunk(SeriesRef ref, MemSeries& series);
  /// Starts a chunk at `t_ms`; the one before is finished.
  void StartChunk(MemSeries& series, std::int64_t t_ms) const;
  void Drain(MemSeries& series);
  /// Requires: the series has samples. `bytes` holds what the view shows of a chunk of floats.
  ChunkView OpenChunk(SeriesRef ref, const MemSeries& series, std::string& bytes) const;
  /// False: no chunk overlaps the range.
  bool ReadSamples(SeriesRef ref, const TimeRange& range, std::vector<Sample>& samples) const;
  void AddRuns(SeriesRef ref, const TimeRange& range, std::vector<SampleRun>& runs) const;

  AppendBuffer TakeBuffer();
  void GiveBack(AppendBuffer buffer);

  const HeadOptions options_;
  const ChunkEncodings encodings_;
  WalSink* const wal_;
  std::unique_ptr<ChunkSink> own_chunks_;
  ChunkSink* const chunks_;

  static constexpr std::size_t kSlabSeries = 512;
  static std::size_t SlabOf(SeriesRef ref) { return (static_cast<std::size_t>(ref) - 1) / kSlabSeries; }
  /// Index: reference - 1.
  SlabVector<MemSeries, kSlabSeries> series_;
  SlabVector<SeriesDetails, kSlabSeries> details_;
  SeriesIndex index_;
  BlockPool blocks_;

  std::int64_t min_t_ms_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_t_ms_ = std::numeric_limits<std::int64_t>::min();
  /// What RemoveBefore removed.
  std::int64_t removed_before_ms_ = std::numeric_limits<std::int64_t>::min();
  HeadStats stats_;
  ExemplarRing exemplars_;
  /// Markers of floats that became markers of histograms at commit (HEAD-30).
  RecycledList<HistogramRecord<Histogram>> markers_;
  RecycledList<HistogramRecord<FloatHistogram>> float_markers_;

  /// All that exist.
  std::vector<const HeadAppender*> appenders_;
  std::vector<AppendBuffer> spare_buffers_;
  std::vector<SeriesRecord> series_records_;
  RecordBuffer record_;
  std::string chunk_scratch_;
};

}  // namespace stalemark
