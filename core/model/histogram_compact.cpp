// SPDX-License-Identifier: Apache-2.0
// Compact of histogram.h. Upstream edits both lists in place, cut by cut; this is one pass with the same result.
#include <algorithm>
#include <vector>

#include "core/model/histogram.h"
#include "core/model/histogram_buckets.h"

namespace stalemark {
namespace {

using histogram_internal::CountReader;
using histogram_internal::CountWriter;
using histogram_internal::WrappingAdd;

/// Spans without a gap become one, then those without buckets hand their offset to the next.
void MergeSpans(std::vector<HistogramSpan>& spans) {
  std::size_t written = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i > 0 && spans[i].offset == 0) {
      spans[written - 1].length += spans[i].length;
    } else {
      spans[written++] = spans[i];
    }
  }
  spans.resize(written);
  written = 0;
  std::int32_t offset_of_empty = 0;
  for (HistogramSpan span : spans) {
    span.offset = WrappingAdd(span.offset, offset_of_empty);
    offset_of_empty = span.length == 0 ? span.offset : 0;
    if (span.length != 0) spans[written++] = span;
  }
  spans.resize(written);
}

/// Cuts empty buckets out of one side: those at the ends of a span always, those within it if there are more than
/// `empty_buckets_max` in a row. Where the spans speak of more or fewer buckets than there are, the rest stays as it
/// is.
template <class Bucket>
class Cutter {
 public:
  Cutter(std::vector<HistogramSpan>& spans, std::vector<Bucket>& buckets, std::uint32_t empty_buckets_max)
      : spans_(spans), buckets_(buckets), empty_buckets_max_(empty_buckets_max) {}

  void Run() {
    const std::size_t span_count = spans_.size();
    ReadCount();
    // New spans are written behind the old ones: there may be more of them, and the memory is the histogram's own.
    for (std::size_t i = 0; i < span_count; ++i) CutSpan(spans_[i]);
    spans_.erase(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(span_count));
    while (!AtEnd()) Keep();
    buckets_.resize(written_);
  }

 private:
  bool AtEnd() const { return at_ >= buckets_.size(); }
  void ReadCount() {
    if (!AtEnd()) count_ = reader_.Read(buckets_[at_]);
  }
  void Drop() {
    ++at_;
    ReadCount();
  }
  void Keep() {
    buckets_[written_++] = writer_.Write(count_);
    Drop();
  }
  /// Number of empty buckets from here on, at most `max`.
  std::uint32_t EmptyRun(std::uint32_t max) const {
    CountReader ahead = reader_;
    Bucket count = count_;
    std::uint32_t run = 0;
    for (std::size_t at = at_; run < max && at < buckets_.size() && count == Bucket{}; ++run) {
      if (++at < buckets_.size()) count = ahead.Read(buckets_[at]);
    }
    return run;
  }
  std::uint32_t DropEmpty(std::uint32_t max) {
    const std::uint32_t run = EmptyRun(max);
    for (std::uint32_t i = 0; i < run; ++i) Drop();
    return run;
  }

  void CutSpan(HistogramSpan span) {
    span.offset = WrappingAdd(span.offset, carried_offset_);
    const std::uint32_t leading = DropEmpty(span.length);
    carried_offset_ = static_cast<std::int32_t>(leading);
    if (leading == span.length) {
      carried_offset_ = WrappingAdd(carried_offset_, span.offset);
      return;
    }
    HistogramSpan current{WrappingAdd(span.offset, carried_offset_), 0};
    carried_offset_ = 0;
    std::uint32_t left = span.length - leading;
    while (left > 0 && !AtEnd()) {
      const std::uint32_t empty = EmptyRun(left);
      if (empty == 0 || (empty < left && empty <= empty_buckets_max_)) {
        const std::uint32_t kept = std::max(empty, 1U);
        for (std::uint32_t i = 0; i < kept; ++i) Keep();
        current.length += kept;
        left -= kept;
        continue;
      }
      for (std::uint32_t i = 0; i < empty; ++i) Drop();
      spans_.push_back(current);
      left -= empty;
      current = {static_cast<std::int32_t>(empty), 0};
      if (left == 0) {
        carried_offset_ = current.offset;
        return;
      }
    }
    current.length += left;
    spans_.push_back(current);
  }

  std::vector<HistogramSpan>& spans_;
  std::vector<Bucket>& buckets_;
  std::uint32_t empty_buckets_max_;

  CountReader reader_;
  CountWriter writer_;
  /// The bucket in hand, and its absolute count.
  std::size_t at_ = 0;
  Bucket count_{};
  std::size_t written_ = 0;
  /// What cut buckets add to the offset of the next span.
  std::int32_t carried_offset_ = 0;
};

template <class Bucket>
bool HasEmptyBucket(const std::vector<Bucket>& buckets) {
  CountReader reader;
  return std::any_of(buckets.begin(), buckets.end(),
                     [&reader](Bucket bucket) { return reader.Read(bucket) == Bucket{}; });
}

template <class Bucket>
void CompactSide(std::vector<HistogramSpan>& spans, std::vector<Bucket>& buckets, std::uint32_t empty_buckets_max) {
  // Upstream sees nothing to do where no span speaks of the buckets and none of them is empty.
  if (spans.empty() && !HasEmptyBucket(buckets)) return;
  MergeSpans(spans);
  if (spans.empty()) {
    buckets.clear();
    return;
  }
  Cutter<Bucket>(spans, buckets, empty_buckets_max).Run();
}

}  // namespace

template <class Count, class Bucket>
void Compact(BasicHistogram<Count, Bucket>& histogram, std::uint32_t empty_buckets_max) {
  CompactSide(histogram.positive_spans, histogram.positive_buckets, empty_buckets_max);
  CompactSide(histogram.negative_spans, histogram.negative_buckets, empty_buckets_max);
}

template void Compact(Histogram&, std::uint32_t);
template void Compact(FloatHistogram&, std::uint32_t);

}  // namespace stalemark
