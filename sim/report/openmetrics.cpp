// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/model/value.h"
#include "sim/exporters/exposition_lines.h"
#include "sim/report/stored_series.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::report {
namespace {

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  scenario::AppendEscaped(text, scenario::EscapedQuote::kYes, &out);
  out += '"';
}

/// Names that are not of the legacy kind stand in quotes, that of the metric too.
std::string SeriesOf(const Labels& labels) {
  const std::string_view metric = labels.Get(kMetricName);
  std::string out;
  std::string_view separator = "{";
  const auto separate = [&] {
    out += separator;
    separator = ",";
  };
  if (IsLegacyMetricName(metric)) {
    out += metric;
  } else if (!metric.empty()) {
    separate();
    AppendQuoted(out, metric);
  }
  for (const Label label : labels) {
    if (label.name == kMetricName) continue;
    separate();
    if (IsLegacyLabelName(label.name)) {
      out += label.name;
    } else {
      AppendQuoted(out, label.name);
    }
    out += '=';
    AppendQuoted(out, label.value);
  }
  if (separator == ",") out += '}';
  return out.empty() ? "{}" : out;
}

/// Seconds with three decimals.
std::string TimeText(std::int64_t t_ms) {
  const std::uint64_t ms = t_ms < 0 ? 0 - static_cast<std::uint64_t>(t_ms) : static_cast<std::uint64_t>(t_ms);
  return fmt::format("{}{}.{:03}", t_ms < 0 ? "-" : "", ms / 1000, ms % 1000);
}

}  // namespace

LeftOut WriteOpenMetrics(const scenario::ScenarioResult& result, const TextSink& out) {
  return WriteOpenMetrics(*result.storages.front(), out);
}

LeftOut WriteOpenMetrics(const Head& head, const TextSink& out) {
  LeftOut left_out;
  head.ForEachSeries([&](const SeriesView& series) {
    const std::string name = SeriesOf(series.labels);
    for (const Sample& sample : series.samples) {
      if (IsStaleNaN(sample.bits)) {
        ++left_out.stale_markers;
      } else if (sample.histogram != nullptr) {
        ++left_out.histograms;
      } else {
        out(fmt::format("{} {} {}\n", name, scenario::ValueText(sample.bits), TimeText(sample.t_ms)));
      }
    }
  });
  out("# EOF\n");
  return left_out;
}

}  // namespace stalemark::report
