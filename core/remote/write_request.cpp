// SPDX-License-Identifier: Apache-2.0
#include "core/remote/write_request.h"

#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/model/protobuf_writer.h"

namespace stalemark {
namespace {

/// Memory for nested messages, reused through a request.
struct Scratch {
  std::string series;
  std::string nested;
  std::string packed;
};

void PutSpans(ProtobufWriter& message, int field, const std::vector<HistogramSpan>& spans, std::string& scratch) {
  for (const HistogramSpan& span : spans) {
    scratch.clear();
    ProtobufWriter writer(scratch);
    writer.Sint(1, span.offset);
    writer.Uint(2, span.length);
    message.BytesAlways(field, scratch);
  }
}

void PutPacked(ProtobufWriter& message, int field, const std::vector<double>& values, std::string& scratch) {
  scratch.clear();
  ProtobufWriter writer(scratch);
  for (const double value : values) writer.Fixed64(BitsOf(value));
  message.Bytes(field, scratch);
}

void PutPacked(ProtobufWriter& message, int field, const std::vector<std::int64_t>& deltas, std::string& scratch) {
  scratch.clear();
  ProtobufWriter writer(scratch);
  for (const std::int64_t delta : deltas) writer.Varint(ProtobufWriter::ZigZag(delta));
  message.Bytes(field, scratch);
}

/// RW-19. `start_time_field` 0: the message has none.
template <class H>
void PutHistogram(std::string& out, const TimeSeries& series, const H& histogram, int start_time_field,
                  std::string& scratch) {
  constexpr bool kIntegers = std::is_same_v<H, Histogram>;
  ProtobufWriter writer(out);
  if constexpr (kIntegers) {
    writer.UintAlways(1, histogram.count);
  } else {
    writer.DoubleAlways(2, histogram.count);
  }
  writer.Double(3, histogram.sum);
  writer.Sint(4, histogram.schema);
  writer.Double(5, histogram.zero_threshold);
  if constexpr (kIntegers) {
    writer.UintAlways(6, histogram.zero_count);
  } else {
    writer.DoubleAlways(7, histogram.zero_count);
  }
  PutSpans(writer, 8, histogram.negative_spans, scratch);
  PutPacked(writer, kIntegers ? 9 : 10, histogram.negative_buckets, scratch);
  PutSpans(writer, 11, histogram.positive_spans, scratch);
  PutPacked(writer, kIntegers ? 12 : 13, histogram.positive_buckets, scratch);
  writer.Uint(14, static_cast<std::uint64_t>(histogram.counter_reset_hint));
  writer.Int(15, series.t_ms);
  PutPacked(writer, 16, histogram.custom_values, scratch);
  if (start_time_field != 0) writer.Int(start_time_field, series.st_ms);
}

/// The histogram of a series that has one.
void PutHistogramOf(std::string& out, const TimeSeries& series, int start_time_field, std::string& scratch) {
  if (series.type() == SeriesType::kHistogram) {
    PutHistogram(out, series, *std::get<2>(series.payload), start_time_field, scratch);
  } else {
    PutHistogram(out, series, *std::get<3>(series.payload), start_time_field, scratch);
  }
}

/// Field 1 of a series and of an exemplar.
void PutLabels(ProtobufWriter& message, const Labels& labels, std::string& scratch) {
  for (const Label label : labels) {
    scratch.clear();
    ProtobufWriter writer(scratch);
    writer.Bytes(1, label.name);
    writer.Bytes(2, label.value);
    message.BytesAlways(1, scratch);
  }
}

void PutSeries(const TimeSeries& series, Scratch& scratch) {
  scratch.series.clear();
  ProtobufWriter message(scratch.series);
  PutLabels(message, series.labels, scratch.packed);
  scratch.nested.clear();
  ProtobufWriter nested(scratch.nested);
  switch (series.type()) {
    case SeriesType::kSample:
      nested.Double(1, DoubleOf(series.value_bits));
      nested.Int(2, series.t_ms);
      message.BytesAlways(2, scratch.nested);
      break;
    case SeriesType::kExemplar:
      PutLabels(nested, *std::get<1>(series.payload), scratch.packed);
      nested.Double(2, DoubleOf(series.value_bits));
      nested.Int(3, series.t_ms);
      message.BytesAlways(3, scratch.nested);
      break;
    default:
      PutHistogramOf(scratch.nested, series, 0, scratch.packed);
      message.BytesAlways(4, scratch.nested);
      break;
  }
}

/// Texts of a 2.0 request by number; the empty text is number 0.
class SymbolTable {
 public:
  std::uint64_t Symbolize(std::string_view text) {
    if (text.empty()) return 0;
    const auto [found, is_new] = numbers_.try_emplace(text, symbols_.size() + 1);
    if (is_new) symbols_.push_back(text);
    return found->second;
  }
  /// Field 1 of a series and of an exemplar: packed pairs.
  void PutLabelRefs(ProtobufWriter& message, const Labels& labels, std::string& scratch) {
    scratch.clear();
    ProtobufWriter writer(scratch);
    for (const Label label : labels) {
      writer.Varint(Symbolize(label.name));
      writer.Varint(Symbolize(label.value));
    }
    message.Bytes(1, scratch);
  }
  /// Without the first, empty one.
  const std::vector<std::string_view>& symbols() const { return symbols_; }

 private:
  std::vector<std::string_view> symbols_;
  /// Never iterated.
  boost::unordered_flat_map<std::string_view, std::uint64_t> numbers_;
};

MetricType TypeFromText(std::string_view text) {
  for (int type = 0; type <= static_cast<int>(MetricType::kStateset); ++type) {
    if (MetricTypeText(static_cast<MetricType>(type)) == text) return static_cast<MetricType>(type);
  }
  return MetricType::kUnknown;
}

struct MetadataRefs {
  MetricType type = MetricType::kUnknown;
  std::uint64_t help = 0;
  std::uint64_t unit = 0;
};

/// Symbolises the metadata, which upstream does before the labels.
MetadataRefs SymbolizeMetadata(const TimeSeries& series, const WriteRequestV2Options& options, SymbolTable& symbols) {
  MetadataRefs refs;
  const Metadata* const metadata = series.metadata.get();
  if (options.type_and_unit_labels) {
    refs.type = TypeFromText(series.labels.Get("__type__"));
    refs.unit = symbols.Symbolize(series.labels.Get("__unit__"));
    if (metadata != nullptr) refs.help = symbols.Symbolize(metadata->help);
  } else if (metadata != nullptr) {
    refs.type = metadata->type;
    refs.help = symbols.Symbolize(metadata->help);
    refs.unit = symbols.Symbolize(metadata->unit);
  }
  return refs;
}

void PutSeriesV2(const TimeSeries& series, const WriteRequestV2Options& options, SymbolTable& symbols,
                 Scratch& scratch) {
  scratch.series.clear();
  ProtobufWriter message(scratch.series);
  const MetadataRefs metadata = SymbolizeMetadata(series, options, symbols);
  symbols.PutLabelRefs(message, series.labels, scratch.packed);
  scratch.nested.clear();
  ProtobufWriter nested(scratch.nested);
  switch (series.type()) {
    case SeriesType::kSample:
      nested.Double(1, DoubleOf(series.value_bits));
      nested.Int(2, series.t_ms);
      nested.Int(3, series.st_ms);
      message.BytesAlways(2, scratch.nested);
      break;
    case SeriesType::kExemplar:
      symbols.PutLabelRefs(nested, *std::get<1>(series.payload), scratch.packed);
      nested.Double(2, DoubleOf(series.value_bits));
      nested.Int(3, series.t_ms);
      message.BytesAlways(4, scratch.nested);
      break;
    default: {
      constexpr int kStartTimestamp = 17;
      PutHistogramOf(scratch.nested, series, kStartTimestamp, scratch.packed);
      message.BytesAlways(3, scratch.nested);
      break;
    }
  }
  scratch.nested.clear();
  nested.Uint(1, static_cast<std::uint64_t>(metadata.type));
  nested.Uint(3, metadata.help);
  nested.Uint(4, metadata.unit);
  message.BytesAlways(5, scratch.nested);
}

}  // namespace

void EncodeWriteRequest(std::span<const TimeSeries> series, std::string& out) {
  ProtobufWriter request(out);
  Scratch scratch;
  for (const TimeSeries& one : series) {
    PutSeries(one, scratch);
    request.BytesAlways(1, scratch.series);
  }
}

void EncodeMetadataRequest(std::span<const Metadata> metadata, std::string& out) {
  ProtobufWriter request(out);
  std::string scratch;
  for (const Metadata& one : metadata) {
    scratch.clear();
    ProtobufWriter message(scratch);
    message.Uint(1, static_cast<std::uint64_t>(one.type));
    message.Bytes(2, one.family);
    message.Bytes(4, one.help);
    message.Bytes(5, one.unit);
    request.BytesAlways(3, scratch);
  }
}

void EncodeWriteRequestV2(std::span<const TimeSeries> series, const WriteRequestV2Options& options, std::string& out) {
  SymbolTable symbols;
  Scratch scratch;
  // Symbols stand before the series that they are found in.
  std::string all_series;
  ProtobufWriter list(all_series);
  for (const TimeSeries& one : series) {
    PutSeriesV2(one, options, symbols, scratch);
    list.BytesAlways(5, scratch.series);
  }
  ProtobufWriter request(out);
  request.BytesAlways(4, "");
  for (const std::string_view symbol : symbols.symbols()) request.BytesAlways(4, symbol);
  out += all_series;
}

}  // namespace stalemark
