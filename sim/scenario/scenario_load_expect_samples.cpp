// SPDX-License-Identifier: Apache-2.0
// `samples`, `series` and `query` below `expect`.
#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/text/go_quote.h"
#include "sim/scenario/notation_number.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

constexpr MetricType kMetricTypes[] = {MetricType::kUnknown,        MetricType::kCounter, MetricType::kGauge,
                                       MetricType::kHistogram,      MetricType::kSummary, MetricType::kInfo,
                                       MetricType::kGaugeHistogram, MetricType::kStateset};

std::optional<std::uint64_t> ParseBits(std::string_view text) {
  if (text.size() != 16) return {};
  std::uint64_t bits = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return {};
    bits = bits << 4 | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return bits;
}

}  // namespace

void ScenarioLoader::ReadExpectedSeries(const yaml::Node& node) {
  const yaml::Node *series = nullptr, *values = nullptr, *points = nullptr, *storage = nullptr, *tolerance = nullptr;
  const yaml::Node *exemplars = nullptr, *metadata = nullptr;
  reader_.Mapping(node, "a mapping with the keys series and values (or points)",
                  {{"series", &series},
                   {"values", &values},
                   {"points", &points},
                   {"tolerance", &tolerance},
                   {"exemplars", &exemplars},
                   {"metadata", &metadata},
                   {"storage", &storage}});
  if (reader_.failed()) return;
  const bool says_nothing = values == nullptr && points == nullptr && exemplars == nullptr && metadata == nullptr;
  if (series == nullptr || says_nothing || (values != nullptr && points != nullptr)) {
    const std::string found = series == nullptr ? "no series" : says_nothing ? "nothing about it" : "values and points";
    const std::string hint = says_nothing ? "; `stalemark test --update` fills in values: ''" : "";
    reader_.Fail(node, found, "the key series, and one of values and points, or exemplars or metadata" + hint);
    return;
  }
  ExpectedSeries expected;
  expected.place = PlaceOf(node);
  const auto labels = ReadSeriesName(*series);
  if (!labels) return;
  expected.labels = *labels;
  if (storage != nullptr) expected.storage = ReadStorageName(*storage);
  if (tolerance != nullptr) expected.tolerance = ReadTolerance(*tolerance);
  if (exemplars != nullptr) expected.exemplars = ReadExpectedExemplars(*exemplars);
  if (metadata != nullptr) expected.metadata = ReadExpectedMetadata(*metadata);
  if (values != nullptr) {
    auto parsed = ReadSeriesValues(*values);
    if (!parsed) return;
    expected.values = std::move(*parsed);
  } else if (points != nullptr) {
    expected.values = ReadPoints(*points);
  }
  scenario_.expect.samples.push_back(std::move(expected));
}

Tolerance ScenarioLoader::ReadTolerance(const yaml::Node& node) {
  constexpr std::string_view kExpected = "a number such as 0.001, or a share such as 1%";
  const auto text = reader_.Text(node, kExpected);
  if (!text) return {};
  TextCursor cursor{*text};
  Tolerance tolerance;
  tolerance.kind = Tolerance::Kind::kAbsolute;
  const bool is_number = ReadNumber(&cursor, &tolerance.amount) && tolerance.amount - tolerance.amount == 0;
  if (is_number && cursor.Accept("%")) {
    tolerance.kind = Tolerance::Kind::kRelative;
    tolerance.amount /= 100;
  }
  if (!is_number || !cursor.done()) reader_.Fail(node, text::GoQuote(*text), kExpected);
  return tolerance;
}

std::optional<std::int64_t> ScenarioLoader::ReadSampleTime(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  if (const std::optional<WallTime> instant = ParseInstant(value->value)) return UnixMillis(*instant);
  const auto since_start = reader_.SignedDuration(node);
  if (!since_start) return {};
  return UnixMillis(scenario_.start + *since_start);
}

std::optional<std::int64_t> ScenarioLoader::ReadTimeOfRun(const yaml::Node& node) {
  const auto at = ReadTime(node);
  if (!at) return {};
  if (*at > scenario_.duration + time_moved_) {
    reader_.Fail(node, DescribeNode(node),
                 fmt::format("a time of the run, which ends at {}", FormatDuration(scenario_.duration)));
    return {};
  }
  return UnixMillis(scenario_.start + *at);
}

std::optional<SampleValue> ScenarioLoader::ReadSampleValue(const yaml::Node& node) {
  const auto text = reader_.Text(node, "a number, stale or a histogram in quotes: '{{count:1}}'");
  if (!text) return {};
  Result<SampleValue> value = ParseSampleValue(*text);
  if (value.ok()) return std::move(value).value();
  ComplainInText(node, value.error());
  return {};
}

std::vector<ExpectedPoint> ScenarioLoader::ReadPoints(const yaml::Node& node) {
  std::vector<ExpectedPoint> points;
  reader_.Items(node, "a list of [time, value] or {at: ..., value: ...}", [&](const yaml::Node& item) {
    const yaml::Node* shape = reader_.Follow(item);
    if (shape == nullptr) return;
    const auto point = shape->kind == yaml::NodeKind::kMapping ? ReadPointMapping(item) : ReadPointPair(item);
    if (!point) return;
    if (!points.empty() && points.back().t_ms >= point->t_ms) {
      reader_.Fail(item, "a time that is not later than the one before", "points in the order of their times");
    }
    points.push_back(*point);
  });
  return points;
}

std::optional<ExpectedPoint> ScenarioLoader::ReadPointPair(const yaml::Node& node) {
  std::vector<const yaml::Node*> parts;
  reader_.Items(node, "[time, value] or {at: ..., value: ...}",
                [&](const yaml::Node& part) { parts.push_back(&part); });
  if (reader_.failed()) return {};
  if (parts.size() != 2) {
    reader_.Fail(node, std::to_string(parts.size()) + " items", "[time, value]");
    return {};
  }
  const auto at = ReadSampleTime(*parts[0]);
  auto value = ReadSampleValue(*parts[1]);
  if (!at || !value) return {};
  return ExpectedPoint{*at, std::move(*value), {}};
}

std::optional<ExpectedPoint> ScenarioLoader::ReadPointMapping(const yaml::Node& node) {
  const yaml::Node *at = nullptr, *value = nullptr, *bits = nullptr, *start = nullptr;
  reader_.Mapping(node, "a point", {{"at", &at}, {"value", &value}, {"bits", &bits}, {"start", &start}});
  if (reader_.failed()) return {};
  if (at == nullptr || (value == nullptr) == (bits == nullptr)) {
    reader_.Fail(node, at == nullptr ? "no time" : "neither or both", "the key at, and one of value and bits");
    return {};
  }
  ExpectedPoint point;
  point.t_ms = ReadSampleTime(*at).value_or(0);
  if (value != nullptr) point.value = ReadSampleValue(*value).value_or(SampleValue{});
  if (bits != nullptr) {
    constexpr std::string_view kExpected = "the bits of a float in 16 hex digits";
    const auto text = reader_.Text(*bits, kExpected);
    const auto parsed = ParseBits(text.value_or(""));
    if (text && !parsed) reader_.Fail(*bits, text::GoQuote(*text), kExpected);
    point.value.bits = parsed.value_or(0);
  }
  if (start != nullptr) {
    const yaml::Node* text = reader_.Follow(*start);
    const bool none = text != nullptr && text->value == "none";
    point.start_ms = none ? 0 : ReadSampleTime(*start);
  }
  return point;
}

std::vector<ExpectedExemplar> ScenarioLoader::ReadExpectedExemplars(const yaml::Node& node) {
  std::vector<ExpectedExemplar> exemplars;
  reader_.Items(node, "a list of {labels: ..., value: ..., at: ...}", [&](const yaml::Node& item) {
    ExpectedExemplar exemplar;
    std::optional<SampleValue> value;
    reader_.Mapping(item, "an exemplar: a mapping with the keys labels, value, at",
                    {{"labels",
                      [&](const yaml::Node& v) {
                        const LabelMap map = ReadLabels(v);
                        std::vector<Label> labels;
                        for (const auto& [name, text] : map) labels.push_back({name, text});
                        exemplar.labels = Labels::FromUnsorted(std::move(labels));
                      }},
                     {"value", [&](const yaml::Node& v) { value = ReadSampleValue(v); }},
                     {"at", [&](const yaml::Node& v) { exemplar.t_ms = ReadSampleTime(v); }}});
    if (reader_.failed()) return;
    if (!value || value->histogram != nullptr) {
      reader_.Fail(item, value ? "a histogram" : "no value", "the key value with a number");
      return;
    }
    exemplar.value_bits = value->bits;
    exemplars.push_back(std::move(exemplar));
  });
  return exemplars;
}

ExpectedMetadata ScenarioLoader::ReadExpectedMetadata(const yaml::Node& node) {
  ExpectedMetadata metadata;
  reader_.Mapping(node, "a mapping with the keys type, help, unit",
                  {{"type",
                    [&](const yaml::Node& v) {
                      std::vector<std::string_view> words;
                      for (const MetricType type : kMetricTypes) words.push_back(MetricTypeText(type));
                      if (const auto index = reader_.Word(v, words)) metadata.type = kMetricTypes[*index];
                    }},
                   {"help", [&](const yaml::Node& v) { metadata.help = reader_.Text(v, "a text"); }},
                   {"unit", [&](const yaml::Node& v) { metadata.unit = reader_.Text(v, "a unit"); }}});
  return metadata;
}

std::optional<Selector> ScenarioLoader::ReadSelector(const yaml::Node& node) {
  const auto text = reader_.Text(node, "a selector such as 'up{job=\"a\"}'");
  if (!text) return {};
  Result<Selector> selector = ParseSelector(*text);
  if (selector.ok()) return std::move(selector).value();
  ComplainInText(node, selector.error());
  return {};
}

void ScenarioLoader::ReadExpectedSelection(const yaml::Node& node) {
  const yaml::Node *match = nullptr, *storage = nullptr, *tolerance = nullptr, *none = nullptr;
  ExpectedSelection expected;
  expected.place = PlaceOf(node);
  reader_.Mapping(
      node, "a mapping with the key match, and what the series are compared with",
      {{"match", &match},
       {"at", [&](const yaml::Node& v) { expected.at_ms = ReadTimeOfRun(v); }},
       {"count", [&](const yaml::Node& v) { expected.count = ReadComparison(v, ParseComparison); }},
       {"exactly",
        [&](const yaml::Node& v) {
          expected.exactly.emplace();
          reader_.Items(v, "a list of series", [&](const yaml::Node& item) {
            if (auto labels = ReadSeriesName(item)) expected.exactly->push_back(std::move(*labels));
          });
        }},
       {"none", &none},
       {"per_target", [&](const yaml::Node& v) { expected.per_target = ReadComparison(v, ParseComparison); }},
       {"values", [&](const yaml::Node& v) { expected.values = ReadSeriesValues(v); }},
       {"tolerance", &tolerance},
       {"storage", &storage}});
  if (reader_.failed()) return;
  if (none != nullptr && reader_.Flag(*none).value_or(false)) {
    if (expected.exactly || expected.count || expected.per_target || expected.values) {
      reader_.Fail(*none, "more than none", "none: true alone");
    }
    expected.exactly.emplace();
  }
  const bool says_nothing = !expected.exactly && !expected.count && !expected.per_target && !expected.values;
  if (match == nullptr || says_nothing) {
    reader_.Fail(node, match == nullptr ? "no match" : "nothing about them",
                 "the key match, and count, exactly, none: true, per_target or values");
    return;
  }
  auto selector = ReadSelector(*match);
  if (!selector) return;
  expected.match = std::move(*selector);
  if (storage != nullptr) expected.storage = ReadStorageName(*storage);
  if (tolerance != nullptr) expected.tolerance = ReadTolerance(*tolerance);
  scenario_.expect.series.push_back(std::move(expected));
}

void ScenarioLoader::ReadExpectedQuery(const yaml::Node& node) {
  const yaml::Node *expr = nullptr, *eval_time = nullptr, *samples = nullptr, *storage = nullptr, *tolerance = nullptr;
  reader_.Mapping(node, "a mapping with the keys expr, eval_time, exp_samples",
                  {{"expr", &expr},
                   {"eval_time", &eval_time},
                   {"exp_samples", &samples},
                   {"tolerance", &tolerance},
                   {"storage", &storage}});
  if (reader_.failed()) return;
  if (expr == nullptr || eval_time == nullptr || samples == nullptr) {
    reader_.Fail(node,
                 expr == nullptr        ? "no expr"
                 : eval_time == nullptr ? "no eval_time"
                                        : "no exp_samples",
                 "the keys expr, eval_time and exp_samples");
    return;
  }
  ExpectedQuery query;
  query.place = PlaceOf(node);
  auto selector = ReadSelector(*expr);
  query.eval_time_ms = ReadTimeOfRun(*eval_time).value_or(0);
  if (storage != nullptr) query.storage = ReadStorageName(*storage);
  if (tolerance != nullptr) query.tolerance = ReadTolerance(*tolerance);
  reader_.Items(*samples, "a list of {labels: ..., value: ...}", [&](const yaml::Node& item) {
    if (auto sample = ReadExpectedQuerySample(item)) query.samples.push_back(std::move(*sample));
  });
  if (!selector || reader_.failed()) return;
  query.expr = std::move(*selector);
  scenario_.expect.queries.push_back(std::move(query));
}

std::optional<ExpectedQuerySample> ScenarioLoader::ReadExpectedQuerySample(const yaml::Node& node) {
  const yaml::Node *labels = nullptr, *value = nullptr, *histogram = nullptr;
  reader_.Mapping(node, "a mapping with the keys labels and value (or histogram)",
                  {{"labels", &labels}, {"value", &value}, {"histogram", &histogram}});
  if (reader_.failed()) return {};
  if (labels == nullptr || (value == nullptr) == (histogram == nullptr)) {
    reader_.Fail(node, labels == nullptr ? "no labels" : "neither or both",
                 "the key labels, and one of value and histogram");
    return {};
  }
  const auto series = ReadSeriesName(*labels);
  const auto sample = ReadSampleValue(value != nullptr ? *value : *histogram);
  if (!series || !sample) return {};
  if ((sample->histogram != nullptr) != (histogram != nullptr)) {
    reader_.Fail(node, histogram != nullptr ? "a number" : "a histogram", "numbers in value, histograms in histogram");
    return {};
  }
  return ExpectedQuerySample{*series, *sample};
}

}  // namespace stalemark::scenario
