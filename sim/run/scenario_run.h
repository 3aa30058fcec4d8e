// SPDX-License-Identifier: Apache-2.0
// RunScenario: plays a scenario on a Simulation and keeps what it left behind; sim/expect judges that.
//
// Deterministic: the same scenario gives the same digests on every build. At one instant everything the engine has to
// do comes first, then what ends there, then the events in the file's order, then what looks at the run. The run ends
// at its duration by looking, not by stopping the server. Runs share nothing; the scenario outlives the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/storage/head.h"
#include "core/trace/trace_writer.h"
#include "sim/run/answer_log.h"
#include "sim/run/failure.h"
#include "sim/run/limit_use.h"
#include "sim/run/run_record.h"
#include "sim/run/timeline.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

struct RunOptions {
  enum class Lines : std::uint8_t { kNone, kTimeline };
  Lines lines = Lines::kNone;
  /// What ScenarioResult::trace holds.
  trace::Level trace = trace::Level::kDigestsOnly;
  /// kLast: the WAL records of the last instant with a commit are kept (commit_log.h).
  enum class Commits : std::uint8_t { kNone, kLast };
  Commits commits = Commits::kNone;
  /// Told every event of the run, details included; may be null.
  TraceSink* sink = nullptr;
};

/// A target as the API's /targets would show it.
struct ObservedTarget {
  std::string pool;
  bool dropped = false;
  /// Public labels; empty for a dropped one.
  LabelMap labels;
  LabelMap discovered_labels;
  /// The step of relabel_configs that dropped it, in words; empty: not known.
  std::string dropped_by;
  std::string scrape_url;
  /// `up`, `down`, `unknown`; empty for a dropped one.
  std::string health;
  std::string last_error;
  Nanoseconds interval{0};
  Nanoseconds timeout{0};
};

/// The server at an instant.
struct Observation {
  MonotonicTime at{};
  /// Pools by name; active targets as the pool gives them, then dropped ones.
  std::vector<ObservedTarget> targets;
  /// SelfMetrics::Collect.
  std::map<std::string, double> metrics;
};

/// An event of the scenario that took effect.
struct EventSpan {
  /// Into Scenario::events, of the scenario with its plan (sim/faults/plan.h).
  std::size_t index = 0;
  MonotonicTime begin{};
  /// Absent: it went on until the end of the run, or has no duration.
  std::optional<MonotonicTime> end;
};

struct ScenarioResult {
  /// What went wrong without any expectation being asked: configurations that did not load. sim/expect adds its own.
  std::vector<Failure> failures;
  std::string store_digest;
  std::string trace_digest;
  /// Samples in the primary storage, targets active at the end, scrapes begun.
  std::uint64_t sample_count = 0;
  std::size_t target_count = 0;
  std::size_t scrape_count = 0;
  std::vector<TimelineLine> timeline;
  RunRecord record;
  LimitUse limit_use;
  /// At the instants that the expectations name, in order; the last one is the end of the run.
  std::vector<Observation> observations;
  /// Addresses that no request came to, in the order of the file.
  std::vector<std::string> unasked_exporters;
  /// In the order in which they began.
  std::vector<EventSpan> events;
  /// As RunOptions::trace says; docs/formats/trace.md.
  std::string trace;
  /// Of all exporters, in the order of the requests; kept with the trace's details only.
  std::vector<PlannedAnswer> answers;
  /// The primary, then the secondaries.
  std::vector<std::unique_ptr<Head>> storages;
};

/// What `faults` leaves to the seed is drawn first (sim/faults/plan.h).
ScenarioResult RunScenario(const Scenario& scenario, const RunOptions& options);

}  // namespace stalemark::scenario
