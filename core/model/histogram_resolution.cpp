// SPDX-License-Identifier: Apache-2.0
// ReduceResolution of histogram.h.
#include <fmt/format.h>

#include "core/model/histogram.h"
#include "core/model/histogram_buckets.h"

namespace stalemark {
namespace {

using histogram_internal::AddCounts;
using histogram_internal::CountReader;
using histogram_internal::CountWriter;
using histogram_internal::kSpansBucketsMismatchText;
using histogram_internal::NegativeOffsetError;
using histogram_internal::SpansBucketsMismatchError;
using histogram_internal::TargetIndex;
using histogram_internal::WrappingAdd;

/// Whether the spans of a side speak of exactly its buckets.
Status CheckSide(const std::vector<HistogramSpan>& spans, std::size_t bucket_count) {
  std::uint64_t needed = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i > 0 && spans[i].offset < 0) return NegativeOffsetError(i, spans[i].offset);
    needed += spans[i].length;
    if (needed <= bucket_count) continue;
    return Error{fmt::format("have {} buckets but spans need more: {}", bucket_count, kSpansBucketsMismatchText)};
  }
  if (needed == bucket_count) return {};
  return SpansBucketsMismatchError(needed, bucket_count);
}

/// In place: the result is never ahead of what has been read. Requires a side that passed CheckSide.
template <class Bucket>
void ReduceSide(std::vector<HistogramSpan>& spans, std::vector<Bucket>& buckets, std::int32_t schema,
                std::int32_t target_schema) {
  CountReader reader;
  std::size_t at = 0;
  std::size_t span_count = 0;
  std::size_t bucket_count = 0;
  std::int32_t index = 0;
  std::int32_t last = 0;
  for (std::size_t n = 0; n < spans.size(); ++n) {
    const HistogramSpan span = spans[n];
    index = WrappingAdd(index, span.offset);
    for (std::uint32_t i = 0; i < span.length; ++i, ++at, index = WrappingAdd(index, 1)) {
      const std::int32_t target = TargetIndex(index, schema, target_schema);
      const std::int32_t next = WrappingAdd(last, 1);
      // An index that has wrapped around is behind the last one; upstream leaves the bucket out, its delta too.
      if (span_count > 0 && target != last && target < next) continue;
      const Bucket count = reader.Read(buckets[at]);
      if (span_count > 0 && target == last) {
        buckets[bucket_count - 1] = AddCounts(buckets[bucket_count - 1], count);
        continue;
      }
      if (span_count > 0 && target == next) {
        ++spans[span_count - 1].length;
      } else {
        spans[span_count] = {span_count == 0 ? target : WrappingAdd(target, ~last), 1};
        ++span_count;
      }
      buckets[bucket_count++] = count;
      last = target;
    }
  }
  spans.resize(span_count);
  buckets.resize(bucket_count);
  CountWriter writer;
  for (Bucket& bucket : buckets) bucket = writer.Write(bucket);
}

}  // namespace

template <class Count, class Bucket>
Status ReduceResolution(BasicHistogram<Count, Bucket>& histogram, std::int32_t schema) {
  if (histogram.UsesCustomBuckets()) return Error{"cannot reduce resolution when there are custom buckets"};
  if (IsCustomBucketsSchema(schema)) return Error{"cannot reduce resolution to custom buckets schema"};
  if (schema >= histogram.schema) {
    return Error{fmt::format("cannot reduce resolution from schema {} to {}", histogram.schema, schema)};
  }
  Status status = CheckSide(histogram.positive_spans, histogram.positive_buckets.size());
  if (status.ok()) status = CheckSide(histogram.negative_spans, histogram.negative_buckets.size());
  if (!status.ok()) return status;
  ReduceSide(histogram.positive_spans, histogram.positive_buckets, histogram.schema, schema);
  ReduceSide(histogram.negative_spans, histogram.negative_buckets, histogram.schema, schema);
  histogram.schema = schema;
  return {};
}

template Status ReduceResolution(Histogram&, std::int32_t);
template Status ReduceResolution(FloatHistogram&, std::int32_t);

}  // namespace stalemark
