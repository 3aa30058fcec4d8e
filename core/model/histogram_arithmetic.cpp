// SPDX-License-Identifier: Apache-2.0
// Subtract of histogram.h.
#include <algorithm>
#include <utility>

#include "core/model/float_arithmetic.h"
#include "core/model/histogram.h"
#include "core/model/histogram_bounds.h"
#include "core/model/histogram_buckets.h"
#include "core/model/histogram_zero_bucket.h"

namespace stalemark {
namespace {

using histogram_internal::BucketWalk;
using histogram_internal::WrappingAdd;

/// One side's lists, in the making.
struct Side {
  std::vector<HistogramSpan> spans;
  std::vector<double> buckets;

  void Append(std::int32_t index, double count) {
    const std::int32_t gap = spans.empty() ? index : WrappingAdd(index, ~last_index);
    if (!spans.empty() && gap == 0) {
      ++spans.back().length;
    } else {
      spans.push_back({gap, 1});
    }
    buckets.push_back(count);
    last_index = index;
  }
  std::int32_t last_index = 0;
};

/// `a - b` of one side, bucket by bucket; of b without the buckets inside the zero bucket.
Side SubtractSide(const FloatHistogram& layout, BucketWalk a, BucketWalk b) {
  const auto in_zero_bucket = [&layout](std::int32_t index) {
    return IsExponentialSchema(layout.schema) && BucketUpperBound(index, layout.schema, {}) <= layout.zero_threshold;
  };
  Side result;
  bool has_a = a.Next();
  bool has_b = b.Next();
  while (has_b && in_zero_bucket(b.index())) has_b = b.Next();
  while (has_a || has_b) {
    const bool take_a = has_a && (!has_b || a.index() <= b.index());
    const bool take_b = has_b && (!has_a || b.index() <= a.index());
    const std::int32_t index = take_a ? a.index() : b.index();
    if (take_a && take_b) {
      result.Append(index, AddFloats(-b.count(), a.count()));
    } else {
      result.Append(index, take_a ? a.count() : -b.count());
    }
    if (take_a) has_a = a.Next();
    if (take_b) has_b = b.Next();
  }
  return result;
}

/// Adds the buckets of a histogram, times `sign`, to those of wider bounds. `counts` has one more, for +Inf.
void AddInto(const std::vector<double>& bounds, std::vector<double>* counts, const FloatHistogram& histogram,
             double sign) {
  BucketWalk walk(histogram.positive_spans, histogram.positive_buckets);
  std::size_t target = 0;
  while (walk.Next()) {
    const double bound = BucketUpperBound(walk.index(), kCustomBucketsSchema, histogram.custom_values);
    while (target < bounds.size() && !(bounds[target] >= bound)) ++target;
    (*counts)[target] = AddFloats((*counts)[target], sign < 0 ? -walk.count() : walk.count());
  }
}

Side SubtractUnlikeBounds(const std::vector<double>& bounds, const FloatHistogram& a, const FloatHistogram& b) {
  std::vector<double> counts(bounds.size() + 1);
  AddInto(bounds, &counts, a, 1);
  AddInto(bounds, &counts, b, -1);
  Side result;
  for (std::size_t i = 0; i < counts.size(); ++i) result.Append(static_cast<std::int32_t>(i), counts[i]);
  return result;
}

CounterResetHint HintOfDifference(CounterResetHint a, CounterResetHint b) {
  if (a == b) return a;
  if (a == CounterResetHint::kGauge || b == CounterResetHint::kGauge) return CounterResetHint::kGauge;
  return CounterResetHint::kUnknown;
}

/// Gives both the same zero bucket. Ends also where a threshold is NaN; upstream would not.
void ReconcileZeroBuckets(FloatHistogram& a, ZeroBucket& b_zero, const FloatHistogram& b) {
  while (b_zero.threshold < a.zero_threshold || b_zero.threshold > a.zero_threshold) {
    if (a.zero_threshold > b_zero.threshold) b_zero = ZeroBucketAt(b, a.zero_threshold);
    if (b_zero.threshold > a.zero_threshold) WidenZeroBucket(a, ZeroBucketAt(a, b_zero.threshold));
  }
}

void SetPositive(FloatHistogram& histogram, Side side) {
  histogram.positive_spans = std::move(side.spans);
  histogram.positive_buckets = std::move(side.buckets);
}

void SubtractCustomBuckets(FloatHistogram& a, const FloatHistogram& b) {
  if (a.custom_values == b.custom_values) {
    SetPositive(a, SubtractSide(a, BucketWalk(a.positive_spans, a.positive_buckets),
                                BucketWalk(b.positive_spans, b.positive_buckets)));
    return;
  }
  std::vector<double> bounds = CommonBounds(a.custom_values, b.custom_values);
  SetPositive(a, SubtractUnlikeBounds(bounds, a, b));
  a.custom_values = std::move(bounds);
}

/// Requires zero buckets of one width.
void SubtractExponentialBuckets(FloatHistogram& a, const FloatHistogram& b) {
  FloatHistogram coarser_b;
  const FloatHistogram* other = &b;
  // Both are sound in a scrape; one that cannot be reduced stays as it is.
  if (b.schema < a.schema) {
    static_cast<void>(ReduceResolution(a, b.schema).ok());
  } else if (b.schema > a.schema) {
    coarser_b = b;
    static_cast<void>(ReduceResolution(coarser_b, a.schema).ok());
    other = &coarser_b;
  }
  SetPositive(a, SubtractSide(a, BucketWalk(a.positive_spans, a.positive_buckets),
                              BucketWalk(other->positive_spans, other->positive_buckets)));
  Side negative = SubtractSide(a, BucketWalk(a.negative_spans, a.negative_buckets),
                               BucketWalk(other->negative_spans, other->negative_buckets));
  a.negative_spans = std::move(negative.spans);
  a.negative_buckets = std::move(negative.buckets);
}

}  // namespace

ZeroBucket ZeroBucketAt(const FloatHistogram& histogram, double threshold) {
  ZeroBucket result{threshold, histogram.zero_count};
  if (threshold == histogram.zero_threshold) return result;
  const auto bound = [&histogram](std::int32_t index) { return BucketUpperBound(index, histogram.schema, {}); };
  // Adds the buckets of a side below the threshold; true: the last one reached beyond it, and it grew.
  const auto add_side = [&](const std::vector<HistogramSpan>& spans, const std::vector<double>& buckets) {
    BucketWalk walk(spans, buckets);
    while (walk.Next() && !(bound(WrappingAdd(walk.index(), -1)) >= result.threshold)) {
      result.count = AddFloats(result.count, walk.count());
      if (!(bound(walk.index()) > result.threshold)) continue;
      if (walk.count() == 0) return false;
      result.threshold = bound(walk.index());
      return true;
    }
    return false;
  };
  do {
    result.count = histogram.zero_count;
    add_side(histogram.positive_spans, histogram.positive_buckets);
    // When the negative side moves the threshold the positive side must be counted again.
  } while (add_side(histogram.negative_spans, histogram.negative_buckets));
  return result;
}

void WidenZeroBucket(FloatHistogram& histogram, const ZeroBucket& zero_bucket) {
  histogram.zero_threshold = zero_bucket.threshold;
  histogram.zero_count = zero_bucket.count;
  const auto empty_side = [&histogram](const std::vector<HistogramSpan>& spans, std::vector<double>& buckets) {
    BucketWalk walk(spans, buckets);
    for (std::size_t i = 0; walk.Next(); ++i) {
      const double lower = BucketUpperBound(WrappingAdd(walk.index(), -1), histogram.schema, {});
      if (lower >= histogram.zero_threshold) return;
      buckets[i] = 0;
    }
  };
  empty_side(histogram.positive_spans, histogram.positive_buckets);
  empty_side(histogram.negative_spans, histogram.negative_buckets);
  Compact(histogram, 0);
}

std::vector<double> CommonBounds(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> common;
  std::size_t in_b = 0;
  for (const double bound : a) {
    while (in_b < b.size() && b[in_b] < bound) ++in_b;
    if (in_b < b.size() && b[in_b] == bound) common.push_back(b[in_b++]);
  }
  return common;
}

FloatHistogram Subtract(FloatHistogram a, const FloatHistogram& b) {
  if (a.UsesCustomBuckets() != b.UsesCustomBuckets()) return a;
  a.counter_reset_hint = HintOfDifference(a.counter_reset_hint, b.counter_reset_hint);
  if (!a.UsesCustomBuckets()) {
    ZeroBucket b_zero{b.zero_threshold, b.zero_count};
    ReconcileZeroBuckets(a, b_zero, b);
    a.zero_count = SubtractFloats(a.zero_count, b_zero.count);
  }
  a.count = SubtractFloats(a.count, b.count);
  a.sum = SubtractFloats(a.sum, b.sum);
  if (a.UsesCustomBuckets()) {
    SubtractCustomBuckets(a, b);
  } else {
    SubtractExponentialBuckets(a, b);
  }
  Compact(a, 0);
  return a;
}

}  // namespace stalemark
