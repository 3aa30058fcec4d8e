// SPDX-License-Identifier: Apache-2.0
// The second phase of an append: samples move from the appender's buffer into chunks. Mirrors commitFloats,
// appendPreprocessor and insert (tsdb/head_append.go).
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "core/model/number.h"
#include "core/model/value.h"
#include "core/storage/head.h"

namespace stalemark {
namespace {

/// With more bytes the next sample, 19 bytes at most, might not fit the 1,024 of a chunk.
constexpr std::size_t kChunkBytesMaxBeforeAppend = 1024 - 19;
/// End of the chunk range that `t_ms` lies in. Truncates towards zero, as upstream does.
std::int64_t RangeEnd(std::int64_t t_ms, std::int64_t range_ms) {
  const auto start = static_cast<std::uint64_t>(t_ms / range_ms) * static_cast<std::uint64_t>(range_ms);
  return static_cast<std::int64_t>(start + static_cast<std::uint64_t>(range_ms));
}

/// Assumes that a quarter of the chunk is full: spreads the chunks to come evenly over the rest of the range.
std::int64_t PredictEnd(std::int64_t start, std::int64_t last, std::int64_t range_end) {
  const auto wrapping_double = [](std::uint64_t difference) {
    return static_cast<double>(static_cast<std::int64_t>(difference));
  };
  const double rest = wrapping_double(static_cast<std::uint64_t>(range_end) - static_cast<std::uint64_t>(start));
  const double passed = wrapping_double(static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(start) + 1);
  const double chunks = rest / (passed * 4);
  if (chunks <= 1) return range_end;
  return Int64FromDouble(static_cast<double>(start) + rest / std::floor(chunks));
}

void Prefetch(const MemSeries* series) {
  __builtin_prefetch(series, 1);
  __builtin_prefetch(reinterpret_cast<const char*>(series) + sizeof(MemSeries) / 2, 1);
}

}  // namespace

void Head::CommitSamples(const AppendBuffer& buffer, const Bounds& bounds) {
  const std::vector<SampleRecord>& samples = buffer.samples;
  std::uint64_t dropped = 0;
  std::uint64_t late = 0;
  // Upstream's variable lives outside its loop: a refused sample counts the chunk of the one before again (HEAD-48).
  bool chunk_created = false;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i + kPrefetchAhead < samples.size()) Prefetch(Find(samples[i + kPrefetchAhead].ref));
    const SampleRecord& sample = samples[i];
    MemSeries& series = *Find(sample.ref);
    const Verdict verdict = Check(series, sample.t_ms, sample.bits, bounds);
    if (verdict.code != AppendCode::kOk) {
      ++dropped;
      CountRefusal(verdict.code);
    } else if (verdict.out_of_order) {
      const bool inserted = InsertOutOfOrder(sample, chunk_created);
      (inserted ? late : dropped) += 1;
    } else if (AppendInOrder(series, sample, chunk_created)) {
      min_t_ms_ = std::min(min_t_ms_, sample.t_ms);
      max_t_ms_ = std::max(max_t_ms_, sample.t_ms);
    } else {
      ++dropped;
    }
    if (chunk_created) ++stats_.chunks_created;
  }
  stats_.samples_appended += samples.size() - dropped;
  stats_.out_of_order_samples_appended += late;
}

void Head::CountRefusal(AppendCode code) {
  if (code == AppendCode::kOutOfBounds) ++stats_.out_of_bound_samples;
  if (code == AppendCode::kOutOfOrder) ++stats_.out_of_order_samples;
  if (code == AppendCode::kTooOld) ++stats_.too_old_samples;
}

bool Head::AppendInOrder(MemSeries& series, const SampleRecord& sample, bool& chunk_created) {
  chunk_created = false;
  const auto cut = [&] {
    StartChunk(sample.ref, series, sample.t_ms);
    chunk_created = true;
  };
  if (!series.has_samples()) {
    cut();
  } else if (series.chunk.last_t_ms() >= sample.t_ms) {
    return false;
  } else if (series.chunk_bytes() > kChunkBytesMaxBeforeAppend) {
    cut();
  }
  const std::uint16_t count = series.chunk.count();
  if (count == options_.samples_per_chunk / 4) {
    series.next_at_ms = PredictEnd(series.min_t_ms, series.chunk.last_t_ms(), series.next_at_ms);
  }
  if (sample.t_ms >= series.next_at_ms || count >= options_.samples_per_chunk * 2) cut();

  const bool was_stale = IsStaleNaN(series.chunk.last_bits());
  const bool is_stale = IsStaleNaN(sample.bits);
  if (was_stale != is_stale) stats_.stale_series += is_stale ? 1 : std::uint64_t{0} - 1;
  series.chunk.Append(sample.t_ms, sample.bits);
  if (series.chunk.NeedsDrain()) Drain(series);
  return true;
}

void Head::StartChunk(SeriesRef ref, MemSeries& series, std::int64_t t_ms) {
  if (series.has_samples()) {
    chunks_->Write(ref, OpenChunk(series, chunk_scratch_));
    if (series.first_block != BlockPool::kNone) blocks_.GiveBack(series.first_block, series.last_block);
    series.first_block = series.last_block = BlockPool::kNone;
    series.drained_bytes = 0;
    series.chunk.Reset();
  }
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

bool Head::InsertOutOfOrder(const SampleRecord& sample, bool& list_created) {
  std::unique_ptr<OutOfOrderSamples>& late = details_[static_cast<std::size_t>(sample.ref) - 1].out_of_order;
  list_created = late == nullptr || late->open.size() == options_.out_of_order_samples_max;
  if (late == nullptr) {
    late = std::make_unique<OutOfOrderSamples>();
  } else if (list_created) {
    late->full.push_back(std::exchange(late->open, {}));
  }
  std::vector<Sample>& open = late->open;
  const auto at = std::lower_bound(open.begin(), open.end(), sample.t_ms,
                                   [](const Sample& a, std::int64_t t_ms) { return a.t_ms < t_ms; });
  if (at != open.end() && at->t_ms == sample.t_ms) return false;
  open.insert(at, {sample.t_ms, sample.bits});
  return true;
}

}  // namespace stalemark
