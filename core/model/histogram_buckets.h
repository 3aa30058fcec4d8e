// SPDX-License-Identifier: Apache-2.0
// What the sources of histogram.h share: buckets of both kinds read as absolute counts, and a walk over the buckets of
// one side with their indexes. Indexes and integer counts wrap, as Go's do, so that no exposed number is undefined.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/model/float_arithmetic.h"
#include "core/model/histogram.h"

namespace stalemark::histogram_internal {

inline std::int32_t WrappingAdd(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
inline std::int64_t WrappingAdd(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
inline std::int64_t WrappingSubtract(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

/// Sum of two absolute counts.
inline std::int64_t AddCounts(std::int64_t a, std::int64_t b) {
  return WrappingAdd(a, b);
}
inline double AddCounts(double a, double b) {
  return AddFloats(a, b);
}

/// Reads a bucket list from its start: stored numbers to absolute counts.
class CountReader {
 public:
  std::int64_t Read(std::int64_t stored) { return last_ = WrappingAdd(last_, stored); }
  double Read(double stored) { return stored; }

 private:
  std::int64_t last_ = 0;
};

/// The other way, for a list that is written from its start.
class CountWriter {
 public:
  std::int64_t Write(std::int64_t count) {
    const std::int64_t delta = WrappingSubtract(count, last_);
    last_ = count;
    return delta;
  }
  double Write(double count) { return count; }

 private:
  std::int64_t last_ = 0;
};

inline constexpr std::string_view kSpansBucketsMismatchText =
    "histogram spans specify different number of buckets than provided";
/// `span number 2 with offset -1: ...`; `span` counts from 0.
Error NegativeOffsetError(std::size_t span, std::int32_t offset);
/// `spans need 3 buckets, have 2 buckets: ...`
Error SpansBucketsMismatchError(std::uint64_t needed, std::size_t bucket_count);

/// Bucket index under a coarser schema.
inline std::int32_t TargetIndex(std::int32_t index, std::int32_t schema, std::int32_t target_schema) {
  const std::int64_t shift = std::min<std::int64_t>(std::int64_t{schema} - target_schema, 31);
  return WrappingAdd(WrappingAdd(index, -1) >> shift, 1);
}

/// One side of a float histogram, bucket by bucket. Ends early if the spans speak of more buckets than there are. The
/// lists must outlive it.
class BucketWalk {
 public:
  BucketWalk(const std::vector<HistogramSpan>& spans, const std::vector<double>& buckets)
      : spans_(spans), buckets_(buckets) {
    if (!spans_.empty()) next_index_ = spans_[0].offset;
  }

  bool Next() {
    if (next_bucket_ >= buckets_.size() || span_ >= spans_.size()) return false;
    while (in_span_ >= spans_[span_].length) {
      if (++span_ >= spans_.size()) return false;
      in_span_ = 0;
      next_index_ = WrappingAdd(next_index_, spans_[span_].offset);
    }
    index_ = next_index_;
    count_ = buckets_[next_bucket_++];
    next_index_ = WrappingAdd(next_index_, 1);
    ++in_span_;
    return true;
  }
  /// After Next() was true.
  std::int32_t index() const { return index_; }
  double count() const { return count_; }

 private:
  const std::vector<HistogramSpan>& spans_;
  const std::vector<double>& buckets_;
  std::size_t span_ = 0;
  std::uint32_t in_span_ = 0;
  std::size_t next_bucket_ = 0;
  std::int32_t next_index_ = 0;
  std::int32_t index_ = 0;
  double count_ = 0;
};

}  // namespace stalemark::histogram_internal
