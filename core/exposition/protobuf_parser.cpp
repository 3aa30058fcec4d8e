// SPDX-License-Identifier: Apache-2.0
// Families, metrics and upstream's state machine over them; protobuf_samples.cpp has what a sample is made of.
#include "core/exposition/protobuf_parser.h"

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

/// Upstream takes no longer length in front of a family.
constexpr std::size_t kFamilyLengthWidthMax = 5;

}  // namespace

void ProtobufParser::Reset(std::string_view body) {
  body_ = body;
  cursor_ = entry_ = family_start_ = metric_start_ = body.data();
  state_ = State::kBetweenFamilies;
  finished_.reset();
  pending_.reset();
  failure_ = {};
  error_ = {};
  family_.Clear();
  next_metric_ = 0;
  metric_.Clear();
  metric_.untyped = 0;
  sample_ = {};
  histogram_ = {};
  metadata_ = {};
  field_ = kCountField;
  fields_done_ = false;
  redo_classic_ = false;
}

EntryKind ProtobufParser::Next() {
  const EntryKind kind = pending_ ? *pending_ : Advance();
  pending_.reset();
  return kind;
}

bool ProtobufParser::NextIfSeries(std::string_view series, EntryKind* kind) {
  if (!pending_) {
    expected_ = series;
    pending_ = Advance();
    expected_ = {};
  }
  if (*pending_ != EntryKind::kSeries || sample_.series != series) return false;
  *kind = EntryKind::kSeries;
  pending_.reset();
  return true;
}

bool ProtobufParser::MayBeAtSeries() const {
  return pending_ == EntryKind::kSeries;
}

EntryKind ProtobufParser::Advance() {
  exemplar_returned_ = false;
  histogram_ = {};
  while (!finished_) {
    if (const Step step = TakeStep()) return *step;
  }
  return *finished_;
}

ProtobufParser::Step ProtobufParser::TakeStep() {
  switch (state_) {
    case State::kBetweenFamilies:
      return StartFamily();
    case State::kHelp:
      return family_.unit.empty() ? YieldType() : YieldUnit();
    case State::kUnit:
      return YieldType();
    case State::kType:
      return StartSamples();
    case State::kSeries:
      return AfterSeries();
    case State::kHistogram:
      break;
  }
  return AfterHistogram();
}

/// Reads on to the next family that has metrics (PARSE-PB-03), and its first metric.
ProtobufParser::Step ProtobufParser::StartFamily() {
  exemplar_index_ = 0;
  field_ = kCountField;
  Moved moved = NextFamily();
  if (moved == Moved::kEnd) finished_ = EntryKind::kEnd;
  if (moved != Moved::kYes) return finished_;
  moved = NextMetric();
  if (moved == Moved::kEnd) return std::nullopt;
  if (moved == Moved::kFailed || !CheckFamily()) return finished_;
  entry_ = family_start_;
  metadata_ = {family_.name, family_.help, MetricType::kUnknown};
  state_ = State::kHelp;
  return EntryKind::kHelp;
}

ProtobufParser::Step ProtobufParser::YieldUnit() {
  metadata_ = {family_.name, family_.unit, MetricType::kUnknown};
  state_ = State::kUnit;
  return EntryKind::kUnit;
}

ProtobufParser::Step ProtobufParser::YieldType() {
  metadata_ = {family_.name, MetricTypeText(Type()), Type()};
  state_ = State::kType;
  return EntryKind::kType;
}

ProtobufParser::Step ProtobufParser::StartSamples() {
  state_ = State::kSeries;
  if (!IsHistogramFamily()) return YieldSample();
  if (IsClassic()) {
    field_ = kBeforeFields;
    return std::nullopt;
  }
  if (!CheckSpans()) return finished_;
  state_ = State::kHistogram;
  return YieldSample();
}

ProtobufParser::Step ProtobufParser::AfterSeries() {
  if (!IsComplex()) return YieldNextMetric();
  const bool classic = IsHistogramFamily() && IsClassic();
  const bool skip_classic = options_.convert_classic_to_nhcb && classic && !options_.keep_classic;
  if (!fields_done_ && !skip_classic) {
    ++field_;
    return YieldSample();
  }
  field_ = kCountField;
  fields_done_ = false;
  exemplar_index_ = 0;
  if (classic && options_.convert_classic_to_nhcb) {
    if (!ConvertToCustomBuckets()) return finished_;
    state_ = State::kHistogram;
    return YieldSample();
  }
  if (IsHistogramFamily() && !classic) {
    // The classic fields of a native histogram are through, whether it was yielded as one or not (PARSE-PB-11).
    if (!CheckSpans()) return finished_;
    state_ = State::kHistogram;
  }
  return YieldNextMetric();
}

ProtobufParser::Step ProtobufParser::AfterHistogram() {
  if (redo_classic_) return SwitchToClassic();
  if (NextMetric() != Moved::kYes) return LeaveFamily();
  return IsClassic() ? SwitchToClassic() : YieldSample();
}

ProtobufParser::Step ProtobufParser::SwitchToClassic() {
  redo_classic_ = false;
  field_ = kBeforeFields;
  fields_done_ = false;
  state_ = State::kSeries;
  return std::nullopt;
}

/// Yields a float or a histogram, as the state says.
ProtobufParser::Step ProtobufParser::YieldSample() {
  entry_ = metric_start_;
  if (!labels_read_ && HasExpectedLabels()) {
    series_ = expected_;
    sample_.series = series_;
  } else {
    if (!labels_read_ && !ReadLabels()) return finished_;
    MakeSeries();
  }
  sample_.has_timestamp = metric_.timestamp_ms != 0;
  sample_.t_ms = metric_.timestamp_ms;
  fields_done_ = IsLastField();
  if (state_ == State::kHistogram) {
    if (!IsClassic()) MakeNativeHistogram();
    sample_.value_bits = 0;
    return EntryKind::kHistogram;
  }
  sample_.value_bits = BitsOf(FieldValue());
  return EntryKind::kSeries;
}

ProtobufParser::Moved ProtobufParser::NextFamily() {
  const std::string_view rest(cursor_, static_cast<std::size_t>(body_.data() + body_.size() - cursor_));
  if (rest.empty()) return Moved::kEnd;
  family_.Clear();
  next_metric_ = 0;
  family_start_ = cursor_;
  const DelimitedLength delimited = ReadDelimitedLength(rest);
  if (delimited.width == 0 || delimited.width > kFamilyLengthWidthMax) {
    Fail("clientpb: invalid varint encountered", cursor_);
    return Moved::kFailed;
  }
  if (delimited.length > rest.size() - delimited.width) {
    Fail(fmt::format("clientpb: insufficient length of buffer, expected at least {} bytes, got {} bytes",
                     delimited.width + delimited.length, rest.size()),
         cursor_);
    return Moved::kFailed;
  }
  const std::string_view message = rest.substr(delimited.width, static_cast<std::size_t>(delimited.length));
  cursor_ = message.data() + message.size();
  if (!DecodeFamily(message, &family_, &failure_)) {
    FailAsDecoded();
    return Moved::kFailed;
  }
  return Moved::kYes;
}

ProtobufParser::Moved ProtobufParser::NextMetric() {
  if (next_metric_ >= family_.metrics.size()) return Moved::kEnd;
  const std::string_view message = family_.metrics[next_metric_++];
  metric_.Clear();
  metric_start_ = message.data();
  labels_read_ = false;
  if (!DecodeMetric(message, &metric_, &failure_)) {
    FailAsDecoded();
    return Moved::kFailed;
  }
  return Moved::kYes;
}

/// PARSE-PB-05, in upstream's order.
bool ProtobufParser::CheckFamily() {
  if (!IsValidMetricName(family_.name, ValidationScheme::kUtf8)) {
    return Fail(fmt::format("invalid metric name: {}", family_.name), family_start_);
  }
  if (!text::IsValidUtf8(family_.help)) {
    return Fail(fmt::format("invalid help for metric {}: {}", text::GoQuote(family_.name), family_.help),
                family_start_);
  }
  if (family_.type < protobuf::kCounterFamily || family_.type > protobuf::kGaugeHistogramFamily) {
    return Fail(fmt::format("unknown metric type for metric {}: {}", text::GoQuote(family_.name), family_.type),
                family_start_);
  }
  return true;
}

/// PARSE-PB-12: the spans of a native histogram are about as many buckets as there are.
bool ProtobufParser::CheckSpans() {
  const protobuf::ClassicAndNative& native = metric_.histogram;
  const bool floats = native.HasFloatCounts();
  return CheckSpansOf("positive", native.positive_spans,
                      floats ? native.positive_counts.size() : native.positive_deltas.size()) &&
         CheckSpansOf("negative", native.negative_spans,
                      floats ? native.negative_counts.size() : native.negative_deltas.size());
}

bool ProtobufParser::CheckSpansOf(std::string_view side, const std::vector<HistogramSpan>& spans, std::size_t buckets) {
  std::uint64_t required = 0;
  for (const HistogramSpan& span : spans) required += span.length;
  if (required == buckets) return true;
  return Fail(fmt::format("histogram {}: {} side: spans require {} buckets, have {}", text::GoQuote(family_.name), side,
                          required, buckets),
              metric_start_);
}

ProtobufParser::Step ProtobufParser::YieldNextMetric() {
  if (NextMetric() != Moved::kYes) return LeaveFamily();
  return YieldSample();
}

/// When there is no next metric: an error is all there is, or the next family comes.
ProtobufParser::Step ProtobufParser::LeaveFamily() {
  state_ = State::kBetweenFamilies;
  return finished_;
}

bool ProtobufParser::Fail(std::string message, const char* at) {
  error_ = {std::move(message), static_cast<std::size_t>(at - body_.data())};
  entry_ = at;
  finished_ = EntryKind::kError;
  return false;
}

bool ProtobufParser::FailAsDecoded() {
  return Fail(std::move(failure_.message), failure_.at);
}

MetricType ProtobufParser::Type() const {
  switch (family_.type) {
    case protobuf::kCounterFamily:
      return MetricType::kCounter;
    case protobuf::kGaugeFamily:
      return MetricType::kGauge;
    case protobuf::kSummaryFamily:
      return MetricType::kSummary;
    case protobuf::kHistogramFamily:
      return MetricType::kHistogram;
    case protobuf::kGaugeHistogramFamily:
      return MetricType::kGaugeHistogram;
    default:
      return MetricType::kUnknown;
  }
}

}  // namespace stalemark
