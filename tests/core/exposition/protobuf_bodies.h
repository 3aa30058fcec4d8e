// SPDX-License-Identifier: Apache-2.0
// Protobuf bodies for tests, written field by field, and what the parser makes of them as text.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/exposition/protobuf_parser.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "tests/core/exposition/dump.h"

namespace stalemark::exposition_test {

/// A message under construction: fields in the order of the calls.
class Message {
 public:
  Message& Raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  Message& Number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  Message& Key(std::uint64_t field, unsigned wire_type) { return Number(field << 3 | wire_type); }
  Message& Varint(std::uint64_t field, std::uint64_t value) { return Key(field, 0).Number(value); }
  Message& Sint(std::uint64_t field, std::int64_t value) { return Varint(field, Zigzag(value)); }
  Message& Bits(std::uint64_t field, std::uint64_t bits) {
    Key(field, 1);
    for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(bits >> (8 * i));
    return *this;
  }
  Message& Double(std::uint64_t field, double value) { return Bits(field, BitsOf(value)); }
  Message& Bytes(std::uint64_t field, std::string_view bytes) { return Key(field, 2).Number(bytes.size()).Raw(bytes); }
  Message& Sub(std::uint64_t field, const Message& message) { return Bytes(field, message.bytes_); }
  Message& Subs(std::uint64_t field, const std::vector<Message>& messages) {
    for (const Message& message : messages) Sub(field, message);
    return *this;
  }

  const std::string& bytes() const { return bytes_; }
  static std::uint64_t Zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ (value < 0 ? ~std::uint64_t{0} : 0);
  }

 private:
  std::string bytes_;
};

enum Type : std::uint8_t { kCounter, kGauge, kSummary, kUntyped, kHistogram, kGaugeHistogram };

inline Message LabelPair(std::string_view name, std::string_view value) {
  return Message().Bytes(1, name).Bytes(2, value);
}
/// A gauge and its like: one double.
inline Message Value(double value) {
  return Message().Double(1, value);
}
inline Message Time(std::uint64_t seconds, std::uint64_t nanos) {
  return Message().Varint(1, seconds).Varint(2, nanos);
}
inline Message Exemplar(std::string_view trace, double value) {
  return Message().Sub(1, LabelPair("trace", trace)).Double(2, value);
}
inline Message Bucket(double bound, std::uint64_t count) {
  return Message().Varint(1, count).Double(2, bound);
}
inline Message Span(std::int64_t offset, std::uint64_t length) {
  return Message().Sint(1, offset).Varint(2, length);
}
/// A metric whose value is field `field` of Metric.
inline Message Metric(std::uint64_t field, const Message& value) {
  return Message().Sub(field, value);
}
inline Message GaugeMetric(double value) {
  return Metric(2, Value(value));
}
inline Message CounterMetric(double value) {
  return Metric(3, Value(value));
}
inline Message HistogramMetric(const Message& histogram) {
  return Metric(7, histogram);
}
inline Message Family(std::string_view name, Type type, const std::vector<Message>& metrics) {
  return Message().Bytes(1, name).Bytes(2, "help").Varint(3, type).Subs(4, metrics);
}
inline std::string Body(const std::vector<Message>& families) {
  Message body;
  for (const Message& family : families) body.Number(family.bytes().size()).Raw(family.bytes());
  return body.bytes();
}
/// A body of one family of the name `a`.
inline std::string BodyOf(Type type, const std::vector<Message>& metrics) {
  return Body({Family("a", type, metrics)});
}

namespace protobuf_dump {

inline std::string Float(double value) {
  std::string out;
  text::AppendShortestG(out, value);
  return out;
}

inline std::string LabelList(const std::vector<Label>& labels) {
  std::string out;
  for (const Label& label : labels) {
    if (label.name == kMetricName && out.empty()) {
      out = std::string(label.value) + "{";
    } else {
      if (out.empty()) out = "{";
      out += fmt::format("{}={} ", label.name, text::GoQuote(label.value));
    }
  }
  if (out.empty()) return "{}";
  if (out.back() == ' ') out.pop_back();
  return out + "}";
}

/// `0+2:1,3` is a span of two buckets at offset 0 with the absolute counts 1 and 3.
template <class Bucket, class Show>
std::string Side(const std::vector<HistogramSpan>& spans, const std::vector<Bucket>& buckets, Show show) {
  std::string out;
  for (const HistogramSpan& span : spans) out += fmt::format("{}+{} ", span.offset, span.length);
  if (!out.empty()) out.back() = ':';
  for (const Bucket& bucket : buckets) out += show(bucket) + ",";
  if (!buckets.empty()) out.pop_back();
  return out;
}

template <class AnyHistogram, class Show, class ShowCount>
std::string HistogramText(const AnyHistogram& h, Show show, ShowCount show_count) {
  std::string out = fmt::format("schema={} count={} sum={} zero={}/{}", h.schema, show_count(h.count), Float(h.sum),
                                Float(h.zero_threshold), show_count(h.zero_count));
  const std::string positive = Side(h.positive_spans, h.positive_buckets, show);
  const std::string negative = Side(h.negative_spans, h.negative_buckets, show);
  if (!positive.empty()) out += " +[" + positive + "]";
  if (!negative.empty()) out += " -[" + negative + "]";
  for (const double bound : h.custom_values) out += " le=" + Float(bound);
  if (h.counter_reset_hint == CounterResetHint::kGauge) out += " gauge";
  return out;
}

inline std::string ValueText(EntryKind kind, Parser& parser) {
  if (kind == EntryKind::kSeries) return Float(DoubleOf(parser.sample().value_bits));
  const HistogramEntry entry = parser.histogram();
  if (entry.floats != nullptr) return "floats " + HistogramText(*entry.floats, Float, Float);
  if (entry.integers == nullptr) return "nothing";
  const auto show_count = [](std::uint64_t count) { return std::to_string(count); };
  std::uint64_t count = 0;
  Histogram absolute = *entry.integers;
  for (std::int64_t& bucket : absolute.positive_buckets) {
    count += static_cast<std::uint64_t>(bucket);
    bucket = static_cast<std::int64_t>(count);
  }
  count = 0;
  for (std::int64_t& bucket : absolute.negative_buckets) {
    count += static_cast<std::uint64_t>(bucket);
    bucket = static_cast<std::int64_t>(count);
  }
  return "integers " + HistogramText(
                           absolute, [](std::int64_t bucket) { return std::to_string(bucket); }, show_count);
}

}  // namespace protobuf_dump

/// The current sample: `a_bucket{le="1.0"} 2 @5 st=7 # {trace="x"} 3 @9`.
inline std::string DumpSample(EntryKind kind, Parser& parser) {
  std::vector<Label> labels;
  parser.SampleLabels(&labels);
  std::string out = protobuf_dump::LabelList(labels) + " " + protobuf_dump::ValueText(kind, parser);
  if (parser.sample().has_timestamp) out += fmt::format(" @{}", parser.sample().t_ms);
  if (parser.StartTimestamp() != 0) out += fmt::format(" st={}", parser.StartTimestamp());
  ExemplarEntry exemplar;
  while (parser.NextExemplar(&exemplar)) {
    out +=
        " # " + protobuf_dump::LabelList(exemplar.labels) + " " + protobuf_dump::Float(DoubleOf(exemplar.value_bits));
    if (exemplar.has_timestamp) out += fmt::format(" @{}", exemplar.t_ms);
  }
  return out;
}

/// All entries, one a line; the error last.
inline std::string DumpAll(ProtobufParser& parser) {
  std::string out;
  for (;;) {
    const EntryKind kind = parser.Next();
    if (kind == EntryKind::kEnd) return out;
    const bool is_sample = kind == EntryKind::kSeries || kind == EntryKind::kHistogram;
    out += (is_sample ? DumpSample(kind, parser) : DumpEntry(kind, parser)) + "\n";
    if (kind == EntryKind::kError) return out;
  }
}

inline std::string DumpProtobuf(std::string_view body, const ParserOptions& options = {}) {
  const PaddedBody padded(body);
  ProtobufParser parser(options);
  parser.Reset(padded.view());
  return DumpAll(parser);
}

/// As DumpProtobuf, without the metadata.
inline std::string Samples(std::string_view body, const ParserOptions& options = {}) {
  std::string out;
  const std::string all = DumpProtobuf(body, options);
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find('\n', at) + 1;
    const std::string line = all.substr(at, end - at);
    const bool metadata = line.rfind("help ", 0) == 0 || line.rfind("type ", 0) == 0 || line.rfind("unit ", 0) == 0;
    if (!metadata) out += line;
    at = end;
  }
  return out;
}

}  // namespace stalemark::exposition_test
