// SPDX-License-Identifier: Apache-2.0
// WAL-16, WAL-17: records of histograms.
#include <type_traits>

#include "core/model/value.h"
#include "core/storage/record_bytes.h"
#include "core/storage/wal.h"

namespace stalemark {

using namespace record_bytes;

namespace {

template <class H>
std::size_t HistogramBytesMax(const H& histogram) {
  const std::size_t lists = histogram.positive_spans.size() + histogram.negative_spans.size() +
                            histogram.bucket_count() + histogram.custom_values.size();
  // Hint, threshold and sum; schema, two counts and five lengths. A span is two varints of 32 bits.
  return 17 + (8 + lists) * kVarintBytesMax;
}

unsigned char* PutDouble(unsigned char* at, double value) {
  return PutU64(at, BitsOf(value));
}

// Counts of integer histograms are varints, their buckets signed ones.
unsigned char* PutCount(unsigned char* at, std::uint64_t count) {
  return PutUvarint(at, count);
}
unsigned char* PutCount(unsigned char* at, double count) {
  return PutDouble(at, count);
}
unsigned char* PutBucket(unsigned char* at, std::int64_t delta) {
  return PutVarint(at, delta);
}
unsigned char* PutBucket(unsigned char* at, double count) {
  return PutDouble(at, count);
}

unsigned char* PutSpans(unsigned char* at, const std::vector<HistogramSpan>& spans) {
  at = PutUvarint(at, spans.size());
  for (const HistogramSpan& span : spans) {
    at = PutVarint(at, span.offset);
    at = PutUvarint(at, span.length);
  }
  return at;
}

template <class Bucket>
unsigned char* PutBuckets(unsigned char* at, const std::vector<Bucket>& buckets) {
  at = PutUvarint(at, buckets.size());
  for (const Bucket bucket : buckets) at = PutBucket(at, bucket);
  return at;
}

template <class H>
unsigned char* PutHistogram(unsigned char* at, const H& histogram) {
  *at++ = static_cast<unsigned char>(histogram.counter_reset_hint);
  at = PutVarint(at, histogram.schema);
  at = PutDouble(at, histogram.zero_threshold);
  at = PutCount(at, histogram.zero_count);
  at = PutCount(at, histogram.count);
  at = PutDouble(at, histogram.sum);
  at = PutSpans(at, histogram.positive_spans);
  at = PutSpans(at, histogram.negative_spans);
  at = PutBuckets(at, histogram.positive_buckets);
  at = PutBuckets(at, histogram.negative_buckets);
  return histogram.UsesCustomBuckets() ? PutBuckets(at, histogram.custom_values) : at;
}

template <class H>
std::size_t RecordBytesMax(std::span<const HistogramRecord<H>> histograms) {
  std::size_t bytes_max = 17;
  for (const HistogramRecord<H>& entry : histograms) {
    bytes_max += 2 * kVarintBytesMax + kStartTimeBytesMax + HistogramBytesMax(entry.histogram);
  }
  return bytes_max;
}

/// Writes those with custom buckets, or the others. The base is `first`.
template <class H>
void EncodeSome(std::span<const HistogramRecord<H>> histograms, bool custom_buckets, RecordType type,
                const HistogramRecord<H>& first, RecordBuffer& out) {
  unsigned char* at = PutType(out.Start(RecordBytesMax(histograms)), type);
  at = PutRef(at, first.ref);
  at = PutU64(at, static_cast<std::uint64_t>(first.t_ms));
  for (const HistogramRecord<H>& entry : histograms) {
    if (entry.histogram.UsesCustomBuckets() != custom_buckets) continue;
    at = PutDifference(at, entry.ref, first.ref);
    at = PutDifference(at, entry.t_ms, first.t_ms);
    at = PutHistogram(at, entry.histogram);
  }
  out.Finish(at);
}

/// The first with custom buckets, or without; null: none.
template <class H>
const HistogramRecord<H>* FirstOf(std::span<const HistogramRecord<H>> histograms, bool custom_buckets) {
  for (const HistogramRecord<H>& entry : histograms) {
    if (entry.histogram.UsesCustomBuckets() == custom_buckets) return &entry;
  }
  return nullptr;
}

template <class H>
constexpr bool kIsInteger = std::is_same_v<H, Histogram>;

}  // namespace

template <class H>
bool EncodeHistogramsRecord(std::span<const HistogramRecord<H>> histograms, RecordBuffer& out) {
  constexpr RecordType kType = kIsInteger<H> ? RecordType::kHistogramSamples : RecordType::kFloatHistogramSamples;
  if (histograms.empty()) {
    out.Finish(PutType(out.Start(1), kType));
    return true;
  }
  if (FirstOf(histograms, false) == nullptr) return false;
  // The base is the first of all, also when it has custom buckets (WAL-17).
  EncodeSome(histograms, false, kType, histograms.front(), out);
  return true;
}

template <class H>
bool EncodeCustomBucketsHistogramsRecord(std::span<const HistogramRecord<H>> histograms, RecordBuffer& out) {
  const HistogramRecord<H>* const first = FirstOf(histograms, true);
  if (first == nullptr) return false;
  EncodeSome(
      histograms, true,
      kIsInteger<H> ? RecordType::kCustomBucketsHistogramSamples : RecordType::kCustomBucketsFloatHistogramSamples,
      *first, out);
  return true;
}

template <class H>
void EncodeHistogramsV2Record(std::span<const HistogramRecord<H>> histograms, RecordBuffer& out) {
  unsigned char* at = PutType(out.Start(RecordBytesMax(histograms)),
                              kIsInteger<H> ? RecordType::kHistogramSamplesV2 : RecordType::kFloatHistogramSamplesV2);
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    const HistogramRecord<H>& entry = histograms[i];
    if (i == 0) {
      at = PutVarint(at, static_cast<std::int64_t>(entry.ref));
      at = PutVarint(at, entry.t_ms);
      at = PutVarint(at, entry.st_ms);
    } else {
      at = PutDifference(at, entry.ref, histograms[i - 1].ref);
      at = PutDifference(at, entry.t_ms, histograms[0].t_ms);
      at = PutStartTime(at, entry.st_ms, histograms[0].st_ms, histograms[i - 1].st_ms);
    }
    at = PutHistogram(at, entry.histogram);
  }
  out.Finish(at);
}

template bool EncodeHistogramsRecord(std::span<const HistogramRecord<Histogram>> histograms, RecordBuffer& out);
template bool EncodeHistogramsRecord(std::span<const HistogramRecord<FloatHistogram>> histograms, RecordBuffer& out);
template bool EncodeCustomBucketsHistogramsRecord(std::span<const HistogramRecord<Histogram>> histograms,
                                                  RecordBuffer& out);
template bool EncodeCustomBucketsHistogramsRecord(std::span<const HistogramRecord<FloatHistogram>> histograms,
                                                  RecordBuffer& out);
template void EncodeHistogramsV2Record(std::span<const HistogramRecord<Histogram>> histograms, RecordBuffer& out);
template void EncodeHistogramsV2Record(std::span<const HistogramRecord<FloatHistogram>> histograms, RecordBuffer& out);

}  // namespace stalemark
