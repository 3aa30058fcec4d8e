// SPDX-License-Identifier: Apache-2.0
// Fitting the bucket layout (spans) of a histogram to that of the chunk it goes into: which empty buckets have to be
// put into the one or the other so that both have the same. Mirrors bucketIterator, expandSpansBothWays, insert and
// adjustForInserts (tsdb/chunkenc/histogram_meta.go), expandIntSpansAndBuckets and expandFloatSpansAndBuckets.
//
// Work and memory are proportional to the number of buckets. Spans must describe as many buckets as there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/histogram.h"

namespace stalemark {

using Spans = std::vector<HistogramSpan>;

/// Empty buckets that go in front of the bucket at `position`.
struct BucketInsert {
  std::size_t position = 0;
  std::size_t count = 0;
  /// Bucket index of the first one.
  std::int64_t bucket_index = 0;
};

struct LayoutChange {
  /// Into the chunk: buckets that only the histogram has.
  std::vector<BucketInsert> forward;
  /// Into the histogram: buckets that only the chunk has.
  std::vector<BucketInsert> backward;
};

/// Sum of the lengths. 64 bits: spans may be hostile.
std::uint64_t CountBuckets(const Spans& spans);

/// Walks the bucket indexes that spans describe. Sums wrap as upstream's do.
class BucketIndexes {
 public:
  explicit BucketIndexes(const Spans& spans);
  bool Next(std::int64_t& index);

 private:
  const Spans& spans_;
  std::size_t span_ = 0;
  /// Of the last bucket, within its span.
  std::int64_t bucket_ = -1;
  std::int64_t index_ = -1;
};

/// Collects inserts while two layouts are compared from the left.
class InsertStreak {
 public:
  explicit InsertStreak(std::vector<BucketInsert>& out) : out_(out) {}
  /// One more bucket is missing here. A gap in the indexes begins another insert.
  void Add(std::int64_t index);
  /// The bucket at the current position is passed.
  void Advance();
  void Finish();

 private:
  std::vector<BucketInsert>& out_;
  BucketInsert open_;
};

/// What makes the layouts `chunk` and `histogram` equal, when the histogram continues the chunk's counter. False: a
/// bucket shrank or a used one is gone, a counter reset. `old_counts` and `new_counts` give the absolute counts of the
/// buckets, in order, one per call.
template <class OldCounts, class NewCounts>
bool FitCounters(const Spans& chunk, const Spans& histogram, OldCounts old_counts, NewCounts new_counts,
                 LayoutChange& change);

/// The same for gauges: nothing is a reset. `merged` gets the layout that both have then.
void FitGauges(const Spans& chunk, const Spans& histogram, LayoutChange& change, Spans& merged);

/// Spans with the inserted buckets.
Spans WithInserts(const Spans& spans, const std::vector<BucketInsert>& inserts);

/// Buckets with the inserted ones; deltas (integers) are adjusted so that inserted buckets are 0.
std::vector<std::int64_t> WithInserts(const std::vector<std::int64_t>& deltas,
                                      const std::vector<BucketInsert>& inserts);
std::vector<double> WithInserts(const std::vector<double>& counts, const std::vector<BucketInsert>& inserts);

// ---- template ----

template <class OldCounts, class NewCounts>
bool FitCounters(const Spans& chunk, const Spans& histogram, OldCounts old_counts, NewCounts new_counts,
                 LayoutChange& change) {
  BucketIndexes old_indexes(chunk);
  BucketIndexes new_indexes(histogram);
  InsertStreak forward(change.forward);
  InsertStreak backward(change.backward);
  std::int64_t old_index = 0;
  std::int64_t new_index = 0;
  bool has_old = old_indexes.Next(old_index);
  bool has_new = new_indexes.Next(new_index);
  auto old_count = has_old ? old_counts() : 0;
  auto new_count = has_new ? new_counts() : 0;
  const auto advance_old = [&] {
    forward.Advance();
    has_old = old_indexes.Next(old_index);
    if (has_old) old_count = old_counts();
  };
  const auto advance_new = [&] {
    backward.Advance();
    has_new = new_indexes.Next(new_index);
    if (has_new) new_count = new_counts();
  };
  while (has_old || has_new) {
    if (has_old && has_new && old_index == new_index) {
      if (old_count > new_count) return false;
      advance_old();
      advance_new();
    } else if (has_old && (!has_new || old_index < new_index)) {
      // Only an unused bucket may be missing.
      if (old_count != 0) return false;
      backward.Add(old_index);
      advance_old();
    } else {
      forward.Add(new_index);
      advance_new();
    }
  }
  forward.Finish();
  backward.Finish();
  return true;
}

}  // namespace stalemark
