// SPDX-License-Identifier: Apache-2.0
// Timeline: the events of a run as lines for people, one per change of state (docs/formats/scenario.md lists them).
//
// Columns: time since the start, wall time of day, subject (pool, or pool and instance), event, detail. Text only; the
// tone lets a terminal colour a line. Single-threaded; the record outlives the timeline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/seams/time.h"
#include "core/seams/trace_event.h"
#include "sim/run/run_record.h"

namespace stalemark::scenario {

enum class Tone : std::uint8_t { kPlain, kGood, kBad, kNote };

struct TimelineLine {
  MonotonicTime at{};
  WallTime wall{};
  std::string subject;
  std::string event;
  std::string detail;
  Tone tone = Tone::kPlain;
};

/// The columns, with two blanks between them.
std::string TimelineText(const TimelineLine& line);
/// `00:01:15.042`, in UTC.
std::string TimeOfDay(WallTime time);

class Timeline {
 public:
  explicit Timeline(const RunRecord& record) : record_(record) {}

  /// After the record has seen the event.
  void OnEvent(MonotonicTime at, WallTime wall, const trace::Event& event);
  void Add(TimelineLine line) { lines_.push_back(std::move(line)); }
  std::vector<TimelineLine> Take() { return std::move(lines_); }

 private:
  void Describe(const trace::ConfigApplied& e);
  void Describe(const trace::ParseFailed& e);
  void Describe(const trace::ChoiceMade& e);
  void Describe(const trace::EventPlanned& e);
  void Describe(const trace::TargetsReceived& e);
  void Describe(const trace::PoolCreated& e);
  void Describe(const trace::PoolStopped& e);
  void Describe(const trace::PoolSynced& e);
  void Describe(const trace::TargetRefused& e);
  void Describe(const trace::LoopStarted& e);
  void Describe(const trace::LoopStopped& e);
  void Describe(const trace::EndOfRun& e);
  void Describe(const trace::ScrapeFinished& e);
  void Describe(const trace::TransactionEnded& e);
  void Describe(const trace::ScenarioEvent& e);
  /// What is no change of state.
  template <class E>
  void Describe(const E&) {}

  std::string SubjectOf(trace::LoopId loop) const;
  std::string SubjectOf(trace::ScrapeSeq scrape) const;
  void Line(std::string subject, std::string event, std::string detail, Tone tone = Tone::kPlain);

  const RunRecord& record_;
  MonotonicTime at_{};
  WallTime wall_{};
  std::vector<TimelineLine> lines_;
};

}  // namespace stalemark::scenario
