// SPDX-License-Identifier: Apache-2.0
// ServerHistory: which configuration was in force when, what discovery had found, and what became of each target: the
// scenario's inputs put in the order in which the trace says they took effect.
//
// Configurations are loaded when first asked for. Scenario and history outlive it. Single-threaded.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/relabel/relabel.h"
#include "core/scrape/target.h"
#include "sim/explain/history.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// A target of a job as discovery found it, and what the job's configuration makes of it.
struct FoundTarget {
  std::string_view job;
  Labels discovered;
  /// relabel_configs, step by step.
  RelabelExplanation relabelling;
  /// Why it cannot be built; empty: it can, or was dropped.
  std::string error;
  /// Absent: dropped, or not built.
  std::optional<Target> target;
};

class ServerHistory {
 public:
  using Job = std::shared_ptr<const ScrapeConfig>;

  /// `scenario`: with its plan.
  ServerHistory(const Scenario& scenario, const ScenarioResult& result, const History& history);

  /// All jobs of the configuration that is in force at that time.
  const std::vector<Job>& JobsAt(MonotonicTime at) const;
  /// Null: the configuration has no such job.
  Job JobAt(std::string_view name, MonotonicTime at) const;
  /// When the pool last took over targets, up to that time; absent: it never had.
  std::optional<MonotonicTime> LastSync(std::string_view pool, MonotonicTime at) const;
  /// Why the pool could not be created when that was tried last, up to that time; empty: it could, or nobody tried.
  std::string_view PoolError(std::string_view pool, MonotonicTime at) const;
  /// The job's targets at that time, as of the pool's last synchronisation.
  std::vector<FoundTarget> TargetsAt(std::string_view pool, MonotonicTime at) const;
  /// What the loop scrapes, with all labels; absent if the inputs do not show it.
  std::optional<Target> TargetOf(const History::Loop& loop) const;
  /// The last event up to that time that may change targets: a reload, or what discovery found. Null: none.
  const EventSpan* LastTargetEvent(MonotonicTime at) const;

 private:
  struct Config {
    const ConfigSource* source = nullptr;
    MonotonicTime begin{};
    bool in_force = true;
    std::optional<std::vector<Job>> jobs{};
  };
  const std::vector<Job>& Load(Config& config) const;
  std::vector<TargetGroup> GroupsAt(const ScrapeConfig& job, MonotonicTime at) const;

  const Action& ActionOf(const EventSpan& span) const { return scenario_.events[span.index].action; }

  const Scenario& scenario_;
  const ScenarioResult& result_;
  const History& history_;
  /// Those that the run got to, in order. Loading fills them.
  mutable std::vector<Config> configs_;
};

}  // namespace stalemark::scenario
