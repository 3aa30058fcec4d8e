// SPDX-License-Identifier: Apache-2.0
// Native histograms, integer and float. Mirrors model/histogram/{histogram,float_histogram,generic}.go.
//
// Buckets of the integer kind are deltas, of the float kind absolute counts, as upstream holds them. Spans say which
// bucket indexes the lists are about. A schema of -4 to 8 is exponential, kCustomBucketsSchema has its upper bounds in
// custom_values. A NaN's bits matter: values are copied, compared and hashed by bits, and where arithmetic makes a NaN
// it is the one of x86-64.
//
// Plain values. What upstream refuses (Validate, ReduceResolution) is refused in upstream's words.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/result.h"
#include "core/model/value.h"

namespace stalemark {

/// Whether a histogram began anew since the sample before it.
enum class CounterResetHint : std::uint8_t { kUnknown, kCounterReset, kNotCounterReset, kGauge };

struct HistogramSpan {
  /// Gap to the previous span; for the first one the bucket index it starts at.
  std::int32_t offset = 0;
  std::uint32_t length = 0;
  friend bool operator==(const HistogramSpan& a, const HistogramSpan& b) {
    return a.offset == b.offset && a.length == b.length;
  }
};

inline constexpr std::int32_t kExponentialSchemaMin = -4;
inline constexpr std::int32_t kExponentialSchemaMax = 8;
/// Upstream can read, and reduces, schemas up to these.
inline constexpr std::int32_t kExponentialSchemaMinReserved = -9;
inline constexpr std::int32_t kExponentialSchemaMaxReserved = 52;
inline constexpr std::int32_t kCustomBucketsSchema = -53;

constexpr bool IsExponentialSchema(std::int32_t schema) {
  return schema >= kExponentialSchemaMin && schema <= kExponentialSchemaMax;
}
constexpr bool IsExponentialSchemaReserved(std::int32_t schema) {
  return schema >= kExponentialSchemaMinReserved && schema <= kExponentialSchemaMaxReserved;
}
constexpr bool IsCustomBucketsSchema(std::int32_t schema) {
  return schema == kCustomBucketsSchema;
}

/// Count: of observations. Bucket: an entry of a bucket list.
template <class Count, class Bucket>
struct BasicHistogram {
  CounterResetHint counter_reset_hint = CounterResetHint::kUnknown;
  std::int32_t schema = 0;
  /// Width of the zero bucket; 0 with custom buckets.
  double zero_threshold = 0;
  Count zero_count{};
  Count count{};
  double sum = 0;
  std::vector<HistogramSpan> positive_spans;
  std::vector<HistogramSpan> negative_spans;
  std::vector<Bucket> positive_buckets;
  std::vector<Bucket> negative_buckets;
  /// Upper bounds, without +Inf; custom buckets only.
  std::vector<double> custom_values;

  bool UsesCustomBuckets() const { return IsCustomBucketsSchema(schema); }
  /// A stale marker is a histogram whose sum is the marker (STALE-01).
  bool IsStale() const { return IsStaleNaN(BitsOf(sum)); }
  std::size_t bucket_count() const { return positive_buckets.size() + negative_buckets.size(); }
};

/// Buckets are deltas: each is the difference to the bucket before it.
using Histogram = BasicHistogram<std::uint64_t, std::int64_t>;
/// Buckets are absolute counts.
using FloatHistogram = BasicHistogram<double, double>;

// Each of the templates below exists for both kinds.

/// Removes empty buckets: at the ends of a span all, within it runs of more than `empty_buckets_max`. Spans without a
/// gap between them become one. Gaps between spans are kept, also those that upstream would fill with empty buckets:
/// it never has several spans where it allows empty buckets.
template <class Count, class Bucket>
void Compact(BasicHistogram<Count, Bucket>& histogram, std::uint32_t empty_buckets_max);

/// Merges buckets down to a lower schema. Errors in upstream's words; the histogram is then unchanged.
template <class Count, class Bucket>
Status ReduceResolution(BasicHistogram<Count, Bucket>& histogram, std::int32_t schema);

/// Consistency of counts, spans, buckets and custom bounds; texts as upstream's Validate.
Status Validate(const Histogram& histogram);
Status Validate(const FloatHistogram& histogram);

/// Upstream's Equals: everything but the reset hint. Sums, float counts and float buckets are compared by bits,
/// thresholds and custom bounds as numbers, spans by the buckets they stand for.
template <class Count, class Bucket>
bool Equals(const BasicHistogram<Count, Bucket>& a, const BasicHistogram<Count, Bucket>& b);

/// Absolute counts of a bucket list: running sums that wrap, or the floats as they are.
std::vector<std::int64_t> AbsoluteCounts(const std::vector<std::int64_t>& deltas);
inline const std::vector<double>& AbsoluteCounts(const std::vector<double>& counts) {
  return counts;
}

/// Absolute counts as floats; spans and hint stay. What a schema does not use is left out.
FloatHistogram ToFloat(const Histogram& histogram);

/// Whether `current` cannot continue `previous` (upstream's DetectReset).
bool DetectReset(const FloatHistogram& current, const FloatHistogram& previous);

/// `a - b` in the layout of both: the coarser schema, the wider zero bucket, the common custom bounds. The hint becomes
/// gauge if one is a gauge, else unknown if they differ. Compacted: upstream's Sub and then Compact(0). One with custom
/// buckets and one without cannot be subtracted, and `a` is given back.
FloatHistogram Subtract(FloatHistogram a, const FloatHistogram& b);

}  // namespace stalemark
