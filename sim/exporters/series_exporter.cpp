// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/series_exporter.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <utility>

#include "core/http/request_headers.h"
#include "core/model/value.h"
#include "sim/exporters/negotiation.h"

namespace stalemark::scenario {
namespace {

/// The last entry that holds at a request; null: none does yet.
template <class Entry>
const Entry* At(const std::vector<Entry>& entries, std::uint64_t request) {
  const auto next = std::upper_bound(entries.begin(), entries.end(), request,
                                     [](std::uint64_t at, const Entry& entry) { return at < entry.request; });
  return next == entries.begin() ? nullptr : &*std::prev(next);
}

std::string BodyOf(const std::vector<ShownFamily>& shown, const NegotiatedFormat& format) {
  if (format.protocol == ScrapeProtocol::kPrometheusProto) return WriteProtobuf(shown, format.escaping);
  return IsText(format.protocol) ? WriteText(shown, format.escaping) : WriteOpenMetrics(shown, format.escaping);
}

}  // namespace

SeriesExporter::SeriesExporter(const ExposedFamilies& exposed, WallTime start) : exposed_(exposed), start_(start) {
  for (const ExposedFamily& family : exposed.families) {
    FamilyCursor& of_family = families_.emplace_back(FamilyCursor{&family, {}});
    for (const ExposedMetric& metric : family.metrics) {
      MetricCursor cursor{&metric, {}, {}, {}};
      if (metric.timestamps) cursor.timestamps.emplace(*metric.timestamps);
      for (const ExposedSeries& series : metric.series) cursor.series.emplace_back(series.values);
      cursor.values.resize(metric.series.size());
      of_family.metrics.push_back(std::move(cursor));
    }
  }
}

SimResponsePtr SeriesExporter::Next(MonotonicTime now, const HopRequest& request) {
  ++request_;
  ResponseScript script;
  script.gzip = exposed_.gzip;
  NegotiatedFormat format;
  if (exposed_.format) {
    format = {*exposed_.format, EscapingScheme::kAllowUtf8};
    script.headers.push_back({"Content-Type", std::string(ContentTypeOf(*exposed_.format))});
  } else {
    format = Negotiate(HeaderValue(request.headers, "Accept"));
    script.headers.push_back({"Content-Type", ContentTypeOf(format)});
  }
  script.body = BodyOf(Show(now), format);
  return std::make_shared<const SimResponse>(std::move(script));
}

std::vector<ShownFamily> SeriesExporter::Show(MonotonicTime now) {
  std::vector<ShownFamily> shown;
  for (FamilyCursor& family : families_) {
    ShownFamily show{family.family, {}};
    for (MetricCursor& cursor : family.metrics) {
      ShownMetric metric = ShowMetric(&cursor, now);
      if (!metric.samples.empty()) show.metrics.push_back(std::move(metric));
    }
    if (!show.metrics.empty()) shown.push_back(std::move(show));
  }
  return shown;
}

ShownMetric SeriesExporter::ShowMetric(MetricCursor* cursor, MonotonicTime now) const {
  ShownMetric shown;
  shown.metric = cursor->metric;
  shown.t_ms = TimestampOf(cursor, now);
  if (const ExposedCreated* created = At(cursor->metric->created, request_)) shown.created_ms = created->t_ms;
  for (std::size_t i = 0; i < cursor->series.size(); ++i) {
    SeriesValues::Value& value = cursor->values[i];
    if (!cursor->series[i].Next(&value) || !value) continue;
    const ExposedSeries& series = cursor->metric->series[i];
    shown.samples.push_back({&series, value->bits, value->FloatHistogramOrNull(), At(series.exemplars, request_)});
  }
  return shown;
}

std::optional<std::int64_t> SeriesExporter::TimestampOf(MetricCursor* cursor, MonotonicTime now) const {
  if (cursor->metric->age) return UnixMillis(start_ + now.time_since_epoch() - *cursor->metric->age);
  SeriesValues::Value seconds;
  if (!cursor->timestamps || !cursor->timestamps->Next(&seconds) || !seconds) return std::nullopt;
  constexpr double kSecondsMax = 1e12;
  const double since_start = DoubleOf(seconds->bits);
  if (!(since_start > -kSecondsMax && since_start < kSecondsMax)) return std::nullopt;
  return UnixMillis(start_) + static_cast<std::int64_t>(std::floor(since_start * 1000 + 0.5));
}

}  // namespace stalemark::scenario
