// SPDX-License-Identifier: Apache-2.0
// Equals, ToFloat and DetectReset of histogram.h.
#include <algorithm>
#include <limits>

#include "core/model/histogram.h"
#include "core/model/histogram_bounds.h"
#include "core/model/histogram_buckets.h"
#include "core/model/histogram_zero_bucket.h"

namespace stalemark {
namespace {

using histogram_internal::AddCounts;
using histogram_internal::BucketWalk;
using histogram_internal::CountReader;
using histogram_internal::TargetIndex;
using histogram_internal::WrappingAdd;

bool SameNumber(std::uint64_t a, std::uint64_t b) {
  return a == b;
}
bool SameNumber(std::int64_t a, std::int64_t b) {
  return a == b;
}
bool SameNumber(double a, double b) {
  return BitsOf(a) == BitsOf(b);
}

/// The next span with buckets; offsets of those without are added to it. Length 0: there is none.
HistogramSpan NextFilledSpan(const std::vector<HistogramSpan>& spans, std::size_t* at) {
  HistogramSpan span;
  while (span.length == 0 && *at < spans.size()) {
    span.offset = WrappingAdd(span.offset, spans[*at].offset);
    span.length = spans[(*at)++].length;
  }
  return span;
}

bool SpansMatch(const std::vector<HistogramSpan>& a, const std::vector<HistogramSpan>& b) {
  std::size_t at_a = 0;
  std::size_t at_b = 0;
  while (true) {
    const HistogramSpan span_a = NextFilledSpan(a, &at_a);
    const HistogramSpan span_b = NextFilledSpan(b, &at_b);
    if (span_a.length == 0 && span_b.length == 0) return true;
    if (!(span_a == span_b)) return false;
  }
}

template <class Bucket>
bool BucketsMatch(const std::vector<Bucket>& a, const std::vector<Bucket>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Bucket x, Bucket y) { return SameNumber(x, y); });
}

/// Running sums of the deltas, in floats as upstream does it.
void AppendAbsolute(const std::vector<std::int64_t>& deltas, std::vector<double>* counts) {
  double count = 0;
  for (const std::int64_t delta : deltas) {
    count += static_cast<double>(delta);
    counts->push_back(count);
  }
}

/// The buckets of one side under a coarser or equal schema, without those inside the zero bucket.
class CoarseWalk {
 public:
  CoarseWalk(const std::vector<HistogramSpan>& spans, const std::vector<double>& buckets, std::int32_t schema,
             std::int32_t target_schema, double zero_threshold)
      : walk_(spans, buckets), schema_(schema), target_schema_(target_schema), zero_threshold_(zero_threshold) {
    has_more_ = walk_.Next();
  }

  bool Next() {
    while (Merge()) {
      if (past_zero_bucket_ || zero_threshold_ == 0 || !IsExponentialSchema(target_schema_)) return true;
      past_zero_bucket_ = !(BucketUpperBound(index_, target_schema_, {}) <= zero_threshold_);
      if (past_zero_bucket_) return true;
    }
    return false;
  }
  std::int32_t index() const { return index_; }
  double count() const { return count_; }

 private:
  std::int32_t IndexHere() const {
    return schema_ == target_schema_ ? walk_.index() : TargetIndex(walk_.index(), schema_, target_schema_);
  }
  bool Merge() {
    if (!has_more_) return false;
    index_ = IndexHere();
    count_ = walk_.count();
    has_more_ = walk_.Next();
    while (schema_ != target_schema_ && has_more_ && IndexHere() == index_) {
      count_ = AddCounts(count_, walk_.count());
      has_more_ = walk_.Next();
    }
    return true;
  }

  BucketWalk walk_;
  std::int32_t schema_;
  std::int32_t target_schema_;
  double zero_threshold_;
  bool has_more_ = false;
  bool past_zero_bucket_ = false;
  std::int32_t index_ = 0;
  double count_ = 0;
};

/// Whether a bucket of `previous` is gone or has a larger count than the one of `current`. Once `current` has no more
/// buckets only the next one of `previous` counts: upstream goes over the others without looking at them.
bool AnyBucketFell(CoarseWalk current, CoarseWalk previous) {
  bool has_current = current.Next();
  while (previous.Next()) {
    while (has_current && current.index() < previous.index()) has_current = current.Next();
    if (!has_current) return previous.count() != 0;
    const bool same_bucket = current.index() == previous.index();
    if (same_bucket ? current.count() < previous.count() : previous.count() != 0) return true;
  }
  return false;
}

bool AnyBucketFell(const FloatHistogram& current, const FloatHistogram& previous) {
  const auto side = [&current](const std::vector<HistogramSpan>& spans, const std::vector<double>& buckets,
                               std::int32_t schema) {
    return CoarseWalk(spans, buckets, schema, current.schema, current.zero_threshold);
  };
  return AnyBucketFell(side(current.positive_spans, current.positive_buckets, current.schema),
                       side(previous.positive_spans, previous.positive_buckets, previous.schema)) ||
         AnyBucketFell(side(current.negative_spans, current.negative_buckets, current.schema),
                       side(previous.negative_spans, previous.negative_buckets, previous.schema));
}

/// Sums of a custom-bucket histogram, bound by bound.
class CustomRollup {
 public:
  explicit CustomRollup(const FloatHistogram& histogram)
      : walk_(histogram.positive_spans, histogram.positive_buckets), bounds_(histogram.custom_values) {
    has_more_ = walk_.Next();
  }
  /// What is in the buckets up to `bound` that was not yet asked for.
  double UpTo(double bound) {
    double sum = 0;
    while (has_more_ && BucketUpperBound(walk_.index(), kCustomBucketsSchema, bounds_) <= bound) {
      sum = AddCounts(sum, walk_.count());
      has_more_ = walk_.Next();
    }
    return sum;
  }

 private:
  BucketWalk walk_;
  const std::vector<double>& bounds_;
  bool has_more_ = false;
};

/// Compares at the bounds that both have, and at +Inf.
bool AnyCustomBucketFell(const FloatHistogram& current, const FloatHistogram& previous) {
  CustomRollup current_rollup(current);
  CustomRollup previous_rollup(previous);
  for (const double bound : CommonBounds(current.custom_values, previous.custom_values)) {
    if (current_rollup.UpTo(bound) < previous_rollup.UpTo(bound)) return true;
  }
  constexpr double kEnd = std::numeric_limits<double>::infinity();
  return current_rollup.UpTo(kEnd) < previous_rollup.UpTo(kEnd);
}

}  // namespace

template <class Count, class Bucket>
bool Equals(const BasicHistogram<Count, Bucket>& a, const BasicHistogram<Count, Bucket>& b) {
  return a.schema == b.schema && SameNumber(a.count, b.count) && SameNumber(a.sum, b.sum) &&
         (!a.UsesCustomBuckets() || a.custom_values == b.custom_values) && a.zero_threshold == b.zero_threshold &&
         SameNumber(a.zero_count, b.zero_count) && SpansMatch(a.negative_spans, b.negative_spans) &&
         BucketsMatch(a.negative_buckets, b.negative_buckets) && SpansMatch(a.positive_spans, b.positive_spans) &&
         BucketsMatch(a.positive_buckets, b.positive_buckets);
}

template bool Equals(const Histogram&, const Histogram&);
template bool Equals(const FloatHistogram&, const FloatHistogram&);

std::vector<std::int64_t> AbsoluteCounts(const std::vector<std::int64_t>& deltas) {
  std::vector<std::int64_t> counts;
  counts.reserve(deltas.size());
  CountReader reader;
  for (const std::int64_t delta : deltas) counts.push_back(reader.Read(delta));
  return counts;
}

FloatHistogram ToFloat(const Histogram& histogram) {
  FloatHistogram result;
  result.counter_reset_hint = histogram.counter_reset_hint;
  result.schema = histogram.schema;
  result.count = static_cast<double>(histogram.count);
  result.sum = histogram.sum;
  result.positive_spans = histogram.positive_spans;
  AppendAbsolute(histogram.positive_buckets, &result.positive_buckets);
  if (histogram.UsesCustomBuckets()) {
    result.custom_values = histogram.custom_values;
    return result;
  }
  result.zero_threshold = histogram.zero_threshold;
  result.zero_count = static_cast<double>(histogram.zero_count);
  result.negative_spans = histogram.negative_spans;
  AppendAbsolute(histogram.negative_buckets, &result.negative_buckets);
  return result;
}

bool DetectReset(const FloatHistogram& current, const FloatHistogram& previous) {
  if (current.counter_reset_hint == CounterResetHint::kCounterReset) return true;
  if (current.counter_reset_hint == CounterResetHint::kNotCounterReset) return false;
  if (current.count < previous.count) return true;
  if (current.UsesCustomBuckets()) {
    if (!previous.UsesCustomBuckets()) return true;
    if (current.custom_values != previous.custom_values) return AnyCustomBucketFell(current, previous);
  }
  // A finer schema or a narrower zero bucket comes with a reset only.
  if (current.schema > previous.schema || current.zero_threshold < previous.zero_threshold) return true;
  const ZeroBucket previous_zero = ZeroBucketAt(previous, current.zero_threshold);
  if (previous_zero.threshold != current.zero_threshold) return true;  // would cut a filled bucket
  if (current.zero_count < previous_zero.count) return true;
  return AnyBucketFell(current, previous);
}

}  // namespace stalemark
