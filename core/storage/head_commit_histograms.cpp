// SPDX-License-Identifier: Apache-2.0
// The second phase of an append of histograms. Mirrors commitHistograms, commitFloatHistograms, appendHistogram and
// histogramsAppendPreprocessor (tsdb/head_append.go).
#include <memory>
#include <type_traits>
#include <utility>

#include "core/model/value.h"
#include "core/storage/chunk_end.h"
#include "core/storage/head.h"

namespace stalemark {
namespace {

constexpr std::size_t kTargetBytes = 1024;
constexpr std::size_t kSamplesMin = 10;

template <class H>
ChunkEncoding EncodingOf(const ChunkEncodings& encodings) {
  return std::is_same_v<H, Histogram> ? encodings.histograms() : encodings.float_histograms();
}

template <class H>
OpenHistograms<H>& OpenAs(HistogramChunkState& state, bool keep_start_times) {
  if (auto* open = std::get_if<OpenHistograms<H>>(&state.open)) return *open;
  return state.open.emplace<OpenHistograms<H>>(keep_start_times);
}

}  // namespace

template <class H>
void Head::CommitHistograms(RecycledList<HistogramRecord<H>>& records, std::size_t begin, std::size_t end,
                            const Bounds& bounds) {
  RecycledList<HistogramRecord<H>>& markers = MarkersOf(H{});
  const std::size_t own = end - begin;
  std::uint64_t dropped = 0;
  std::uint64_t late = 0;
  // As in CommitFloats (HEAD-48).
  bool chunk_created = false;
  for (std::size_t i = 0; i < own + markers.size(); ++i) {
    HistogramRecord<H>& record = i < own ? records[begin + i] : markers[i - own];
    MemSeries& series = *Find(record.ref);
    const Verdict verdict = Check(series, record.ref, record.t_ms, record.histogram, bounds);
    if (verdict.code != AppendCode::kOk) {
      ++dropped;
      // Upstream forgets to add these two up.
      const bool counted = verdict.code != AppendCode::kOutOfBounds && verdict.code != AppendCode::kTooOld;
      if (counted) CountRefusal(verdict.code, stats_.histograms);
    } else if (verdict.out_of_order) {
      Sample sample{record.t_ms, BitsOf(record.histogram.sum), std::make_shared<const HistogramValue>(record.histogram),
                    record.st_ms};
      const bool inserted = InsertOutOfOrder(record.ref, std::move(sample), chunk_created);
      (inserted ? late : dropped) += 1;
    } else if (AppendInOrder(series, record, chunk_created)) {
      NoteTime(record.t_ms);
    } else {
      ++dropped;
      CountRefusal(AppendCode::kOutOfOrder, stats_.histograms);
    }
    if (chunk_created) ++stats_.chunks_created;
  }
  stats_.histograms.appended += own + markers.size() - dropped;
  stats_.histograms.out_of_order_appended += late;
}

bool Head::MustCutHistograms(MemSeries& series, HistogramChunkState& state, std::size_t count, std::size_t bytes,
                             std::int64_t t_ms) const {
  const std::int64_t range_end =
      state.end_predicted ? RangeEnd(series.min_t_ms, options_.chunk_range_ms) : series.next_at_ms;
  if (!state.end_predicted && bytes >= kTargetBytes / 4) {
    const double ratio = static_cast<double>(kTargetBytes) / static_cast<double>(bytes);
    series.next_at_ms = PredictEnd(series.min_t_ms, series.chunk.last_t_ms(), series.next_at_ms, ratio);
    state.end_predicted = true;
  }
  const bool full = t_ms >= series.next_at_ms || bytes >= kTargetBytes * 2;
  return full && (count >= kSamplesMin || t_ms >= range_end);
}

template <class H>
bool Head::AppendInOrder(MemSeries& series, HistogramRecord<H>& record, bool& chunk_created) {
  chunk_created = false;
  if (series.has_samples() && series.chunk.last_t_ms() >= record.t_ms) return false;
  std::unique_ptr<HistogramChunkState>& slot = DetailsOf(record.ref).Extras().histograms;
  if (slot == nullptr) slot = std::make_unique<HistogramChunkState>(encodings_.histogram_start_times);
  HistogramChunkState& state = *slot;

  const ChunkEncoding encoding = EncodingOf<H>(encodings_);
  const bool other_encoding = series.encoding != encoding;
  if (other_encoding) FinishChunk(record.ref, series);
  OpenHistograms<H>& open = OpenAs<H>(state, encodings_.histogram_start_times);
  if (other_encoding) open.chunk.Clear();
  const bool cut =
      other_encoding || MustCutHistograms(series, state, open.chunk.count(), open.chunk.bytes().size(), record.t_ms);
  if (cut) {
    FinishChunk(record.ref, series);
    open.chunk.StartCut(record.t_ms, record.histogram, record.st_ms);
    // Upstream leaves it when the histogram itself starts a chunk, as below.
    state.end_predicted = false;
    chunk_created = true;
  } else if (open.chunk.Append(record.t_ms, record.histogram, record.st_ms) == HistogramEncoder<H>::Step::kNew) {
    FinishChunk(record.ref, series);
    open.chunk.StartNext(record.t_ms, record.histogram, record.st_ms);
    chunk_created = true;
  }
  if (chunk_created) StartChunk(series, record.t_ms);
  series.encoding = encoding;

  const std::uint64_t marker = record.histogram.IsStale() ? kStaleNaN : 0;
  NoteStaleness(IsStaleNaN(series.chunk.last_bits()), IsStaleNaN(marker));
  series.chunk.SetLast(record.t_ms, marker);
  // The record's memory is reused with the buffer.
  std::swap(open.last, record.histogram);
  return true;
}

template void Head::CommitHistograms(RecycledList<HistogramRecord<Histogram>>& records, std::size_t begin,
                                     std::size_t end, const Bounds& bounds);
template void Head::CommitHistograms(RecycledList<HistogramRecord<FloatHistogram>>& records, std::size_t begin,
                                     std::size_t end, const Bounds& bounds);

}  // namespace stalemark
