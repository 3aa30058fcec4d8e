// SPDX-License-Identifier: Apache-2.0
// ScenarioRun: a run of a scenario that somebody steps through. It stands between two instants: everything of `now` has
// happened, the events of the file included; nothing later has. In how many steps it is run does not show in its trace.
//
// The scenario, with its plan drawn (sim/faults/plan.h), the sink of the options and the run stay where they are until
// the result has been taken. Errors: configurations that do not load are failures of the result, as in RunScenario.
// Single-threaded.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/storage/fanout.h"
#include "sim/exporters/scenario_exporter.h"
#include "sim/faulty_storage.h"
#include "sim/run/run_trace.h"
#include "sim/run/scenario_run.h"
#include "sim/simulation.h"

namespace stalemark::scenario {

class ScenarioRun {
 public:
  ScenarioRun(const Scenario& scenario, const RunOptions& options);
  ~ScenarioRun();
  ScenarioRun(const ScenarioRun&) = delete;
  ScenarioRun& operator=(const ScenarioRun&) = delete;

  // ---- time ----
  /// Everything up to that time; the end of the run at the most. A time that is past: nothing.
  void RunTo(MonotonicTime until);
  /// To the next instant at which something is due, or to the end.
  void Step();
  /// When the next timer or event of the file is due; nothing: not before the end.
  std::optional<MonotonicTime> NextDue() const;
  MonotonicTime now() const { return simulation_.clock().MonotonicNow(); }
  /// It stands at its end.
  bool done() const { return done_; }

  // ---- the run as it is now ----
  const Scenario& scenario() const { return scenario_; }
  const Simulation& simulation() const { return simulation_; }
  const ScrapeManager& manager() const { return simulation_.manager(); }
  const RunRecord& record() const { return trace_.record(); }
  /// Configurations that were loaded and applied, and the error of the last one; empty: it had none.
  std::size_t configs_applied() const { return configs_applied_; }
  const std::string& config_error() const { return config_error_; }
  /// The primary, then the secondaries. Empty when the result has been taken.
  const std::vector<std::unique_ptr<Head>>& storages() const { return result_.storages; }
  /// Of the primary storage; null: the options do not ask for them.
  const CommitLog* commits() const { return trace_.commits(); }
  /// The encoded trace so far, as RunOptions::trace says; grows. Valid until the next call that runs.
  std::string_view trace_bytes() const { return trace_.writer().bytes(); }

  /// The event happens now, behind everything else of this instant, as if it stood in the file at this time: the same
  /// trace from here on. What it lasts ends by itself; its `at` is not read. The error: an event that has to be known
  /// before the run begins (jitter) or that waits for something (request, during).
  Status Inject(ScenarioEvent event);

  /// Runs to the end and takes the result. Injected events have indices behind those of the scenario. Requires: not
  /// called before. The run stays as it is, but its evidence is gone: no call that runs may follow.
  ScenarioResult Finish();

 private:
  /// The begin or the end of an event, or a look at the server; in the order in which they happen.
  struct Moment {
    MonotonicTime at{};
    enum class Edge : std::uint8_t { kEnd, kBegin, kObserve } edge = Edge::kBegin;
    /// Of the event: where it stands in the file, or would.
    MonotonicTime event_at{};
    std::size_t index = 0;

    friend bool operator<(const Moment& a, const Moment& b) {
      return std::tie(a.at, a.edge, a.event_at, a.index) < std::tie(b.at, b.edge, b.event_at, b.index);
    }
  };
  /// Of an event; nothing: the configuration of the start.
  using ConfigOrigin = std::optional<std::size_t>;

  void AddExporters(const RunOptions& options);
  Appendable& MakeStorage(VirtualClock& clock);
  void AddMoments();
  void EmitPlan();
  void Emit(const std::string& text);

  bool RunEngine(MonotonicTime until);
  void Take(const Moment& moment);
  void ArmFault(std::size_t index);
  void Begin(MonotonicTime at, std::size_t index);
  void End(std::size_t index);
  bool Undo(std::size_t index);
  void CloseSpan(std::optional<std::size_t> index);

  // What the events do; the index is the event's.
  void Do(const ExporterFault& fault, std::size_t index);
  void Do(const ExporterRestart& restart, std::size_t index);
  void Do(const TargetsChange& change, std::size_t index);
  void Do(const Reload& reload, std::size_t index);
  void Do(const ClockStep& step, std::size_t index);
  void Do(const ClockDrift& drift, std::size_t index);
  void Do(const ProcessPause& pause, std::size_t index);
  void Do(const TimerJitter& jitter, std::size_t index);
  void Do(const CommitTrouble& trouble, std::size_t index);
  void Do(const AppendTrouble& trouble, std::size_t index);

  void ApplyConfig(const ConfigSource& config, ConfigOrigin origin);
  std::string ExpectedError(ConfigOrigin origin) const;
  void CheckApplied(const ConfigSource& config, ConfigOrigin origin, const Status& status);

  // At the end.
  void CheckPending();
  void CheckHappened();
  void CheckPools();
  void AddSeries(const Head& head);

  const Scenario& scenario_;
  const MonotonicTime end_;
  ScenarioResult result_;
  std::unique_ptr<Choices> choices_;
  RunTrace trace_;
  std::vector<std::unique_ptr<FaultyStorage>> faulty_;
  std::unique_ptr<FanoutStorage> fanout_;
  /// The scenario's, then those that were injected; they stay where they are.
  std::deque<ScenarioEvent> events_;
  /// Whose configurations are being applied.
  std::deque<ConfigOrigin> configs_;
  std::size_t configs_applied_ = 0;
  std::string config_error_;
  Simulation simulation_;
  /// The network owns them.
  std::map<std::string, ScenarioExporter*> exporters_;

  // The event whose fault is in force.
  std::map<std::string, std::optional<std::size_t>> fault_events_;
  std::map<std::size_t, std::optional<std::size_t>> commit_events_;
  std::map<std::size_t, std::optional<std::size_t>> append_events_;
  std::optional<std::size_t> drift_event_;

  /// Still to come.
  std::set<Moment> moments_;
  /// Events whose request or scrape has come.
  std::set<std::size_t> waited_for_;
  bool done_ = false;
};

}  // namespace stalemark::scenario
