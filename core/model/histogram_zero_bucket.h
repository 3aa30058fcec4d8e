// SPDX-License-Identifier: Apache-2.0
// Histograms of different layouts side by side: a wider zero bucket, the custom bounds of both. Mirrors
// zeroCountForLargerThreshold, trimBucketsInZeroBucket and intersectCustomBucketBounds of
// model/histogram/float_histogram.go. Used by the sources of histogram.h.
#pragma once

#include <vector>

#include "core/model/histogram.h"

namespace stalemark {

struct ZeroBucket {
  double threshold = 0;
  double count = 0;
};

/// The zero bucket that `histogram` would have with a threshold of at least `threshold`. A filled bucket is never cut:
/// the threshold then is the far bound of that bucket. Requires a threshold that is not below the histogram's own.
ZeroBucket ZeroBucketAt(const FloatHistogram& histogram, double threshold);

/// Sets the zero bucket, and removes the buckets inside it.
void WidenZeroBucket(FloatHistogram& histogram, const ZeroBucket& zero_bucket);

/// The bounds that occur in both lists.
std::vector<double> CommonBounds(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace stalemark
