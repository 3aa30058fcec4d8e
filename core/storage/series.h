// SPDX-License-Identifier: Apache-2.0
// What the head keeps per series, for head*.cpp only. Mirrors memSeries and memChunk (tsdb/head.go).
//
// MemSeries holds all that a commit touches, in two cache lines: the verdict and the encoder state in the first, the
// bytes being written in the second. Everything else is in SeriesDetails, which a steady scrape never reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/model/labels.h"
#include "core/storage/block_pool.h"
#include "core/storage/sample_merge.h"
#include "core/storage/xor_chunk.h"

namespace stalemark {

struct alignas(64) MemSeries {
  /// From this time on a sample starts a new chunk (HEAD-40).
  std::int64_t next_at_ms = 0;
  /// First sample of the open chunk.
  std::int64_t min_t_ms = 0;
  /// Drained bytes of the open chunk.
  BlockPool::Index first_block = BlockPool::kNone;
  BlockPool::Index last_block = BlockPool::kNone;
  std::uint32_t drained_bytes = 0;
  /// The open chunk. Its last sample is that of the series: a new chunk starts only with a sample.
  XorEncoder chunk;

  bool has_samples() const { return chunk.count() > 0; }
  std::size_t chunk_bytes() const { return drained_bytes + chunk.tail_bytes(); }
};
static_assert(sizeof(MemSeries) == 128);

/// Samples that came behind the series' last one (HEAD-04), kept as lists sorted by time, no time twice in a list.
struct OutOfOrderSamples {
  std::vector<std::vector<Sample>> full;
  std::vector<Sample> open;
};

inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFF;

struct SeriesDetails {
  Labels labels;
  /// Series with the same hash of labels: index, or kNoIndex.
  std::uint32_t next_same_hash = kNoIndex;
  std::unique_ptr<OutOfOrderSamples> out_of_order;
};

}  // namespace stalemark
