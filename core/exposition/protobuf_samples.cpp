// SPDX-License-Identifier: Apache-2.0
// Series bytes, labels, values, native histograms and exemplars of the current metric.
#include <algorithm>
#include <cstring>
#include <limits>

#include "core/exposition/protobuf_parser.h"
#include "core/exposition/series_labels.h"
#include "core/exposition/sort_labels.h"
#include "core/model/value.h"

namespace stalemark {
namespace {

constexpr double kLastBound = std::numeric_limits<double>::infinity();
constexpr char kSeparator = '\xFF';
/// Values of labels that are not known yet; told from others by their address.
constexpr char kPlaces[] = "nb";
constexpr std::string_view kNamePlace(kPlaces, 1);
constexpr std::string_view kBoundPlace(kPlaces + 1, 1);
constexpr std::string_view kLongestSuffix = "_bucket";

bool IsEncodable(const Label& label) {
  return label.name.size() < kLabelBytesMax && label.value.size() < kLabelBytesMax;
}

void AppendSeriesName(std::string& out, std::string_view name) {
  if (name == kMetricName) return;
  out += kSeparator;
  out += name;
  out += kSeparator;
}

bool IsAscii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t seen = 0;
  for (; text.size() >= sizeof seen; text.remove_prefix(sizeof seen)) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data(), sizeof bytes);
    seen |= bytes;
  }
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return (seen & kHighBits) == 0;
}

/// Cuts `start` off the front of `text`.
bool Consume(std::string_view& text, std::string_view start) {
  if (text.substr(0, start.size()) != start) return false;
  text.remove_prefix(start.size());
  return true;
}

/// Cuts a field of short text off the front of a message: its key (one byte), its length (one byte), its bytes.
bool ConsumeShortText(std::string_view& message, char key, std::string_view* text) {
  if (message.size() < 2 || message[0] != key) return false;
  const auto size = static_cast<unsigned char>(message[1]);
  if (size > message.size() - 2) return false;
  *text = message.substr(2, size);
  message.remove_prefix(2 + std::size_t{size});
  return true;
}

}  // namespace

/// Whether the metric's series is surely the expected one, which this parser made before. Labels in plain order, each
/// name then value, all ASCII: then no byte of them can pass for a separator, and equal bytes are the same labels,
/// whose checks and order need not be repeated.
bool ProtobufParser::HasExpectedLabels() const {
  constexpr char kNameKey = 1 << 3 | static_cast<char>(WireType::kBytes);
  constexpr char kValueKey = 2 << 3 | static_cast<char>(WireType::kBytes);
  constexpr std::string_view kSeparatorText(&kSeparator, 1);
  std::string_view expected = expected_;
  if (IsComplex() || options_.type_and_unit_labels || !Consume(expected, family_.name)) return false;
  for (std::string_view message : metric_.labels) {
    std::string_view name;
    std::string_view value;
    const bool plain = IsAscii(message) && ConsumeShortText(message, kNameKey, &name) &&
                       ConsumeShortText(message, kValueKey, &value) && message.empty();
    if (!plain || !Consume(expected, kSeparatorText) || !Consume(expected, name) ||
        !Consume(expected, kSeparatorText) || !Consume(expected, value)) {
      return false;
    }
  }
  return expected.empty() && !expected_.empty();
}

/// Reads the labels of the metric, once for all its samples.
bool ProtobufParser::ReadLabels() {
  const std::string_view unit = options_.type_and_unit_labels ? family_.unit : std::string_view();
  const bool has_type = options_.type_and_unit_labels && Type() != MetricType::kUnknown;
  exposed_.clear();
  exposed_.push_back({kMetricName, kNamePlace});
  if (has_type) exposed_.push_back({kTypeLabel, MetricTypeText(Type())});
  if (!unit.empty()) exposed_.push_back({kUnitLabel, unit});
  for (const std::string_view message : metric_.labels) {
    Label label;
    if (!protobuf::DecodeLabel(message, &label, &failure_)) return FailAsDecoded();
    // What the parser sets by itself a target cannot expose (PARSE-PB-20).
    if (options_.type_and_unit_labels && label.name == kMetricName) continue;
    if (has_type && label.name == kTypeLabel) continue;
    if (!unit.empty() && label.name == kUnitLabel) continue;
    exposed_.push_back(label);
  }
  const bool encodable = family_.name.size() + kLongestSuffix.size() < kLabelBytesMax &&
                         std::all_of(exposed_.begin(), exposed_.end(), IsEncodable);
  if (!encodable) return Fail("label name or value is too long", metric_start_);
  layout_ = Layout::kNone;
  labels_read_ = true;
  return true;
}

/// Sorts the labels with or without a bound, and joins what all samples with that layout share. The places are known by
/// their bytes' address: a target may expose labels of the same names.
void ProtobufParser::LayOut(Layout layout) {
  layout_ = layout;
  labels_.assign(exposed_.begin(), exposed_.end());
  if (layout == Layout::kWithBound) labels_.push_back({BoundLabel(), kBoundPlace});
  SortByName(&labels_);
  pieces_.clear();
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const Label& label = labels_[i];
    AppendSeriesName(pieces_, label.name);
    if (label.value.data() == kNamePlace.data()) {
      name_place_ = {i, pieces_.size()};
    } else if (label.value.data() == kBoundPlace.data()) {
      bound_place_ = {i, pieces_.size()};
    } else {
      pieces_ += label.value;
    }
  }
}

/// The series bytes of the current field (PARSE-PB-18). The name comes first: no bound's label sorts in front of it.
void ProtobufParser::MakeSeries() {
  const Layout layout = HasBound() ? Layout::kWithBound : Layout::kPlain;
  if (layout_ != layout) LayOut(layout);
  const std::string_view pieces = pieces_;
  const std::string_view suffix = FieldSuffix();
  series_.assign(pieces_, 0, name_place_.at);
  series_ += family_.name;
  series_ += suffix;
  std::size_t rest = name_place_.at;
  std::size_t bound_begin = 0;
  if (layout == Layout::kWithBound) {
    series_ += pieces.substr(rest, bound_place_.at - rest);
    rest = bound_place_.at;
    bound_begin = series_.size();
    series_ += bounds_.Text(static_cast<std::size_t>(field_), Bound());
  }
  const std::size_t bound_end = series_.size();
  series_ += pieces.substr(rest);
  sample_.series = series_;
  labels_[name_place_.index].value = sample_.series.substr(name_place_.at, family_.name.size() + suffix.size());
  if (layout == Layout::kWithBound) {
    labels_[bound_place_.index].value = sample_.series.substr(bound_begin, bound_end - bound_begin);
  }
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
  return i < buckets.size() ? buckets[i].upper_bound : kLastBound;
}

/// Whether the classic fields of the metric end here: at the last quantile, at the first bucket without bound.
bool ProtobufParser::IsLastField() const {
  if (IsHistogramFamily()) return HasBound() && Bound() == kLastBound;
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
  if (!labels_read_) {  // after a guess: what it took for granted
    ReadLabels();
    MakeSeries();
  }
  labels->assign(labels_.begin(), labels_.end());
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

/// The current classic histogram to one with custom buckets. An error fails the body, unlike in text (PARSE-PB-15).
bool ProtobufParser::ConvertToCustomBuckets() {
  const protobuf::ClassicAndNative& classic = metric_.histogram;
  converter_.Reset();
  Status status = converter_.SetCount(classic.Count());
  if (status) status = converter_.SetSum(classic.sample_sum);
  for (std::size_t i = 0; status && i < classic.buckets.size(); ++i) {
    status = converter_.SetBucketCount(classic.buckets[i].upper_bound, classic.buckets[i].Count());
  }
  if (status) status = converter_.Convert();
  if (!status) return Fail(status.error().message, metric_start_);
  if (family_.type == protobuf::kGaugeHistogramFamily) converter_.SetHint(CounterResetHint::kGauge);
  histogram_ = converter_.result();
  return true;
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
