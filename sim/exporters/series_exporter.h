// SPDX-License-Identifier: Apache-2.0
// SeriesExporter: answers each request with the next value of every written series, in the format that the scenario
// names or the request prefers. A gap and the end of the values leave the series out. Single-threaded.
#pragma once

#include <optional>
#include <vector>

#include "sim/exporters/exposition.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

class SeriesExporter final : public Exporter {
 public:
  /// The families outlive the exporter. `start`: wall clock at the start of the run.
  SeriesExporter(const ExposedFamilies& exposed, WallTime start);
  SimResponsePtr Next(MonotonicTime now, const HopRequest& request) override;

 private:
  /// Where the values of a metric are.
  struct MetricCursor {
    const ExposedMetric* metric;
    std::optional<SeriesValues::Cursor> timestamps;
    std::vector<SeriesValues::Cursor> series;
    /// One for each series; samples point to their histograms.
    std::vector<SeriesValues::Value> values;
  };
  struct FamilyCursor {
    const ExposedFamily* family;
    std::vector<MetricCursor> metrics;
  };

  /// What is shown at this request; moves all cursors on.
  std::vector<ShownFamily> Show(MonotonicTime now);
  ShownMetric ShowMetric(MetricCursor* cursor, MonotonicTime now) const;
  std::optional<std::int64_t> TimestampOf(MetricCursor* cursor, MonotonicTime now) const;

  const ExposedFamilies& exposed_;
  const WallTime start_;
  std::vector<FamilyCursor> families_;
  /// From 1.
  std::uint64_t request_ = 0;
};

}  // namespace stalemark::scenario
