// SPDX-License-Identifier: Apache-2.0
// What the head keeps per series, for head*.cpp only. Mirrors memSeries and memChunk (tsdb/head.go).
//
// MemSeries holds all that a commit of floats touches, in two cache lines: the verdict and the encoder state in the
// first, the bytes being written in the second. Everything else is in SeriesDetails, which a steady scrape of floats
// never reads; what few series have lies behind one pointer there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/storage/block_pool.h"
#include "core/storage/histogram_chunk.h"
#include "core/storage/out_of_order.h"
#include "core/storage/series_index.h"
#include "core/storage/xor2_chunk.h"
#include "core/storage/xor_chunk.h"

namespace stalemark {

struct alignas(64) MemSeries {
  /// From this time on a sample starts a new chunk (HEAD-40, HEAD-41).
  std::int64_t next_at_ms = 0;
  /// First sample of the open chunk.
  std::int64_t min_t_ms = 0;
  /// Drained bytes of the open chunk.
  BlockPool::Index first_block = BlockPool::kNone;
  BlockPool::Index last_block = BlockPool::kNone;
  std::uint32_t drained_bytes = 0;
  /// Of the open chunk, and so of the last sample.
  ChunkEncoding encoding = ChunkEncoding::kXor;
  /// By RemoveBefore: the reference means nothing any more.
  bool removed = false;
  /// The open chunk. Its last sample is that of the series: a new chunk starts only with a sample. Empty while the open
  /// chunk is of another encoding (SeriesExtras); it then only remembers the last time and value.
  XorEncoder chunk;

  bool holds_floats() const { return HoldsFloats(encoding); }
  bool has_samples() const { return chunk.count() > 0 || encoding != ChunkEncoding::kXor; }
  std::size_t chunk_bytes() const { return drained_bytes + chunk.tail_bytes(); }
};
static_assert(sizeof(MemSeries) == 128);

/// The open chunk of one kind of histogram, and its last sample as the chunk has it.
template <class H>
struct OpenHistograms {
  explicit OpenHistograms(bool keep_start_times) : chunk(keep_start_times) {}
  HistogramEncoder<H> chunk;
  H last;
};

struct HistogramChunkState {
  explicit HistogramChunkState(bool keep_start_times)
      : open(std::in_place_type<OpenHistograms<Histogram>>, keep_start_times) {}
  std::variant<OpenHistograms<Histogram>, OpenHistograms<FloatHistogram>> open;
  /// HEAD-41: done once per chunk.
  bool end_predicted = false;
};

struct SeriesExtras {
  OutOfOrderSamples out_of_order;
  /// Stays, with its memory, when floats follow.
  std::unique_ptr<HistogramChunkState> histograms;
  /// Floats with start times; stays, too.
  std::unique_ptr<Xor2Encoder> floats;
  std::unique_ptr<const Metadata> metadata;
};

struct SeriesDetails {
  Labels labels;
  /// For SeriesIndex.
  std::uint32_t next_same_hash = SeriesIndex::kNone;
  std::unique_ptr<SeriesExtras> extras;

  SeriesExtras& Extras() {
    if (extras == nullptr) extras = std::make_unique<SeriesExtras>();
    return *extras;
  }
};

}  // namespace stalemark
