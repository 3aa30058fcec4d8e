// SPDX-License-Identifier: Apache-2.0
// The second phase of an append: samples move from the appender's buffer into chunks. Mirrors commitFloats,
// appendPreprocessor and insert (tsdb/head_append.go).
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "core/model/value.h"
#include "core/storage/chunk_end.h"
#include "core/storage/head.h"

namespace stalemark {
namespace {

/// With more bytes the next sample, 19 bytes at most, might not fit the 1,024 of a chunk.
constexpr std::size_t kChunkBytesMaxBeforeAppend = 1024 - 19;

void Prefetch(const MemSeries* series) {
  __builtin_prefetch(series, 1);
  __builtin_prefetch(reinterpret_cast<const char*>(series) + sizeof(MemSeries) / 2, 1);
}

/// What cutting needs to know of an open chunk of floats.
struct XorFloats {
  static constexpr ChunkEncoding kEncoding = ChunkEncoding::kXor;
  const MemSeries& series;
  std::uint16_t count() const { return series.chunk.count(); }
  std::size_t bytes() const { return series.chunk_bytes(); }
  /// Finishing a chunk does it.
  void Clear() const {}
};

struct Xor2Floats {
  static constexpr ChunkEncoding kEncoding = ChunkEncoding::kXor2;
  Xor2Encoder& chunk;
  std::uint16_t count() const { return chunk.count(); }
  std::size_t bytes() const { return chunk.bytes().size(); }
  void Clear() const { chunk.Clear(); }
};

}  // namespace

void Head::Commit(AppendBuffer& buffer, const Bounds& bounds) {
  CommitExemplars(buffer);
  buffer.ForEachBatch([&](const BatchEnd& begin, const BatchEnd& end) {
    markers_.Clear();
    float_markers_.Clear();
    CommitFloats(buffer, begin.samples, end.samples, bounds);
    CommitHistograms(buffer.histograms, begin.histograms, end.histograms, bounds);
    CommitHistograms(buffer.float_histograms, begin.float_histograms, end.float_histograms, bounds);
    for (std::size_t i = begin.metadata; i < end.metadata; ++i) CommitMetadata(buffer.metadata[i]);
  });
}

void Head::CommitExemplars(AppendBuffer& buffer) {
  // Whatever is refused here was accepted by Append and is dropped without a word.
  for (ExemplarRecord& record : buffer.exemplars) exemplars_.Add(record.ref, std::move(record.exemplar));
}

void Head::CommitMetadata(MetadataRecord& record) {
  DetailsOf(record.ref).Extras().metadata = std::make_unique<const Metadata>(std::move(record.metadata));
}

void Head::CommitFloats(const AppendBuffer& buffer, std::size_t begin, std::size_t end, const Bounds& bounds) {
  const std::vector<SampleRecord>& samples = buffer.samples;
  const bool start_times = encodings_.start_times();
  std::uint64_t dropped = 0;
  std::uint64_t late = 0;
  // Upstream's variable lives outside its loop: a refused sample counts the chunk of the one before again (HEAD-48).
  bool chunk_created = false;
  for (std::size_t i = begin; i < end; ++i) {
    if (i + kPrefetchAhead < end) Prefetch(Find(samples[i + kPrefetchAhead].ref));
    const SampleRecord& sample = samples[i];
    const std::int64_t st_ms = start_times ? buffer.start_times[i] : 0;
    MemSeries& series = *Find(sample.ref);
    if (!series.holds_floats() && IsStaleNaN(sample.bits)) {
      ++dropped;
      AddMarker(series, sample, st_ms);
      continue;
    }
    const Verdict verdict = Check(series, sample.t_ms, sample.bits, bounds);
    if (verdict.code != AppendCode::kOk) {
      ++dropped;
      CountRefusal(verdict.code, stats_.floats);
    } else if (verdict.out_of_order) {
      const bool inserted = InsertOutOfOrder(sample.ref, {sample.t_ms, sample.bits, nullptr, st_ms}, chunk_created);
      (inserted ? late : dropped) += 1;
    } else if (encodings_.xor2 ? AppendInOrderXor2(series, sample, st_ms, chunk_created)
                               : AppendInOrder(series, sample, chunk_created)) {
      NoteTime(sample.t_ms);
    } else {
      ++dropped;
    }
    if (chunk_created) ++stats_.chunks_created;
  }
  stats_.floats.appended += end - begin - dropped;
  stats_.floats.out_of_order_appended += late;
}

void Head::AddMarker(const MemSeries& series, const SampleRecord& sample, std::int64_t st_ms) {
  const auto add = [&sample, st_ms](auto& list) {
    auto& record = list.Add();
    record.ref = sample.ref;
    record.t_ms = sample.t_ms;
    record.st_ms = st_ms;
    record.histogram = {};
    record.histogram.sum = DoubleOf(sample.bits);
  };
  HoldsIntegerHistograms(series.encoding) ? add(markers_) : add(float_markers_);
}

void Head::NoteTime(std::int64_t t_ms) {
  min_t_ms_ = std::min(min_t_ms_, t_ms);
  max_t_ms_ = std::max(max_t_ms_, t_ms);
}

void Head::NoteStaleness(bool was_stale, bool is_stale) {
  if (was_stale != is_stale) stats_.stale_series += is_stale ? 1 : std::uint64_t{0} - 1;
}

void Head::CountRefusal(AppendCode code, SampleStats& stats) {
  if (code == AppendCode::kOutOfBounds) ++stats.out_of_bound;
  if (code == AppendCode::kOutOfOrder) ++stats.out_of_order;
  if (code == AppendCode::kTooOld) ++stats.too_old;
}

template <class Floats>
inline bool Head::CutFloats(MemSeries& series, const SampleRecord& sample, const Floats& floats, bool& chunk_created) {
  chunk_created = false;
  const auto cut = [&] {
    FinishChunk(sample.ref, series);
    floats.Clear();
    StartChunk(series, sample.t_ms);
    chunk_created = true;
  };
  if (!series.has_samples()) {
    cut();
  } else if (series.chunk.last_t_ms() >= sample.t_ms) {
    return false;
  } else if (series.encoding != Floats::kEncoding || floats.bytes() > kChunkBytesMaxBeforeAppend) {
    cut();
  }
  const std::uint16_t count = floats.count();
  if (count == options_.samples_per_chunk / 4) {
    series.next_at_ms = PredictEnd(series.min_t_ms, series.chunk.last_t_ms(), series.next_at_ms, 4);
  }
  if (sample.t_ms >= series.next_at_ms || count >= options_.samples_per_chunk * 2) cut();
  NoteStaleness(IsStaleNaN(series.chunk.last_bits()), IsStaleNaN(sample.bits));
  return true;
}

bool Head::AppendInOrder(MemSeries& series, const SampleRecord& sample, bool& chunk_created) {
  if (!CutFloats(series, sample, XorFloats{series}, chunk_created)) return false;
  series.chunk.Append(sample.t_ms, sample.bits);
  if (series.chunk.NeedsDrain()) Drain(series);
  return true;
}

bool Head::AppendInOrderXor2(MemSeries& series, const SampleRecord& sample, std::int64_t st_ms, bool& chunk_created) {
  std::unique_ptr<Xor2Encoder>& floats = DetailsOf(sample.ref).Extras().floats;
  if (floats == nullptr) floats = std::make_unique<Xor2Encoder>();
  if (!CutFloats(series, sample, Xor2Floats{*floats}, chunk_created)) return false;
  floats->Append(sample.t_ms, sample.bits, st_ms);
  series.encoding = ChunkEncoding::kXor2;
  series.chunk.SetLast(sample.t_ms, sample.bits);
  return true;
}

void Head::FinishChunk(SeriesRef ref, MemSeries& series) {
  if (!series.has_samples()) return;
  chunks_->Write(ref, OpenChunk(ref, series, chunk_scratch_));
  if (series.first_block != BlockPool::kNone) blocks_.GiveBack(series.first_block, series.last_block);
  series.first_block = series.last_block = BlockPool::kNone;
  series.drained_bytes = 0;
  series.chunk.Reset();
  series.encoding = ChunkEncoding::kXor;
}

void Head::StartChunk(MemSeries& series, std::int64_t t_ms) const {
  series.min_t_ms = t_ms;
  series.next_at_ms = RangeEnd(t_ms, options_.chunk_range_ms);
}

void Head::Drain(MemSeries& series) {
  static_assert(BlockPool::kBlockBytes % XorEncoder::kDrainBytes == 0);
  const std::size_t offset = series.drained_bytes % BlockPool::kBlockBytes;
  if (offset == 0) {
    const BlockPool::Index block = blocks_.Take();
    if (series.last_block == BlockPool::kNone) {
      series.first_block = block;
    } else {
      blocks_.Link(series.last_block, block);
    }
    series.last_block = block;
  }
  std::memcpy(blocks_.Data(series.last_block) + offset, series.chunk.tail(), XorEncoder::kDrainBytes);
  series.drained_bytes += XorEncoder::kDrainBytes;
  series.chunk.Drained();
}

bool Head::InsertOutOfOrder(SeriesRef ref, Sample sample, bool& list_created) {
  OutOfOrderSamples& late = DetailsOf(ref).Extras().out_of_order;
  const OutOfOrderSamples::Inserted inserted =
      late.Insert(std::move(sample), options_.out_of_order_samples_max, encodings_);
  list_created = inserted.list_created;
  return inserted.inserted;
}

}  // namespace stalemark
