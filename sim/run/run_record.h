// SPDX-License-Identifier: Apache-2.0
// RunRecord: what the trace of a run says about loops and scrapes, kept for expectations and the timeline: which loops
// feed a series, when a loop's first scrape was scheduled, how each scrape ended.
//
// Fed with every event of the run. Memory: one small entry per scrape and per series and loop. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/labels.h"
#include "core/scrape/scrape_error.h"
#include "core/seams/time.h"
#include "core/seams/trace_event.h"

namespace stalemark::scenario {

class RunRecord {
 public:
  struct Loop {
    std::string pool;
    Labels labels;
    WallTime first_scheduled{};
    Nanoseconds interval{0};
    Nanoseconds wait{0};
    /// Pool and instance, for people.
    std::string subject;
  };
  struct Scrape {
    trace::LoopId loop{};
    MonotonicTime at{};
    std::int64_t t_ms = 0;
    Nanoseconds late{0};
    bool end_of_run = false;
    ScrapeErrorKind error_kind = ScrapeErrorKind::kNone;
    std::string error;
    bool finished = false;
    std::string commit_error;
  };

  void OnEvent(MonotonicTime at, WallTime wall, const trace::Event& event);

  /// Null for an id that no event has shown.
  const Loop* FindLoop(trace::LoopId id) const;
  const Scrape* FindScrape(trace::ScrapeSeq id) const;
  const std::vector<Loop>& loops() const { return loops_; }
  const std::vector<Scrape>& scrapes() const { return scrapes_; }
  /// Loops that appended to the series, in order of id; by the hash of its labels.
  std::vector<trace::LoopId> LoopsOf(const Labels& series) const;

 private:
  Scrape& ScrapeAt(trace::ScrapeSeq id);

  /// Index: id - 1; ids are given in order, without gaps.
  std::vector<Loop> loops_;
  std::vector<Scrape> scrapes_;
  std::map<std::uint64_t, std::vector<trace::LoopId>> loops_of_series_;
};

}  // namespace stalemark::scenario
