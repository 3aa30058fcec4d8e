// SPDX-License-Identifier: Apache-2.0
#include "core/model/histogram_text.h"

#include <string_view>

#include "core/text/go_float.h"

namespace stalemark {
namespace {

void Append(std::string& out, double value) {
  text::AppendShortestG(out, value);
  if (value == value) return;
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '/';
  const std::uint64_t bits = BitsOf(value);
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[bits >> shift & 15];
}

void Append(std::string& out, std::uint64_t value) {
  out += std::to_string(value);
}

void Append(std::string& out, std::int64_t value) {
  out += std::to_string(value);
}

std::uint64_t BitsOfValue(double value) {
  return BitsOf(value);
}
std::uint64_t BitsOfValue(std::uint64_t value) {
  return value;
}

template <class Value>
void AppendKey(std::string& out, std::string_view key, Value value) {
  if (BitsOfValue(value) == 0) return;
  out += ' ';
  out += key;
  out += ':';
  Append(out, value);
}

template <class Value>
void AppendList(std::string& out, std::string_view key, const std::vector<Value>& values) {
  if (values.empty()) return;
  out += ' ';
  out += key;
  out += ":[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) out += ' ';
    Append(out, values[i]);
  }
  out += ']';
}

void AppendSpans(std::string& out, std::string_view key, const std::vector<HistogramSpan>& spans) {
  if (spans.empty()) return;
  out += ' ';
  out += key;
  out += ":[";
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i != 0) out += ' ';
    out += std::to_string(spans[i].offset) + ':' + std::to_string(spans[i].length);
  }
  out += ']';
}

std::string_view HintText(CounterResetHint hint) {
  switch (hint) {
    case CounterResetHint::kCounterReset:
      return " counter_reset_hint:reset";
    case CounterResetHint::kNotCounterReset:
      return " counter_reset_hint:not_reset";
    case CounterResetHint::kGauge:
      return " counter_reset_hint:gauge";
    case CounterResetHint::kUnknown:
      break;
  }
  return "";
}

template <class H>
std::string TextOf(std::string_view kind, const H& histogram) {
  std::string out = "{{";
  out += kind;
  out += "schema:" + std::to_string(histogram.schema);
  AppendKey(out, "count", histogram.count);
  AppendKey(out, "sum", histogram.sum);
  AppendKey(out, "z_bucket", histogram.zero_count);
  AppendKey(out, "z_bucket_w", histogram.zero_threshold);
  AppendSpans(out, "spans", histogram.positive_spans);
  AppendList(out, "buckets", AbsoluteCounts(histogram.positive_buckets));
  AppendSpans(out, "n_spans", histogram.negative_spans);
  AppendList(out, "n_buckets", AbsoluteCounts(histogram.negative_buckets));
  AppendList(out, "custom_values", histogram.custom_values);
  out += HintText(histogram.counter_reset_hint);
  return out + "}}";
}

}  // namespace

std::string HistogramText(const Histogram& histogram) {
  return TextOf("", histogram);
}

std::string HistogramText(const FloatHistogram& histogram) {
  return TextOf("kind:float ", histogram);
}

}  // namespace stalemark
