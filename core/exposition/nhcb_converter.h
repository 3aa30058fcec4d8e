// SPDX-License-Identifier: Apache-2.0
// NhcbConverter: the samples of one classic histogram to a native histogram with custom buckets (NHCB). Mirrors
// TempHistogram of util/convertnhcb/convertnhcb.go.
//
// Reset, then the samples in the order in which they are exposed, then Convert. An error stays until Reset: all later
// calls return it. Texts are upstream's (PARSE-PB-15). The result is owned by the converter and valid until the next
// Convert. No allocation once the buffers have grown, while bounds rise.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/exposition/parser.h"
#include "core/model/histogram.h"
#include "core/model/result.h"

namespace stalemark {

class NhcbConverter {
 public:
  /// Forgets the samples; the result stays.
  void Reset();

  /// `count`: cumulative. Of two counts of one bound the first is taken. A bound may come late, if its count fits.
  Status SetBucketCount(double upper_bound, double count);
  Status SetCount(double count);
  Status SetSum(double sum);

  /// Makes the histogram: of integers if all counts are, else of floats; compacted. Does not change what was collected.
  /// A missing count is that of the highest bucket, a missing +Inf bucket has the count. The result's counts may be
  /// negative, see CountIsBelowBuckets; otherwise it is valid.
  Status Convert();
  /// There is no error, and Convert would give the last bucket a negative count (for want of a +Inf bucket): the only
  /// way in which its result can fail Validate.
  bool CountIsBelowBuckets() const;

  /// After Convert succeeded; exactly one is set.
  HistogramEntry result() const { return result_; }
  /// Sets the hint of the result, which is unknown after Convert.
  void SetHint(CounterResetHint hint);

 private:
  struct Bucket {
    double upper_bound;
    double count;
  };

  Status Fail(std::string message);
  Status InsertBucket(const Bucket& bucket);
  bool HasBuckets() const { return !buckets_.empty() || !late_.empty(); }
  /// The one of the highest bound. Requires that there are any.
  Bucket LastBucket() const;
  double Count() const { return has_count_ || !HasBuckets() ? count_ : LastBucket().count; }
  bool EndsAtInfinity() const;
  Status ConvertToIntegers(double count);
  Status ConvertToFloats(double count);

  /// By rising bound.
  std::vector<Bucket> buckets_;
  /// Counts by bound. Takes the buckets over when a bound comes late: in the list each would cost the list's length.
  std::map<double, double> late_;
  double count_ = 0;
  bool has_count_ = false;
  double sum_ = 0;
  Status status_;

  HistogramEntry result_;
  Histogram integers_;
  FloatHistogram floats_;
};

}  // namespace stalemark
