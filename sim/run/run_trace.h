// SPDX-License-Identifier: Apache-2.0
// RunTrace: hands every event of a run to the digests, the evidence and, if wanted, the timeline. Internal to
// ScenarioRun.
#pragma once

#include <memory>
#include <string_view>

#include "core/scrape/scrape_manager.h"
#include "core/seams/clock.h"
#include "core/seams/trace_sink.h"
#include "core/trace/trace_writer.h"
#include "sim/run/commit_log.h"
#include "sim/run/limit_use.h"
#include "sim/run/phase_watch.h"
#include "sim/run/run_record.h"
#include "sim/run/scenario_run.h"
#include "sim/run/timeline.h"
#include "sim/sim_network.h"

namespace stalemark::scenario {

class RunTrace final : public TraceSink, public RequestLog {
 public:
  RunTrace(const Scenario& scenario, const RunOptions& options)
      : with_timeline_(options.lines == RunOptions::Lines::kTimeline),
        also_(options.sink),
        commits_(options.commits == RunOptions::Commits::kLast ? std::make_unique<CommitLog>() : nullptr),
        phases_(scenario.events),
        writer_(options.trace),
        timeline_(record_) {}
  /// Before the first event.
  void SetClock(const Clock& clock) { clock_ = &clock; }
  void SetManager(const ScrapeManager& manager) { manager_ = &manager; }

  void OnEvent(MonotonicTime at, const trace::Event& event) override {
    writer_.OnEvent(at, event);
    record_.OnEvent(at, clock_->WallNow(), event);
    limit_use_.OnEvent(at, event, record_, *manager_);
    if (with_timeline_) timeline_.OnEvent(at, clock_->WallNow(), event);
    phases_.OnEvent(event);
    if (commits_) commits_->OnEvent(at, event);
    if (also_ != nullptr) also_->OnEvent(at, event);
  }
  /// An event of the run's own, now.
  void Emit(const trace::Event& event) { OnEvent(clock_->MonotonicNow(), event); }

  void OnRequest(MonotonicTime, std::string_view, const HopRequest& request) override { record_.OnRequest(request); }
  void OnFailedDial(MonotonicTime, std::string_view, DialFailure) override {}

  trace::TraceWriter& writer() { return writer_; }
  const trace::TraceWriter& writer() const { return writer_; }
  LimitUse& limit_use() { return limit_use_; }
  RunRecord& record() { return record_; }
  const RunRecord& record() const { return record_; }
  Timeline& timeline() { return timeline_; }
  PhaseWatch& phases() { return phases_; }
  /// Null: they are not kept.
  CommitLog* commits() const { return commits_.get(); }

 private:
  const bool with_timeline_;
  TraceSink* const also_;
  const std::unique_ptr<CommitLog> commits_;
  PhaseWatch phases_;
  const Clock* clock_ = nullptr;
  const ScrapeManager* manager_ = nullptr;
  trace::TraceWriter writer_;
  RunRecord record_;
  LimitUse limit_use_;
  Timeline timeline_;
};

}  // namespace stalemark::scenario
