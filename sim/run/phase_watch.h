// SPDX-License-Identifier: Apache-2.0
// PhaseWatch: finds the instants at which the events of a scenario that are `during` a scrape happen, from the trace.
//
// Phases and the trace events that begin them (docs/formats/scenario.md): waiting, the loop's start or the end of the
// scrape before; connecting, ScrapeStarted; head, RequestSent of the first hop; body, HeadReceived of the first hop;
// parse and append, FetchFinished without an error; commit, ScrapeFinished. Single-threaded; the scenario outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/seams/time.h"
#include "core/seams/trace_event.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

class PhaseWatch {
 public:
  explicit PhaseWatch(const std::vector<ScenarioEvent>& events);

  void OnEvent(const trace::Event& event);
  /// Something waits for its scrape.
  bool active() const { return open_ > 0; }
  bool has_reached() const { return !reached_.empty(); }
  /// Indices of the events whose phase has begun since the last call, in their order.
  std::vector<std::size_t> TakeReached();
  /// Scrapes of the exporter of that event so far; events that never happened say it.
  std::uint64_t ScrapesSeen(std::size_t event) const;

 private:
  struct Watch {
    std::size_t event;
    const DuringScrape* during;
    bool reached = false;
    std::uint64_t scrapes = 0;
    /// The one that is waited for; of `waiting` the one before.
    trace::ScrapeSeq scrape{};
    bool finished = false;
  };
  struct Loop {
    std::string address;
    std::string pool;
  };

  bool Concerns(const Watch& watch, trace::LoopId loop) const;
  void OnScrape(trace::LoopId loop, trace::ScrapeSeq scrape);
  void Reach(ScrapePhase phase, trace::ScrapeSeq scrape);
  void Reach(Watch& watch);

  std::vector<Watch> watches_;
  std::size_t open_ = 0;
  std::map<trace::LoopId, Loop> loops_;
  std::vector<std::size_t> reached_;
};

}  // namespace stalemark::scenario
