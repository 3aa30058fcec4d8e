// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/protobuf_messages.h"

#include <string>

#include "core/text/utf8.h"

namespace stalemark::protobuf {
namespace {

bool DecodeTimestamp(std::string_view message, Timestamp* timestamp, WireFailure* failure) {
  WireReader in(message, "Timestamp", failure);
  timestamp->present = true;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadInt64("Seconds", &timestamp->seconds);
        break;
      case 2:
        in.ReadInt32("Nanos", &timestamp->nanos);
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

bool DecodeExemplarLabel(std::string_view message, Label* label, WireFailure* failure) {
  WireReader in(message, "LabelPair", failure);
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadBytes("Name", &label->name);
        break;
      case 2:
        in.ReadBytes("Value", &label->value);
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

/// `labels`: the list that the exemplar's labels are the end of.
bool DecodeExemplar(std::string_view message, Exemplar* exemplar, std::vector<Label>* labels, WireFailure* failure) {
  WireReader in(message, "Exemplar", failure);
  std::string_view part;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        if (!in.ReadBytes("Label", &part)) break;
        if (!DecodeExemplarLabel(part, &labels->emplace_back(), failure)) return false;
        exemplar->labels_end = static_cast<std::uint32_t>(labels->size());
        break;
      case 2:
        in.ReadDouble("Value", &exemplar->value);
        break;
      case 3:
        if (in.ReadBytes("Timestamp", &part) && !DecodeTimestamp(part, &exemplar->timestamp, failure)) return false;
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

Exemplar NewExemplar(const std::vector<Label>& labels) {
  Exemplar exemplar;
  exemplar.labels_begin = exemplar.labels_end = static_cast<std::uint32_t>(labels.size());
  return exemplar;
}

/// Gauge and Untyped.
bool DecodeValue(std::string_view message, const char* type_name, double* value, WireFailure* failure) {
  WireReader in(message, type_name, failure);
  while (in.NextField()) {
    if (in.field() == 1) {
      in.ReadDouble("Value", value);
    } else {
      in.Skip();
    }
  }
  return in.ok();
}

bool DecodeCounter(std::string_view message, Counter* counter, WireFailure* failure) {
  WireReader in(message, "Counter", failure);
  std::string_view part;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadDouble("Value", &counter->value);
        break;
      case 2:
        if (!in.ReadBytes("Exemplar", &part)) break;
        counter->has_exemplar = true;
        if (!DecodeExemplar(part, &counter->exemplar, &counter->exemplar_labels, failure)) return false;
        break;
      case 3:
        if (in.ReadBytes("StartTimestamp", &part) && !DecodeTimestamp(part, &counter->start, failure)) return false;
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

bool DecodeQuantile(std::string_view message, Quantile* quantile, WireFailure* failure) {
  WireReader in(message, "Quantile", failure);
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadDouble("Quantile", &quantile->quantile);
        break;
      case 2:
        in.ReadDouble("Value", &quantile->value);
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

bool DecodeSummary(std::string_view message, Summary* summary, WireFailure* failure) {
  WireReader in(message, "Summary", failure);
  std::string_view part;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadVarint("SampleCount", &summary->sample_count);
        break;
      case 2:
        in.ReadDouble("SampleSum", &summary->sample_sum);
        break;
      case 3:
        if (in.ReadBytes("Quantile", &part) && !DecodeQuantile(part, &summary->quantiles.emplace_back(), failure)) {
          return false;
        }
        break;
      case 4:
        if (in.ReadBytes("StartTimestamp", &part) && !DecodeTimestamp(part, &summary->start, failure)) return false;
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

bool DecodeBucket(std::string_view message, ClassicAndNative* histogram, WireFailure* failure) {
  WireReader in(message, "Bucket", failure);
  Bucket& bucket = histogram->buckets.emplace_back();
  std::string_view part;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadVarint("CumulativeCount", &bucket.cumulative_count);
        break;
      case 2:
        in.ReadDouble("UpperBound", &bucket.upper_bound);
        break;
      case 3:
        if (!in.ReadBytes("Exemplar", &part)) break;
        if (bucket.exemplar == kNoExemplar) {
          bucket.exemplar = static_cast<std::uint32_t>(histogram->bucket_exemplars.size());
          histogram->bucket_exemplars.push_back(NewExemplar(histogram->exemplar_labels));
        }
        if (!DecodeExemplar(part, &histogram->bucket_exemplars.back(), &histogram->exemplar_labels, failure)) {
          return false;
        }
        break;
      case 4:
        in.ReadDouble("CumulativeCountFloat", &bucket.cumulative_count_float);
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

bool DecodeSpan(std::string_view message, HistogramSpan* span, WireFailure* failure) {
  WireReader in(message, "BucketSpan", failure);
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadSint32("Offset", &span->offset);
        break;
      case 2:
        in.ReadUint32("Length", &span->length);
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

/// The fields that only native histograms have, and those that are unknown.
bool DecodeNativeField(WireReader& in, ClassicAndNative* histogram, WireFailure* failure) {
  std::string_view part;
  switch (in.field()) {
    case 5:
      return in.ReadSint32("Schema", &histogram->schema);
    case 6:
      return in.ReadDouble("ZeroThreshold", &histogram->zero_threshold);
    case 7:
      return in.ReadVarint("ZeroCount", &histogram->zero_count);
    case 8:
      return in.ReadDouble("ZeroCountFloat", &histogram->zero_count_float);
    case 9:
      return in.ReadBytes("NegativeSpan", &part) &&
             DecodeSpan(part, &histogram->negative_spans.emplace_back(), failure);
    case 10:
      return in.ReadSint64s("NegativeDelta", [&](std::int64_t v) { histogram->negative_deltas.push_back(v); });
    case 11:
      return in.ReadDoubles("NegativeCount", [&](double v) { histogram->negative_counts.push_back(v); });
    case 12:
      return in.ReadBytes("PositiveSpan", &part) &&
             DecodeSpan(part, &histogram->positive_spans.emplace_back(), failure);
    case 13:
      return in.ReadSint64s("PositiveDelta", [&](std::int64_t v) { histogram->positive_deltas.push_back(v); });
    case 14:
      return in.ReadDoubles("PositiveCount", [&](double v) { histogram->positive_counts.push_back(v); });
    case 16:
      if (!in.ReadBytes("Exemplars", &part)) return false;
      histogram->exemplars.push_back(NewExemplar(histogram->exemplar_labels));
      return DecodeExemplar(part, &histogram->exemplars.back(), &histogram->exemplar_labels, failure);
    default:
      return in.Skip();
  }
}

bool DecodeHistogram(std::string_view message, ClassicAndNative* histogram, WireFailure* failure) {
  WireReader in(message, "Histogram", failure);
  std::string_view part;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadVarint("SampleCount", &histogram->sample_count);
        break;
      case 2:
        in.ReadDouble("SampleSum", &histogram->sample_sum);
        break;
      case 3:
        if (in.ReadBytes("Bucket", &part) && !DecodeBucket(part, histogram, failure)) return false;
        break;
      case 4:
        in.ReadDouble("SampleCountFloat", &histogram->sample_count_float);
        break;
      case 15:
        if (in.ReadBytes("StartTimestamp", &part) && !DecodeTimestamp(part, &histogram->start, failure)) return false;
        break;
      default:
        if (!DecodeNativeField(in, histogram, failure)) return false;
    }
  }
  return in.ok();
}

}  // namespace

std::int64_t Timestamp::Millis() const {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) * 1000 +
                                   static_cast<std::uint64_t>(std::int64_t{nanos / 1'000'000}));
}

double Bucket::Count() const {
  return cumulative_count_float == 0 ? static_cast<double>(cumulative_count) : cumulative_count_float;
}

double ClassicAndNative::Count() const {
  return sample_count_float == 0 ? static_cast<double>(sample_count) : sample_count_float;
}

bool ClassicAndNative::IsNative() const {
  return !positive_spans.empty() || !negative_spans.empty() || zero_threshold > 0 || zero_count > 0;
}

bool DecodeFamily(std::string_view message, MetricFamily* family, WireFailure* failure) {
  WireReader in(message, "MetricFamily", failure);
  std::string_view part;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        in.ReadBytes("Name", &family->name);
        break;
      case 2:
        in.ReadBytes("Help", &family->help);
        break;
      case 3:
        in.ReadInt32("Type", &family->type);
        break;
      case 4:
        if (in.ReadBytes("Metric", &part)) family->metrics.push_back(part);
        break;
      case 5:
        in.ReadBytes("Unit", &family->unit);
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

bool DecodeMetric(std::string_view message, Metric* metric, WireFailure* failure) {
  WireReader in(message, "Metric", failure);
  std::string_view part;
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        if (in.ReadBytes("Label", &part)) metric->labels.push_back(part);
        break;
      case 2:
        if (in.ReadBytes("Gauge", &part) && !DecodeValue(part, "Gauge", &metric->gauge, failure)) return false;
        break;
      case 3:
        if (in.ReadBytes("Counter", &part) && !DecodeCounter(part, &metric->counter, failure)) return false;
        break;
      case 4:
        if (in.ReadBytes("Summary", &part) && !DecodeSummary(part, &metric->summary, failure)) return false;
        break;
      case 5:
        if (in.ReadBytes("Untyped", &part) && !DecodeValue(part, "Untyped", &metric->untyped, failure)) return false;
        break;
      case 6:
        in.ReadInt64("TimestampMs", &metric->timestamp_ms);
        break;
      case 7:
        if (in.ReadBytes("Histogram", &part) && !DecodeHistogram(part, &metric->histogram, failure)) return false;
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

bool DecodeLabel(std::string_view message, Label* label, WireFailure* failure) {
  WireReader in(message, "LabelPair", failure);
  while (in.NextField()) {
    switch (in.field()) {
      case 1:
        if (in.ReadBytes("Name", &label->name) && !IsValidLabelName(label->name, ValidationScheme::kUtf8)) {
          in.Fail("invalid label name: " + std::string(label->name));
        }
        break;
      case 2:
        if (in.ReadBytes("Value", &label->value) && !text::IsValidUtf8(label->value)) {
          in.Fail("invalid label value: " + std::string(label->value));
        }
        break;
      default:
        in.Skip();
    }
  }
  return in.ok();
}

void MetricFamily::Clear() {
  name = help = unit = {};
  type = kCounterFamily;
  metrics.clear();
}

void Metric::Clear() {
  labels.clear();
  gauge = 0;
  timestamp_ms = 0;

  counter.value = 0;
  counter.has_exemplar = false;
  counter.exemplar = {};
  counter.exemplar_labels.clear();
  counter.start = {};

  summary.sample_count = 0;
  summary.sample_sum = 0;
  summary.quantiles.clear();
  summary.start = {};

  histogram.Clear();
}

void ClassicAndNative::Clear() {
  sample_count = 0;
  sample_count_float = 0;
  sample_sum = 0;
  buckets.clear();
  start = {};
  schema = 0;
  zero_threshold = 0;
  zero_count = 0;
  zero_count_float = 0;
  negative_spans.clear();
  negative_deltas.clear();
  negative_counts.clear();
  positive_spans.clear();
  positive_deltas.clear();
  positive_counts.clear();
  exemplars.clear();
  bucket_exemplars.clear();
  exemplar_labels.clear();
}

}  // namespace stalemark::protobuf
