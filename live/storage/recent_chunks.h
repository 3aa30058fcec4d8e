// SPDX-License-Identifier: Apache-2.0
// RecentChunks: full chunks of the last hours, in memory. Upstream's head hands its chunks to blocks on disk and
// forgets those older than three hours; here they are gone once they end a retention before the newest one. What stays
// is bounded by the retention (docs/guides/live.md).
//
// Single-threaded. Of one series the oldest chunks go first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/seams/time.h"
#include "core/storage/chunk_sink.h"

namespace stalemark {

class RecentChunks final : public ChunkSink {
 public:
  explicit RecentChunks(Nanoseconds retention)
      : retention_ms_(std::chrono::duration_cast<std::chrono::milliseconds>(retention).count()) {}

  void Write(SeriesRef ref, const ChunkView& chunk) override;
  void Visit(SeriesRef ref, const ChunkVisitor& visit) const override;
  std::size_t chunk_count() const { return written_.size(); }
  /// Of the chunks' bytes, without what keeps them.
  std::size_t bytes() const { return bytes_; }

 private:
  /// Chunks are numbered from 1 in the order in which they were written.
  using Number = std::uint64_t;
  struct Stored {
    ChunkView chunk;
    std::string bytes;
    SeriesRef ref;
    /// Of the same series; 0: none yet.
    Number next;
  };
  /// The oldest and the newest chunk of a series.
  struct Chain {
    Number first = 0;
    Number last = 0;
  };

  Stored& At(Number number) { return written_[static_cast<std::size_t>(number - oldest_)]; }
  const Stored& At(Number number) const { return written_[static_cast<std::size_t>(number - oldest_)]; }
  void DropOld();

  const std::int64_t retention_ms_;
  /// Of series that have chunks. Only looked up, never walked.
  boost::unordered_flat_map<std::uint64_t, Chain> chains_;
  /// Oldest first.
  std::deque<Stored> written_;
  /// Number of the first of them.
  Number oldest_ = 1;
  std::int64_t newest_ms_ = std::numeric_limits<std::int64_t>::min();
  std::size_t bytes_ = 0;
};

}  // namespace stalemark
