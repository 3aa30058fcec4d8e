// SPDX-License-Identifier: Apache-2.0
// TemplateExporter: answers with a text whose places it fills in at each request. Single-threaded.
//
// Its clock is its own: it starts with the run and knows nothing of steps of the server's wall clock. Its process
// starts with the run, and anew at each Restart.
#pragma once

#include <cstdint>
#include <string>

#include "sim/scenario/scenario.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

class TemplateExporter final : public Exporter {
 public:
  /// The template outlives the exporter. `start`: wall clock at the start of the run.
  TemplateExporter(const TemplateAnswers& answers, WallTime start) : answers_(answers), start_(start) {}

  SimResponsePtr Next(MonotonicTime now, const HopRequest& request) override;
  /// From `at` on, which may lie ahead, it is another process.
  void Restart(MonotonicTime at) override {
    process_start_ = at;
    answers_since_restart_ = 0;
  }

 private:
  void Append(const TemplatePiece& piece, MonotonicTime now, std::string* out) const;

  const TemplateAnswers& answers_;
  const WallTime start_;
  MonotonicTime process_start_{};
  /// Before the one that is being made.
  std::uint64_t answers_since_start_ = 0;
  std::uint64_t answers_since_restart_ = 0;
};

}  // namespace stalemark::scenario
