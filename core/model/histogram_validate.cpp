// SPDX-License-Identifier: Apache-2.0
// Validate of histogram.h.
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/model/histogram.h"
#include "core/model/histogram_buckets.h"
#include "core/text/go_float.h"

namespace stalemark {
namespace {

using histogram_internal::AddCounts;
using histogram_internal::CountReader;
using histogram_internal::NegativeOffsetError;
using histogram_internal::SpansBucketsMismatchError;

constexpr std::string_view kNegativeBucketCountText = "histogram has a bucket whose observation count is negative";

std::string Text(std::int64_t count) {
  return fmt::format("{}", count);
}
std::string Text(double count) {
  std::string text;
  text::AppendShortestG(text, count);
  return text;
}
std::string FixedText(double bound) {
  std::string text;
  text::AppendFixed(text, bound);
  return text;
}

Status CheckSpans(const std::vector<HistogramSpan>& spans, std::size_t bucket_count) {
  std::uint64_t needed = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i > 0 && spans[i].offset < 0) return NegativeOffsetError(i, spans[i].offset);
    needed += spans[i].length;
  }
  if (needed == bucket_count) return {};
  return SpansBucketsMismatchError(needed, bucket_count);
}

Status CheckCustomBounds(const std::vector<double>& bounds) {
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (bounds[i] != bounds[i]) return Error{"histogram custom bounds must not be NaN"};
    if (i == 0 || bounds[i] > bounds[i - 1]) continue;
    return Error{fmt::format(
        "previous bound is {} and current is {}: histogram custom bounds must be in strictly increasing order",
        FixedText(bounds[i - 1]), FixedText(bounds[i]))};
  }
  if (bounds.empty() || bounds.back() != std::numeric_limits<double>::infinity()) return {};
  return Error{"last +Inf bound must not be explicitly defined: histogram custom bounds must be finite"};
}

Status CheckCustomSpans(std::size_t bound_count, const std::vector<HistogramSpan>& spans, std::size_t bucket_count) {
  std::uint64_t needed = 0;
  std::uint64_t reach = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].offset < 0) return NegativeOffsetError(i, spans[i].offset);
    needed += spans[i].length;
    reach += spans[i].length + static_cast<std::uint64_t>(spans[i].offset);
  }
  if (needed != bucket_count) return SpansBucketsMismatchError(needed, bucket_count);
  if (bound_count + 1 >= reach) return {};
  return Error{
      fmt::format("only {} custom bounds defined which is insufficient to cover total span length of {}: "
                  "histogram custom bounds are too few",
                  bound_count, reach)};
}

/// No count is negative; adds them up in *sum.
template <class Bucket>
Status CheckBuckets(const std::vector<Bucket>& buckets, Bucket* sum) {
  CountReader reader;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    const Bucket count = reader.Read(buckets[i]);
    if (count < 0) {
      return Error{fmt::format("bucket number {} has observation count of {}: {}", i + 1, Text(count),
                               kNegativeBucketCountText)};
    }
    *sum = AddCounts(*sum, count);
  }
  return {};
}

Status Within(std::string_view part, const Status& status) {
  if (status.ok()) return status;
  return Error{fmt::format("{}: {}", part, status.error().message)};
}

template <class Count, class Bucket>
Status CheckCustom(const BasicHistogram<Count, Bucket>& histogram) {
  Status status = CheckCustomBounds(histogram.custom_values);
  if (status.ok()) {
    status =
        CheckCustomSpans(histogram.custom_values.size(), histogram.positive_spans, histogram.positive_buckets.size());
  }
  if (!status.ok()) return Within("custom buckets", status);
  if (histogram.zero_count != 0) return Error{"custom buckets: must have zero count of 0"};
  if (histogram.zero_threshold != 0) return Error{"custom buckets: must have zero threshold of 0"};
  if (!histogram.negative_spans.empty()) return Error{"custom buckets: must not have negative spans"};
  if (!histogram.negative_buckets.empty()) return Error{"custom buckets: must not have negative buckets"};
  return {};
}

Status CheckZeroCount(const Histogram&) {
  return {};
}
Status CheckZeroCount(const FloatHistogram& histogram) {
  if (!(histogram.zero_count < 0)) return {};
  return Error{
      fmt::format("zero bucket has observation count of {}: {}", Text(histogram.zero_count), kNegativeBucketCountText)};
}

/// `negative_sum`: of the buckets of the negative side.
template <class Count, class Bucket>
Status CheckExponential(const BasicHistogram<Count, Bucket>& histogram, Bucket* negative_sum) {
  Status status = CheckSpans(histogram.positive_spans, histogram.positive_buckets.size());
  if (!status.ok()) return Within("positive side", status);
  status = CheckSpans(histogram.negative_spans, histogram.negative_buckets.size());
  if (status.ok()) status = CheckBuckets(histogram.negative_buckets, negative_sum);
  if (!status.ok()) return Within("negative side", status);
  status = CheckZeroCount(histogram);
  if (!status.ok()) return status;
  if (histogram.custom_values.empty()) return {};
  return Error{"histogram with exponential schema must not have custom bounds"};
}

Status InvalidSchema(std::int32_t schema) {
  return Error{
      fmt::format("histogram has an invalid schema, which must be between {} and {} for exponential buckets, "
                  "or {} for custom buckets, got schema {}",
                  kExponentialSchemaMin, kExponentialSchemaMax, kCustomBucketsSchema, schema)};
}

/// The count against the buckets; a NaN observation is in the count and in no bucket.
Status CheckCount(const Histogram& histogram, std::int64_t bucket_sum) {
  const std::uint64_t found = static_cast<std::uint64_t>(bucket_sum) + histogram.zero_count;
  const bool exact = histogram.sum == histogram.sum;
  if (exact ? found == histogram.count : found <= histogram.count) return {};
  const std::string_view reason =
      exact ? "histogram's observation count should equal the number of observations found in the buckets (in absence "
              "of NaN)"
            : "histogram's observation count should be at least the number of observations found in the buckets";
  return Error{
      fmt::format("{} observations found in buckets, but the Count field is {}: {}", found, histogram.count, reason)};
}

}  // namespace

Error histogram_internal::NegativeOffsetError(std::size_t span, std::int32_t offset) {
  return {
      fmt::format("span number {} with offset {}: histogram has a span whose offset is negative", span + 1, offset)};
}

Error histogram_internal::SpansBucketsMismatchError(std::uint64_t needed, std::size_t bucket_count) {
  return {fmt::format("spans need {} buckets, have {} buckets: {}", needed, bucket_count, kSpansBucketsMismatchText)};
}

Status Validate(const Histogram& histogram) {
  if (!histogram.UsesCustomBuckets() && !IsExponentialSchema(histogram.schema)) return InvalidSchema(histogram.schema);
  std::int64_t sum = 0;
  Status status = histogram.UsesCustomBuckets() ? CheckCustom(histogram) : CheckExponential(histogram, &sum);
  if (!status.ok()) return status;
  status = CheckBuckets(histogram.positive_buckets, &sum);
  return status.ok() ? CheckCount(histogram, sum) : Within("positive side", status);
}

Status Validate(const FloatHistogram& histogram) {
  if (!histogram.UsesCustomBuckets() && !IsExponentialSchema(histogram.schema)) return InvalidSchema(histogram.schema);
  double sum = 0;  // not compared: rounding makes it differ from the count of a sound histogram
  Status status = histogram.UsesCustomBuckets() ? CheckCustom(histogram) : CheckExponential(histogram, &sum);
  if (!status.ok()) return status;
  if (histogram.count < 0) {
    // Upstream's two blanks.
    return Error{
        fmt::format("observation count is  {}: histogram's observation count is negative", Text(histogram.count))};
  }
  return Within("positive side", CheckBuckets(histogram.positive_buckets, &sum));
}

}  // namespace stalemark
