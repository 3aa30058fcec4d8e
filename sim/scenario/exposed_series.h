// SPDX-License-Identifier: Apache-2.0
// What an exporter of written series exposes: families of metrics, each metric one or several series whose k-th values
// answer the k-th request. sim/exporters renders them in any exposition format.
//
// A metric is what client libraries call one: a histogram or summary of one set of labels with its _bucket, _sum and
// _count series, or one other series. Plain values, complete after loading. Times are Unix milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/histogram.h"
#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/model/protocols.h"
#include "core/seams/time.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::scenario {

/// What a series is to its metric.
enum class SeriesPart : std::uint8_t { kValue, kBucket, kQuantile, kSum, kCount, kNative };

/// Shown with its series from a request on, until the next one.
struct ExposedExemplar {
  /// From 1.
  std::uint64_t request = 1;
  Labels labels;
  std::uint64_t value_bits = 0;
  std::optional<std::int64_t> t_ms;
};

struct ExposedSeries {
  /// As somebody wrote it, and as text formats show it.
  std::string text;
  Labels labels;
  SeriesValues values;
  SeriesPart part = SeriesPart::kValue;
  /// Upper bound or quantile, if the label is a number.
  std::optional<double> bound;
  /// By request.
  std::vector<ExposedExemplar> exemplars;
};

/// When a metric began, as it says from a request on.
struct ExposedCreated {
  /// From 1.
  std::uint64_t request = 1;
  std::int64_t t_ms = 0;
};

struct ExposedMetric {
  /// In the file's order; at least one.
  std::vector<ExposedSeries> series;
  /// By request.
  std::vector<ExposedCreated> created;
  /// Seconds since the start of the run, by request; a gap has no timestamp.
  std::optional<SeriesValues> timestamps;
  /// Timestamps are this long before the request.
  std::optional<Nanoseconds> age;
};

struct ExposedFamily {
  /// With the `_total` of a counter, as client libraries name families.
  std::string name;
  MetricType type = MetricType::kUnknown;
  /// Somebody said so.
  bool has_type = false;
  std::optional<std::string> help;
  std::optional<std::string> unit;
  std::vector<ExposedMetric> metrics;
};

/// Absent: what the request's Accept header prefers.
using ExposedFormat = std::optional<ScrapeProtocol>;

struct ExposedFamilies {
  ExposedFormat format = ScrapeProtocol::kPrometheusText0_0_4;
  /// Sent compressed when the request accepts it.
  bool gzip = false;
  std::vector<ExposedFamily> families;
};

/// What exporters send with a format: `text/plain; version=0.0.4; charset=utf-8`, ...
constexpr std::string_view ContentTypeOf(ScrapeProtocol protocol) {
  switch (protocol) {
    case ScrapeProtocol::kPrometheusProto:
      return "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    case ScrapeProtocol::kOpenMetricsText1_0_0:
      return "application/openmetrics-text; version=1.0.0; charset=utf-8";
    case ScrapeProtocol::kOpenMetricsText0_0_1:
      return "application/openmetrics-text; version=0.0.1; charset=utf-8";
    case ScrapeProtocol::kPrometheusText1_0_0:
      return "text/plain; version=1.0.0; charset=utf-8";
    case ScrapeProtocol::kPrometheusText0_0_4:
      break;
  }
  return "text/plain; version=0.0.4; charset=utf-8";
}

constexpr bool IsText(ScrapeProtocol protocol) {
  return protocol == ScrapeProtocol::kPrometheusText0_0_4 || protocol == ScrapeProtocol::kPrometheusText1_0_0;
}
constexpr bool IsOpenMetrics(ScrapeProtocol protocol) {
  return protocol == ScrapeProtocol::kOpenMetricsText0_0_1 || protocol == ScrapeProtocol::kOpenMetricsText1_0_0;
}

}  // namespace stalemark::scenario
