// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/exposed_format_checks.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/model/value.h"

namespace stalemark::scenario {
namespace {

/// Values behind this one are not looked at: no run scrapes that often.
constexpr std::uint64_t kValuesChecked = 100'000;

bool NeedsMetrics(ExposedFormat format) {
  return !format || *format == ScrapeProtocol::kPrometheusProto;
}
bool IsFixedText(ExposedFormat format) {
  return format && IsText(*format);
}
bool IsFixedOpenMetrics(ExposedFormat format) {
  return format && IsOpenMetrics(*format);
}

std::string_view FormatName(ExposedFormat format) {
  if (!format) return "a negotiated format";
  if (IsText(*format)) return "text";
  return IsOpenMetrics(*format) ? "openmetrics" : "protobuf";
}

/// Which formats have a word for a type.
bool HasType(MetricType type, ExposedFormat format) {
  switch (type) {
    case MetricType::kInfo:
    case MetricType::kStateset:
      return IsFixedOpenMetrics(format);
    case MetricType::kGaugeHistogram:
      return !IsFixedText(format);
    default:
      return true;
  }
}

std::optional<FormatProblem> TypeProblem(const ListedSeries& entry, const ExposedFamily& family, ExposedFormat format) {
  const std::string type(MetricTypeText(family.type));
  if (!HasType(family.type, format)) {
    return FormatProblem{entry.type ? ListedKey::kType : ListedKey::kSeries, "type " + type,
                         fmt::format("one that {} has", FormatName(format))};
  }
  if (family.type == MetricType::kCounter && IsFixedOpenMetrics(format) && !family.name.ends_with("_total")) {
    return FormatProblem{ListedKey::kSeries, "a counter without _total", "its name with it, as OpenMetrics wants"};
  }
  if (entry.series.part == SeriesPart::kNative && !NeedsMetrics(format)) {
    return FormatProblem{ListedKey::kValues, "histograms",
                         "numbers: native histograms need the format protobuf or negotiated"};
  }
  return std::nullopt;
}

std::optional<FormatProblem> UnitProblem(const ListedSeries& entry, const ExposedFamily& family, ExposedFormat format) {
  if (!entry.unit) return std::nullopt;
  if (IsFixedText(format)) return FormatProblem{ListedKey::kUnit, "a unit", "none: text has no units"};
  std::string_view name = family.name;
  if (family.type == MetricType::kCounter && name.ends_with("_total")) name.remove_suffix(6);
  if (format == ScrapeProtocol::kPrometheusProto || name.ends_with("_" + *entry.unit)) return std::nullopt;
  return FormatProblem{ListedKey::kUnit, fmt::format("unit {} of {}", *entry.unit, name),
                       "a name that ends with the unit, as OpenMetrics wants"};
}

std::optional<FormatProblem> ExtrasProblem(const ListedSeries& entry, const ExposedFamily& family,
                                           ExposedFormat format) {
  if (!entry.series.exemplars.empty()) {
    if (IsFixedText(format)) return FormatProblem{ListedKey::kExemplars, "exemplars", "none: text has no exemplars"};
    const SeriesPart part = entry.series.part;
    const bool may = part == SeriesPart::kBucket || part == SeriesPart::kNative || family.type == MetricType::kCounter;
    if (!may) {
      return FormatProblem{ListedKey::kExemplars, "exemplars", "them at counters, buckets and native histograms only"};
    }
  }
  if (!entry.created.empty()) {
    if (IsFixedText(format)) return FormatProblem{ListedKey::kCreated, "created", "it not: text has no start times"};
    const bool may = family.type == MetricType::kCounter || family.type == MetricType::kHistogram ||
                     family.type == MetricType::kSummary;
    if (!may) {
      return FormatProblem{ListedKey::kCreated, "created", "it at counters, histograms and summaries only"};
    }
  }
  return std::nullopt;
}

bool IsCount(double value) {
  constexpr double kCountMax = 9007199254740992;  // 2^53
  return value >= 0 && value <= kCountMax && static_cast<double>(static_cast<std::uint64_t>(value)) == value;
}

/// What protobuf has no way to say.
std::optional<FormatProblem> HistogramProblem(const FloatHistogram& histogram) {
  if (histogram.UsesCustomBuckets()) {
    return FormatProblem{ListedKey::kValues, "custom buckets", "exponential ones: no format has custom ones"};
  }
  const auto are_counts = [](const std::vector<double>& counts) {
    return std::all_of(counts.begin(), counts.end(), IsCount);
  };
  if (histogram.count > 0 || histogram.zero_count > 0) return std::nullopt;
  if (are_counts(histogram.positive_buckets) && are_counts(histogram.negative_buckets)) return std::nullopt;
  return FormatProblem{ListedKey::kValues, "fractions of observations without a count",
                       "a count above 0: protobuf tells floats by it"};
}

std::optional<FormatProblem> ValuesProblem(const ListedSeries& entry, const ExposedFamily& family,
                                           ExposedFormat format) {
  const bool wants_histograms = entry.series.part == SeriesPart::kNative;
  const bool wants_counts =
      NeedsMetrics(format) && family.type == MetricType::kSummary && entry.series.part == SeriesPart::kCount;
  if (!wants_histograms && !wants_counts) return std::nullopt;
  SeriesValues::Cursor cursor(entry.series.values);
  SeriesValues::Value value;
  for (std::uint64_t i = 0; i < kValuesChecked && cursor.Next(&value); ++i) {
    if (!value) continue;
    const FloatHistogram* histogram = value->FloatHistogramOrNull();
    if (wants_histograms && histogram == nullptr) {
      return FormatProblem{ListedKey::kValues, "a number", "histograms, as the others"};
    }
    if (wants_histograms) {
      if (auto problem = HistogramProblem(*histogram)) return problem;
    }
    if (wants_counts && !IsCount(DoubleOf(value->bits))) {
      return FormatProblem{ListedKey::kValues, ValueText(value),
                           "whole numbers: protobuf counts observations with them"};
    }
  }
  return std::nullopt;
}

std::optional<FormatProblem> BoundProblem(const ListedSeries& entry, ExposedFormat format) {
  const bool is_bucket = entry.series.part == SeriesPart::kBucket;
  if (!NeedsMetrics(format) || entry.series.bound || (!is_bucket && entry.series.part != SeriesPart::kQuantile)) {
    return std::nullopt;
  }
  return FormatProblem{ListedKey::kSeries, fmt::format("a label {} that is no number", is_bucket ? "le" : "quantile"),
                       "a number"};
}

}  // namespace

std::optional<FormatProblem> EntryProblem(const ListedSeries& entry, const ExposedFamily& family,
                                          ExposedFormat format) {
  if (auto problem = TypeProblem(entry, family, format)) return problem;
  if (auto problem = UnitProblem(entry, family, format)) return problem;
  if (auto problem = ExtrasProblem(entry, family, format)) return problem;
  if (auto problem = BoundProblem(entry, format)) return problem;
  return ValuesProblem(entry, family, format);
}

std::optional<FormatProblem> MetricProblem(const ExposedFamily& family, const ExposedMetric& metric,
                                           ExposedFormat format) {
  if (!NeedsMetrics(format)) return std::nullopt;
  const auto has = [&](SeriesPart part) {
    return std::any_of(metric.series.begin(), metric.series.end(),
                       [&](const ExposedSeries& series) { return series.part == part; });
  };
  const SeriesPart alone = metric.series.front().part;
  if (alone == SeriesPart::kValue) return std::nullopt;
  const auto problem = [&](std::string_view missing) {
    return FormatProblem{ListedKey::kSeries,
                         fmt::format("{} without {}{}", MetricTypeText(family.type), family.name, missing),
                         fmt::format("all of one, as {} must have", FormatName(format))};
  };
  if (has(SeriesPart::kNative)) {
    if (has(SeriesPart::kSum) || has(SeriesPart::kCount)) {
      return FormatProblem{ListedKey::kSeries, "_sum or _count beside native histograms",
                           "neither: a native one has its own"};
    }
    return std::nullopt;
  }
  if (!has(SeriesPart::kSum)) return problem("_sum");
  if (!has(SeriesPart::kCount)) return problem("_count");
  const bool has_infinity = std::any_of(metric.series.begin(), metric.series.end(), [](const ExposedSeries& series) {
    return series.part == SeriesPart::kBucket && series.bound == std::numeric_limits<double>::infinity();
  });
  if (family.type != MetricType::kSummary && !has_infinity) return problem("_bucket{le=\"+Inf\"}");
  return std::nullopt;
}

}  // namespace stalemark::scenario
