// SPDX-License-Identifier: Apache-2.0
// ScenarioExporter: an exporter of a scenario: answers as its spec says, after its latency, and can be made to fail or
// to restart.
//
// A request that never reaches the exporter or that it does not answer by itself uses up no response and no value: the
// recording goes on where it stopped. The other faults spoil the answer that was next (fault_answers.h).
// Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sim/exporters/latency_draws.h"
#include "sim/scenario/scenario.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

class ScenarioExporter final : public Exporter {
 public:
  /// The spec outlives the exporter. `start` and `seed` are the scenario's.
  ScenarioExporter(const ExporterSpec& spec, WallTime start, std::uint64_t seed);

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
  /// Refuses connections until `at`; there its process starts anew.
  void Restart(MonotonicTime at) override;

 private:
  struct SpanFault {
    RequestSpan span;
    const ExporterFault* fault;
    std::function<void()> on_first;
  };
  const ExporterFault* FaultOf(std::uint64_t request);
  /// The next answer, after the exporter's latency.
  SimResponsePtr Answer(MonotonicTime now, const HopRequest& request);

  std::unique_ptr<Exporter> answers_;
  LatencyDraws latency_;
  MonotonicTime up_at_{};
  const ExporterFault* fault_ = nullptr;
  std::vector<SpanFault> span_faults_;
  std::uint64_t requests_ = 0;
};

}  // namespace stalemark::scenario
