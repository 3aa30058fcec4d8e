// SPDX-License-Identifier: Apache-2.0
// ScenarioExporter: an exporter of a scenario: plays responses or renders series, and can be made to fail for a while.
//
// A request that never reaches the exporter (refuse, dial_timeout) or that it does not answer by itself (status, hang,
// reset_before_head) uses up no response and no value: the recording goes on where it stopped. The other faults spoil
// the answer that was next. Single-threaded.
#pragma once

#include <memory>
#include <optional>
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

  void SetFault(const ExporterFault& fault) { fault_ = fault; }
  void ClearFault() { fault_.reset(); }

  SimResponsePtr Next(MonotonicTime now, const HopRequest& request) override;

 private:
  /// Null: the exporter answers.
  static SimResponsePtr WithoutAnswer(const ExporterFault& fault);
  static SimResponsePtr Spoiled(const SimResponse& answer, const ExporterFault& fault);

  std::unique_ptr<Exporter> answers_;
  std::optional<ExporterFault> fault_;
};

}  // namespace stalemark::scenario
