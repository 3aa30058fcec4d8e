// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/histogram_json.h"

#include <array>
#include <string>
#include <type_traits>

namespace stalemark::conformance {
namespace {

struct HintName {
  CounterResetHint hint;
  const char* in_exposition;
  const char* in_scrape;
};

constexpr std::array<HintName, 4> kHintNames = {{
    {CounterResetHint::kUnknown, "", "unknown"},
    {CounterResetHint::kCounterReset, "counter_reset", "reset"},
    {CounterResetHint::kNotCounterReset, "not_counter_reset", "not_reset"},
    {CounterResetHint::kGauge, "gauge", "gauge"},
}};

const HintName& NameOf(CounterResetHint hint) {
  return kHintNames[static_cast<std::size_t>(hint)];
}

Json NumberJson(std::int64_t number) {
  return number;
}
Json NumberJson(std::uint64_t number) {
  return number;
}
Json NumberJson(double number) {
  return Hex16(BitsOf(number));
}

/// A number of the case as the field's type has it.
template <class Number>
Number NumberFrom(const Json& json) {
  if constexpr (std::is_same_v<Number, double>) {
    return DoubleOf(ParseHex16(json.get_ref<const std::string&>()));
  } else {
    return json.get<Number>();
  }
}

void PutSpans(Json& json, const std::string& key, const std::vector<HistogramSpan>& spans) {
  for (const HistogramSpan& span : spans) json[key].push_back({span.offset, span.length});
}

template <class Number>
void PutNumbers(Json& json, const std::string& key, const std::vector<Number>& numbers) {
  for (const Number number : numbers) json[key].push_back(NumberJson(number));
}

std::vector<HistogramSpan> SpansFrom(const Json& json, const char* key) {
  std::vector<HistogramSpan> spans;
  const auto list = json.find(key);
  if (list == json.end()) return spans;
  for (const Json& span : *list) spans.push_back({span.at(0).get<std::int32_t>(), span.at(1).get<std::uint32_t>()});
  return spans;
}

template <class Number>
std::vector<Number> NumbersFrom(const Json& json, const char* key) {
  std::vector<Number> numbers;
  const auto list = json.find(key);
  if (list == json.end()) return numbers;
  for (const Json& number : *list) numbers.push_back(NumberFrom<Number>(number));
  return numbers;
}

void MakeStored(std::vector<std::int64_t>& counts) {
  std::uint64_t last = 0;
  for (std::int64_t& count : counts) {
    const auto absolute = static_cast<std::uint64_t>(count);
    count = static_cast<std::int64_t>(absolute - last);
    last = absolute;
  }
}
void MakeStored(std::vector<double>&) {}

template <class AnyHistogram>
Json ToJson(const AnyHistogram& histogram, HistogramShape shape) {
  const std::string counts = shape == HistogramShape::kScrape ? "counts" : "buckets";
  Json json = {{"schema", histogram.schema},
               {"zero_threshold", NumberJson(histogram.zero_threshold)},
               {"zero_count", NumberJson(histogram.zero_count)},
               {"count", NumberJson(histogram.count)},
               {"sum", NumberJson(histogram.sum)}};
  PutSpans(json, "positive_spans", histogram.positive_spans);
  PutNumbers(json, "positive_" + counts, AbsoluteCounts(histogram.positive_buckets));
  PutSpans(json, "negative_spans", histogram.negative_spans);
  PutNumbers(json, "negative_" + counts, AbsoluteCounts(histogram.negative_buckets));
  PutNumbers(json, "custom_values", histogram.custom_values);
  const HintName& hint = NameOf(histogram.counter_reset_hint);
  if (shape == HistogramShape::kScrape) {
    json["counter_reset_hint"] = hint.in_scrape;
  } else if (histogram.counter_reset_hint != CounterResetHint::kUnknown) {
    json["counter_reset_hint"] = hint.in_exposition;
  }
  return json;
}

template <class Count, class Bucket>
BasicHistogram<Count, Bucket> FromJson(const Json& json) {
  BasicHistogram<Count, Bucket> histogram;
  histogram.schema = json.at("schema").get<std::int32_t>();
  histogram.zero_threshold = NumberFrom<double>(json.at("zero_threshold"));
  histogram.zero_count = NumberFrom<Count>(json.at("zero_count"));
  histogram.count = NumberFrom<Count>(json.at("count"));
  histogram.sum = NumberFrom<double>(json.at("sum"));
  histogram.positive_spans = SpansFrom(json, "positive_spans");
  histogram.positive_buckets = NumbersFrom<Bucket>(json, "positive_buckets");
  histogram.negative_spans = SpansFrom(json, "negative_spans");
  histogram.negative_buckets = NumbersFrom<Bucket>(json, "negative_buckets");
  histogram.custom_values = NumbersFrom<double>(json, "custom_values");
  MakeStored(histogram.positive_buckets);
  MakeStored(histogram.negative_buckets);
  const std::string hint = json.value("counter_reset_hint", "");
  for (const HintName& name : kHintNames) {
    if (hint == name.in_exposition) histogram.counter_reset_hint = name.hint;
  }
  return histogram;
}

}  // namespace

std::string_view HintWord(CounterResetHint hint) {
  return NameOf(hint).in_exposition;
}

Json HistogramJson(const Histogram& histogram, HistogramShape shape) {
  return ToJson(histogram, shape);
}
Json HistogramJson(const FloatHistogram& histogram, HistogramShape shape) {
  return ToJson(histogram, shape);
}

Histogram HistogramFromJson(const Json& json) {
  return FromJson<std::uint64_t, std::int64_t>(json);
}
FloatHistogram FloatHistogramFromJson(const Json& json) {
  return FromJson<double, double>(json);
}

}  // namespace stalemark::conformance
