// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "core/exposition/protobuf_messages.h"
#include "core/model/histogram.h"
#include "sim/exporters/exposition.h"
#include "sim/exporters/wire_writer.h"

namespace stalemark::scenario {
namespace {

/// Up to here doubles count without gaps.
constexpr double kWholeMax = 9007199254740992;  // 2^53

bool IsWhole(double value) {
  return value >= 0 && value <= kWholeMax && static_cast<double>(static_cast<std::uint64_t>(value)) == value;
}

std::uint64_t Whole(double value) {
  return IsWhole(value) ? static_cast<std::uint64_t>(value) : 0;
}

/// Fields of metrics.proto that a message has once for whole and once for other counts.
struct CountFields {
  unsigned whole;
  unsigned floating;
};
void WriteCount(CountFields fields, double count, bool is_whole, WireWriter* out) {
  if (is_whole) {
    out->Varint(fields.whole, Whole(count));
  } else {
    out->Double(fields.floating, count);
  }
}

WireWriter Timestamp(std::int64_t t_ms) {
  const std::int64_t seconds = (t_ms < 0 ? t_ms - 999 : t_ms) / 1000;
  WireWriter out;
  out.Varint(1, static_cast<std::uint64_t>(seconds));
  out.Varint(2, static_cast<std::uint64_t>(t_ms - seconds * 1000) * 1'000'000);
  return out;
}

WireWriter LabelPair(std::string_view name, std::string_view value) {
  WireWriter out;
  out.Bytes(1, name);
  out.Bytes(2, value);
  return out;
}

WireWriter ExemplarMessage(const ExposedExemplar& exemplar) {
  WireWriter out;
  for (const Label label : exemplar.labels) out.Message(1, LabelPair(label.name, label.value));
  out.Double(2, DoubleOf(exemplar.value_bits));
  if (exemplar.t_ms) out.Message(3, Timestamp(*exemplar.t_ms));
  return out;
}

const ShownSample* Find(const ShownMetric& metric, SeriesPart part) {
  const auto found = std::find_if(metric.samples.begin(), metric.samples.end(),
                                  [&](const ShownSample& sample) { return sample.series->part == part; });
  return found == metric.samples.end() ? nullptr : &*found;
}

double ValueOf(const ShownSample* sample) {
  return sample == nullptr ? 0 : DoubleOf(sample->value_bits);
}

/// A message that has a value in its first field: counter, gauge, untyped.
WireWriter Single(const ShownMetric& metric, MetricType type) {
  const ShownSample& sample = metric.samples.front();
  WireWriter out;
  out.Double(1, DoubleOf(sample.value_bits));
  if (type != MetricType::kCounter) return out;
  if (sample.exemplar != nullptr) out.Message(2, ExemplarMessage(*sample.exemplar));
  if (metric.created_ms) out.Message(3, Timestamp(*metric.created_ms));
  return out;
}

WireWriter Summary(const ShownMetric& metric) {
  WireWriter out;
  out.Varint(1, Whole(ValueOf(Find(metric, SeriesPart::kCount))));
  out.Double(2, ValueOf(Find(metric, SeriesPart::kSum)));
  for (const ShownSample& sample : metric.samples) {
    if (sample.series->part != SeriesPart::kQuantile) continue;
    WireWriter quantile;
    quantile.Double(1, sample.series->bound.value_or(0));
    quantile.Double(2, DoubleOf(sample.value_bits));
    out.Message(3, quantile);
  }
  if (metric.created_ms) out.Message(4, Timestamp(*metric.created_ms));
  return out;
}

/// The fields of one side of a native histogram.
struct SideFields {
  unsigned spans;
  unsigned deltas;
  unsigned counts;
};

void WriteSide(const std::vector<HistogramSpan>& spans, const std::vector<double>& counts, SideFields fields,
               bool is_whole, WireWriter* out) {
  for (const HistogramSpan& span : spans) {
    WireWriter message;
    message.Zigzag(1, span.offset);
    message.Varint(2, span.length);
    out->Message(fields.spans, message);
  }
  std::int64_t previous = 0;
  for (const double count : counts) {
    if (is_whole) {
      const auto whole = static_cast<std::int64_t>(Whole(count));
      out->Zigzag(fields.deltas, whole - previous);
      previous = whole;
    } else {
      out->Double(fields.counts, count);
    }
  }
}

/// With counts and sum.
void WriteNative(const FloatHistogram& histogram, WireWriter* out) {
  const auto all_whole = [](const std::vector<double>& counts) {
    return std::all_of(counts.begin(), counts.end(), IsWhole);
  };
  // What measures observations counts whole ones; the notation cannot tell the kinds apart.
  const bool is_whole = IsWhole(histogram.count) && IsWhole(histogram.zero_count) &&
                        all_whole(histogram.positive_buckets) && all_whole(histogram.negative_buckets);
  WriteCount({1, 4}, histogram.count, is_whole, out);
  out->Double(2, histogram.sum);
  out->Zigzag(5, histogram.schema);
  out->Double(6, histogram.zero_threshold);
  WriteCount({7, 8}, histogram.zero_count, is_whole, out);
  WriteSide(histogram.negative_spans, histogram.negative_buckets, {9, 10, 11}, is_whole, out);
  WriteSide(histogram.positive_spans, histogram.positive_buckets, {12, 13, 14}, is_whole, out);
  // Without spans and zero bucket it would pass for a classic one: client_golang writes this, too.
  if (histogram.positive_spans.empty() && histogram.negative_spans.empty() && histogram.zero_threshold == 0) {
    WriteSide({{0, 0}}, {}, {12, 13, 14}, is_whole, out);
  }
}

WireWriter HistogramMessage(const ShownMetric& metric) {
  WireWriter out;
  const ShownSample* native = Find(metric, SeriesPart::kNative);
  if (native != nullptr) {
    WriteNative(*native->histogram, &out);
  } else {
    const double count = ValueOf(Find(metric, SeriesPart::kCount));
    WriteCount({1, 4}, count, IsWhole(count), &out);
    out.Double(2, ValueOf(Find(metric, SeriesPart::kSum)));
  }
  for (const ShownSample& sample : metric.samples) {
    if (sample.series->part != SeriesPart::kBucket) continue;
    WireWriter bucket;
    const double count = DoubleOf(sample.value_bits);
    WriteCount({1, 4}, count, IsWhole(count), &bucket);
    bucket.Double(2, sample.series->bound.value_or(0));
    if (sample.exemplar != nullptr) bucket.Message(3, ExemplarMessage(*sample.exemplar));
    out.Message(3, bucket);
  }
  if (metric.created_ms) out.Message(15, Timestamp(*metric.created_ms));
  if (native != nullptr && native->exemplar != nullptr) out.Message(16, ExemplarMessage(*native->exemplar));
  return out;
}

struct TypeFields {
  MetricType type;
  protobuf::FamilyType number;
  /// Of a Metric.
  unsigned field;
};
constexpr TypeFields kTypes[] = {
    {MetricType::kUnknown, protobuf::kUntypedFamily, 5},
    {MetricType::kCounter, protobuf::kCounterFamily, 3},
    {MetricType::kGauge, protobuf::kGaugeFamily, 2},
    {MetricType::kSummary, protobuf::kSummaryFamily, 4},
    {MetricType::kHistogram, protobuf::kHistogramFamily, 7},
    {MetricType::kGaugeHistogram, protobuf::kGaugeHistogramFamily, 7},
};

WireWriter MetricMessage(const ShownMetric& metric, const TypeFields& type, EscapingScheme escaping) {
  WireWriter out;
  const ExposedSeries& series = *metric.samples.front().series;
  for (const Label label : series.labels) {
    const bool is_bound = (label.name == "le" && series.part == SeriesPart::kBucket) ||
                          (label.name == "quantile" && series.part == SeriesPart::kQuantile);
    if (label.name == kMetricName || is_bound) continue;
    out.Message(1, LabelPair(EscapedName(label.name, escaping), label.value));
  }
  switch (type.field) {
    case 4:
      out.Message(type.field, Summary(metric));
      break;
    case 7:
      out.Message(type.field, HistogramMessage(metric));
      break;
    default:
      out.Message(type.field, Single(metric, type.type));
  }
  if (metric.t_ms) out.Varint(6, static_cast<std::uint64_t>(*metric.t_ms));
  return out;
}

}  // namespace

std::string WriteProtobuf(const std::vector<ShownFamily>& families, EscapingScheme escaping) {
  WireWriter stream;
  for (const ShownFamily& shown : families) {
    const ExposedFamily& family = *shown.family;
    const auto type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const TypeFields& known) { return known.type == family.type; });
    if (type == std::end(kTypes)) continue;  // Refused when the scenario is loaded.
    WireWriter message;
    message.Bytes(1, EscapedName(family.name, escaping));
    if (family.help) message.Bytes(2, *family.help);
    message.Varint(3, static_cast<std::uint64_t>(type->number));
    for (const ShownMetric& metric : shown.metrics) message.Message(4, MetricMessage(metric, *type, escaping));
    if (family.unit) message.Bytes(5, *family.unit);
    stream.Delimited(message.bytes());
  }
  return stream.Take();
}

}  // namespace stalemark::scenario
