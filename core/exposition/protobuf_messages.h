// SPDX-License-Identifier: Apache-2.0
// The messages of the protobuf exposition format, and their decoders. Mirrors metrics.proto and the generated
// decoders of prompb/io/prometheus/client.
//
// A field that occurs twice overwrites, a submessage that occurs twice merges, a repeated field grows: within one
// Metric as in upstream's reused structs. Texts are views into the body. The vectors keep their memory from metric to
// metric; what they can grow to is bounded by the body. Doubles carry whatever bits were sent.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/exposition/protobuf_wire.h"
#include "core/model/histogram.h"
#include "core/model/labels.h"

namespace stalemark::protobuf {

/// MetricType of metrics.proto; the wire may hold any other number.
enum FamilyType : std::int32_t {
  kCounterFamily = 0,
  kGaugeFamily = 1,
  kSummaryFamily = 2,
  kUntypedFamily = 3,
  kHistogramFamily = 4,
  kGaugeHistogramFamily = 5,
};

struct Timestamp {
  bool present = false;
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  /// Truncates nanoseconds, wraps seconds, as upstream's arithmetic does.
  std::int64_t Millis() const;
};

/// Its labels lie in a list that it shares with its neighbours.
struct Exemplar {
  double value = 0;
  Timestamp timestamp;
  std::uint32_t labels_begin = 0;
  std::uint32_t labels_end = 0;
};
inline constexpr std::uint32_t kNoExemplar = 0xFFFFFFFF;

struct Counter {
  double value = 0;
  bool has_exemplar = false;
  Exemplar exemplar;
  std::vector<Label> exemplar_labels;
  Timestamp start;
};

struct Quantile {
  double quantile = 0;
  double value = 0;
};

struct Summary {
  std::uint64_t sample_count = 0;
  double sample_sum = 0;
  std::vector<Quantile> quantiles;
  Timestamp start;
};

struct Bucket {
  std::uint64_t cumulative_count = 0;
  double cumulative_count_float = 0;
  double upper_bound = 0;
  /// Index into bucket_exemplars, or kNoExemplar.
  std::uint32_t exemplar = kNoExemplar;
  /// The float wins unless it is zero.
  double Count() const;
};

/// Classic and native parts.
struct ClassicAndNative {
  std::uint64_t sample_count = 0;
  double sample_count_float = 0;
  double sample_sum = 0;
  std::vector<Bucket> buckets;
  Timestamp start;

  std::int32_t schema = 0;
  double zero_threshold = 0;
  std::uint64_t zero_count = 0;
  double zero_count_float = 0;
  std::vector<HistogramSpan> negative_spans;
  std::vector<std::int64_t> negative_deltas;
  std::vector<double> negative_counts;
  std::vector<HistogramSpan> positive_spans;
  std::vector<std::int64_t> positive_deltas;
  std::vector<double> positive_counts;

  std::vector<Exemplar> exemplars;
  std::vector<Exemplar> bucket_exemplars;
  /// Of both lists of exemplars.
  std::vector<Label> exemplar_labels;

  /// The float wins unless it is zero.
  double Count() const;
  bool HasFloatCounts() const { return sample_count_float > 0 || zero_count_float > 0; }
  /// PARSE-PB-11: spans, or a zero bucket. A float count in the zero bucket alone does not do.
  bool IsNative() const;
  void Clear();
};

struct Metric {
  /// The labels' messages, which DecodeLabel reads: upstream looks into them only when a sample is made.
  std::vector<std::string_view> labels;
  double gauge = 0;
  Counter counter;
  Summary summary;
  double untyped = 0;
  ClassicAndNative histogram;
  std::int64_t timestamp_ms = 0;

  /// As before the next metric of a body: all but the untyped value, which upstream forgets to reset (PARSE-PB-08).
  void Clear();
};

struct MetricFamily {
  std::string_view name;
  std::string_view help;
  std::string_view unit;
  std::int32_t type = kCounterFamily;
  /// The metrics' messages, in order.
  std::vector<std::string_view> metrics;

  void Clear();
};

// Each adds what `message` holds to what is there; false: it cannot be read, and `failure` says why.
bool DecodeFamily(std::string_view message, MetricFamily* family, WireFailure* failure);
bool DecodeMetric(std::string_view message, Metric* metric, WireFailure* failure);
/// A label of a sample: names and values must be UTF-8 (PARSE-PB-05). A name that was not sent is empty.
bool DecodeLabel(std::string_view message, Label* label, WireFailure* failure);

}  // namespace stalemark::protobuf
