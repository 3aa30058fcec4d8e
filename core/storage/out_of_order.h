// SPDX-License-Identifier: Apache-2.0
// Samples of a series that came behind its last one (HEAD-04). Mirrors OOOChunk (tsdb/ooo_head.go) and insert
// (tsdb/head_append.go).
//
// They are collected in a list sorted by time, no time twice in a list. A full list is encoded into chunks, one per run
// of samples that fit one, and a new list begins; lists may overlap each other and the series' chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/storage/chunk_sink.h"
#include "core/storage/sample.h"
#include "core/storage/sample_merge.h"

namespace stalemark {

class OutOfOrderSamples {
 public:
  bool empty() const { return open_.empty(); }
  /// Whether all of them, if there are any, lie before that time.
  bool AllBefore(std::int64_t t_ms) const;
  struct Inserted {
    bool inserted = false;
    /// The sample began a list.
    bool list_created = false;
  };
  /// Not inserted: the open list has that time already. `samples_max`: of a list.
  Inserted Insert(Sample sample, std::size_t samples_max, const ChunkEncodings& encodings);
  /// Appends a run for each chunk that lies in the range, in the order in which a query sees them.
  void AddRuns(const TimeRange& range, const ChunkEncodings& encodings, std::vector<SampleRun>& runs) const;

 private:
  struct StoredChunk {
    /// Without its bytes.
    ChunkView chunk;
    std::string bytes;
  };
  /// Oldest first.
  std::vector<StoredChunk> full_;
  std::vector<Sample> open_;
};

using ChunkWriter = std::function<void(const ChunkView& chunk)>;

/// Encodes samples that are sorted by time, in as few chunks as their kinds allow (ToEncodedChunks).
void EncodeChunks(const std::vector<Sample>& samples, const ChunkEncodings& encodings, const ChunkWriter& write);

/// Samples of a chunk. A broken chunk gives those before the break.
std::vector<Sample> DecodeChunk(const ChunkView& chunk);

}  // namespace stalemark
