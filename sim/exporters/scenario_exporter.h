// SPDX-License-Identifier: Apache-2.0
// ScenarioExporter: an exporter of a scenario: plays responses or renders series, and can be made to fail for a while.
//
// A request that never reaches the exporter or that it does not answer by itself uses up no response and no value: the
// recording goes on where it stopped. The other faults spoil the answer that was next (fault_answers.h).
// Single-threaded.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

/// Answers each request with the next value of every series; a gap and the end of the values leave the series out.
class SeriesExporter final : public Exporter {
 public:
  SeriesExporter(const std::vector<ExposedSeries>& series, Nanoseconds latency);
  SimResponsePtr Next(MonotonicTime now, const HopRequest& request) override;

 private:
  struct Line {
    const std::string* text;
    SeriesValues::Cursor values;
  };
  std::vector<Line> lines_;
  Nanoseconds latency_;
};

class ScenarioExporter final : public Exporter {
 public:
  /// The spec outlives the exporter.
  explicit ScenarioExporter(const ExporterSpec& spec);

  /// For all requests from now on.
  void SetFault(const ExporterFault& fault) { fault_ = &fault; }
  void ClearFault() { fault_ = nullptr; }
  /// For these requests; goes before SetFault's, and a later span before an earlier one. `on_first` is called when the
  /// first of them comes. The fault outlives the exporter.
  void AddFault(const RequestSpan& span, const ExporterFault& fault, std::function<void()> on_first);

  /// So far.
  std::uint64_t requests() const { return requests_; }

  /// Every call is a request, whether or not it reaches the exporter.
  SimResponsePtr Next(MonotonicTime now, const HopRequest& request) override;

 private:
  struct SpanFault {
    RequestSpan span;
    const ExporterFault* fault;
    std::function<void()> on_first;
  };
  const ExporterFault* FaultOf(std::uint64_t request);

  std::unique_ptr<Exporter> answers_;
  const ExporterFault* fault_ = nullptr;
  std::vector<SpanFault> span_faults_;
  std::uint64_t requests_ = 0;
};

}  // namespace stalemark::scenario
