// SPDX-License-Identifier: Apache-2.0
// RecentChunks: full chunks of the last hours, in memory. Upstream's head hands its chunks to blocks on disk and
// forgets those older than three hours; here they are gone once they end a retention before the newest one. What stays
// is bounded by the retention; the series themselves stay as long as the head (docs/guides/live.md).
//
// Single-threaded. Of one series the oldest chunks go first.
#pragma once

#include <deque>
#include <limits>
#include <string>
#include <vector>

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
  struct Stored {
    ChunkView chunk;
    std::string bytes;
  };

  void DropOld();

  const std::int64_t retention_ms_;
  /// Index: reference. Oldest first.
  std::vector<std::deque<Stored>> chains_;
  /// Whose chunk was written when; oldest first.
  std::deque<SeriesRef> written_;
  std::int64_t newest_ms_ = std::numeric_limits<std::int64_t>::min();
  std::size_t bytes_ = 0;
};

}  // namespace stalemark
