// SPDX-License-Identifier: Apache-2.0
// Series bytes, labels, values, native histograms and exemplars of the current metric.
#include <algorithm>
#include <limits>

#include "core/exposition/protobuf_parser.h"
#include "core/exposition/sort_labels.h"
#include "core/model/value.h"

namespace stalemark {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr char kSeparator = '\xFF';
constexpr std::string_view kTypeLabel = "__type__";
constexpr std::string_view kUnitLabel = "__unit__";
constexpr std::string_view kLongestSuffix = "_bucket";

bool IsEncodable(const Label& label) {
  return label.name.size() < kLabelBytesMax && label.value.size() < kLabelBytesMax;
}

void AppendSeriesPart(std::string& out, const Label& label) {
  if (label.name != kMetricName) {
    out += kSeparator;
    out += label.name;
    out += kSeparator;
  }
  out += label.value;
}

}  // namespace

/// Reads and sorts the labels of the metric, once for all its samples.
bool ProtobufParser::PrepareLabels() {
  if (!AddLabels()) return false;
  const bool encodable = family_.name.size() + kLongestSuffix.size() < kLabelBytesMax &&
                         std::all_of(labels_.begin(), labels_.end(), IsEncodable);
  if (!encodable) return Fail("label name or value is too long", metric_start_);
  SortByName(&labels_);
  MakePieces();
  labels_ready_ = true;
  return true;
}

bool ProtobufParser::AddLabels() {
  const std::string_view unit = options_.type_and_unit_labels ? family_.unit : std::string_view();
  const bool has_type = options_.type_and_unit_labels && Type() != MetricType::kUnknown;
  labels_.clear();
  labels_.push_back({kMetricName, {}});  // first, so that it stays in front of what the target calls so
  if (has_type) labels_.push_back({kTypeLabel, MetricTypeText(Type())});
  if (!unit.empty()) labels_.push_back({kUnitLabel, unit});
  for (const std::string_view message : metric_.labels) {
    Label label;
    if (!protobuf::DecodeLabel(message, &label, &failure_)) return FailAsDecoded();
    // What the parser sets by itself a target cannot expose (PARSE-PB-20).
    if (options_.type_and_unit_labels && label.name == kMetricName) continue;
    if (has_type && label.name == kTypeLabel) continue;
    if (!unit.empty() && label.name == kUnitLabel) continue;
    labels_.push_back(label);
  }
  return true;
}

void ProtobufParser::MakePieces() {
  const std::string_view bound_name = BoundLabel();
  pieces_.clear();
  name_index_ = bound_index_ = labels_.size();
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const Label& label = labels_[i];
    if (name_index_ == labels_.size() && label.name == kMetricName) {
      name_index_ = i;
      name_at_ = pieces_.size();
    } else if (bound_index_ == labels_.size() && label.name > bound_name) {
      bound_index_ = i;
      bound_at_ = pieces_.size();
    }
    AppendSeriesPart(pieces_, label);
  }
  if (bound_index_ == labels_.size()) bound_at_ = pieces_.size();
}

/// The series bytes of the current field (PARSE-PB-18).
void ProtobufParser::MakeSeries() {
  const std::string_view pieces = pieces_;
  const std::string_view suffix = FieldSuffix();
  const std::string_view bound =
      HasBound() ? bounds_.Text(static_cast<std::size_t>(field_), Bound()) : std::string_view();
  series_.clear();
  series_ += pieces.substr(0, name_at_);
  series_ += family_.name;
  series_ += suffix;
  series_ += pieces.substr(name_at_, bound_at_ - name_at_);
  if (HasBound()) AppendSeriesPart(series_, {BoundLabel(), bound});
  const std::size_t bound_end = series_.size();
  series_ += pieces.substr(bound_at_);
  sample_.series = series_;
  name_ = sample_.series.substr(name_at_, family_.name.size() + suffix.size());
  bound_ = sample_.series.substr(bound_end - bound.size(), bound.size());
}

std::string_view ProtobufParser::FieldSuffix() const {
  if (state_ == State::kHistogram || !IsComplex()) return {};
  if (field_ == kCountField) return "_count";
  if (field_ == kSumField) return "_sum";
  return IsHistogramFamily() ? kLongestSuffix : std::string_view();
}

/// Requires: HasBound. A bucket behind the last one is the one that was not sent (PARSE-PB-10).
double ProtobufParser::Bound() const {
  const auto i = static_cast<std::size_t>(field_);
  if (!IsHistogramFamily()) return metric_.summary.quantiles[i].quantile;
  const std::vector<protobuf::Bucket>& buckets = metric_.histogram.buckets;
  return i < buckets.size() ? buckets[i].upper_bound : kInfinity;
}

/// Whether the classic fields of the metric end here: at the last quantile, at the first bucket without bound.
bool ProtobufParser::IsLastField() const {
  if (IsHistogramFamily()) return HasBound() && Bound() == kInfinity;
  return field_ + 1 >= static_cast<std::int64_t>(metric_.summary.quantiles.size()) && field_ >= kSumField;
}

double ProtobufParser::FieldValue() const {
  switch (family_.type) {
    case protobuf::kCounterFamily:
      return metric_.counter.value;
    case protobuf::kGaugeFamily:
      return metric_.gauge;
    case protobuf::kUntypedFamily:
      return metric_.untyped;
    case protobuf::kSummaryFamily:
      if (field_ == kCountField) return static_cast<double>(metric_.summary.sample_count);
      if (field_ == kSumField) return metric_.summary.sample_sum;
      return metric_.summary.quantiles[static_cast<std::size_t>(field_)].value;
    default:
      break;
  }
  const protobuf::ClassicAndNative& histogram = metric_.histogram;
  if (field_ == kSumField) return histogram.sample_sum;
  const bool in_bucket = field_ >= 0 && static_cast<std::size_t>(field_) < histogram.buckets.size();
  return in_bucket ? histogram.buckets[static_cast<std::size_t>(field_)].Count() : histogram.Count();
}

void ProtobufParser::SampleLabels(std::vector<Label>* labels) {
  labels->assign(labels_.begin(), labels_.end());
  (*labels)[name_index_].value = name_;
  if (!HasBound()) return;
  labels->insert(labels->begin() + static_cast<std::ptrdiff_t>(bound_index_), {BoundLabel(), bound_});
}

/// PARSE-PB-12. Yielding it decides that the classic fields come next (PARSE-PB-14).
void ProtobufParser::MakeNativeHistogram() {
  const protobuf::ClassicAndNative& from = metric_.histogram;
  const auto fill = [&](auto& to, auto count, auto zero_count, const auto& positive, const auto& negative) {
    const bool gauge = family_.type == protobuf::kGaugeHistogramFamily;
    to.counter_reset_hint = gauge ? CounterResetHint::kGauge : CounterResetHint::kUnknown;
    to.schema = from.schema;
    to.zero_threshold = from.zero_threshold;
    to.zero_count = zero_count;
    to.count = count;
    to.sum = from.sample_sum;
    to.positive_spans = from.positive_spans;
    to.negative_spans = from.negative_spans;
    to.positive_buckets = positive;
    to.negative_buckets = negative;
    to.custom_values.clear();
    Compact(to, 0);
  };
  if (from.HasFloatCounts()) {
    fill(floats_, from.sample_count_float, from.zero_count_float, from.positive_counts, from.negative_counts);
    histogram_.floats = &floats_;
  } else {
    fill(integers_, from.sample_count, from.zero_count, from.positive_deltas, from.negative_deltas);
    histogram_.integers = &integers_;
  }
  redo_classic_ = options_.keep_classic && !from.buckets.empty();
}

bool ProtobufParser::NextExemplar(ExemplarEntry* exemplar) {
  if (finished_ || (exemplar_returned_ && state_ == State::kSeries)) return false;
  if (family_.type == protobuf::kCounterFamily) {
    const protobuf::Counter& counter = metric_.counter;
    return counter.has_exemplar && MakeExemplar(counter.exemplar, counter.exemplar_labels, exemplar);
  }
  if (!IsHistogramFamily()) return false;
  const protobuf::Exemplar* next = state_ == State::kSeries ? BucketExemplar(field_) : NextHistogramExemplar();
  return next != nullptr && MakeExemplar(*next, metric_.histogram.exemplar_labels, exemplar);
}

/// Null: the bucket has none, or it is no bucket.
const protobuf::Exemplar* ProtobufParser::BucketExemplar(std::int64_t bucket) const {
  const protobuf::ClassicAndNative& histogram = metric_.histogram;
  if (bucket < 0 || bucket >= static_cast<std::int64_t>(histogram.buckets.size())) return nullptr;
  const std::uint32_t index = histogram.buckets[static_cast<std::size_t>(bucket)].exemplar;
  return index == protobuf::kNoExemplar ? nullptr : &histogram.bucket_exemplars[index];
}

/// The next one with a timestamp, from the list of exemplars if there is one, else from the buckets. The place in
/// either is kept from metric to metric (PARSE-PB-16).
const protobuf::Exemplar* ProtobufParser::NextHistogramExemplar() {
  const protobuf::ClassicAndNative& histogram = metric_.histogram;
  if (!histogram.exemplars.empty()) {
    while (exemplar_index_ < histogram.exemplars.size()) {
      const protobuf::Exemplar& next = histogram.exemplars[exemplar_index_++];
      if (next.timestamp.present) return &next;
    }
    return nullptr;
  }
  if (field_ < 0) field_ = 0;
  while (field_ < static_cast<std::int64_t>(histogram.buckets.size())) {
    const protobuf::Exemplar* const next = BucketExemplar(field_++);
    if (next != nullptr && next->timestamp.present) return next;
  }
  return nullptr;
}

bool ProtobufParser::MakeExemplar(const protobuf::Exemplar& from, const std::vector<Label>& labels,
                                  ExemplarEntry* exemplar) {
  const auto begin = labels.begin() + from.labels_begin;
  const auto end = labels.begin() + from.labels_end;
  if (!std::all_of(begin, end, IsEncodable)) {
    Fail("exemplar label name or value is too long", metric_start_);
    return false;
  }
  exemplar->labels.assign(begin, end);
  SortByName(&exemplar->labels);
  exemplar->value_bits = BitsOf(from.value);
  exemplar->has_timestamp = from.timestamp.present;
  exemplar->t_ms = from.timestamp.Millis();
  exemplar_returned_ = true;
  return true;
}

std::int64_t ProtobufParser::StartTimestamp() {
  switch (family_.type) {
    case protobuf::kCounterFamily:
      return metric_.counter.start.Millis();
    case protobuf::kSummaryFamily:
      return metric_.summary.start.Millis();
    case protobuf::kHistogramFamily:
    case protobuf::kGaugeHistogramFamily:
      return metric_.histogram.start.Millis();
    default:
      return 0;
  }
}

}  // namespace stalemark
