// SPDX-License-Identifier: Apache-2.0
// LimitUse: how close each target came to the limits of its scrape_config during a run: the largest use, when it was
// seen, and what it was. For expectations about headroom.
//
// Fed with every event of the run, after the record. A loop's limits never change; a pool's target_limit may. Memory:
// one entry per loop and per target_limit of a pool. Single-threaded.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/scrape/scrape_manager.h"
#include "core/seams/time.h"
#include "core/seams/trace_event.h"
#include "sim/run/run_record.h"
#include "sim/scenario/expect_server.h"

namespace stalemark::scenario {

class LimitUse {
 public:
  struct Peak {
    /// 0: no limit.
    std::uint64_t limit = 0;
    std::uint64_t used = 0;
    /// The body was given up when it reached the limit: nobody knows its size.
    bool at_least = false;
    /// False: nothing was counted yet.
    bool seen = false;
    MonotonicTime at{};
    /// Of which it was the use; none for target_limit.
    trace::ScrapeSeq scrape{};
    /// The series, and the label of a length; may be empty.
    std::string what;
  };
  /// By LimitKind.
  using Peaks = std::array<Peak, kLimitCount>;

  void OnEvent(MonotonicTime at, const trace::Event& event, const RunRecord& record, const ScrapeManager& manager);

  /// Index: loop id - 1; its kTarget is not used.
  const std::vector<Peaks>& loops() const { return loops_; }
  /// By pool, one for each target_limit that it had.
  const std::map<std::string, std::vector<Peak>>& targets() const { return targets_; }

 private:
  struct Use {
    std::uint64_t count = 0;
    bool at_least = false;
  };

  void BeginLoop(MonotonicTime at, const trace::LoopStarted& event, const ScrapeManager& manager);
  void NoteLabels(MonotonicTime at, trace::ScrapeSeq scrape, const Labels& labels, const RunRecord& record);
  /// The peak, if the use is a new one: its `what` is the caller's.
  Peak* Note(MonotonicTime at, LimitKind kind, trace::ScrapeSeq scrape, Use use, const RunRecord& record);

  std::vector<Peaks> loops_;
  std::map<std::string, std::vector<Peak>> targets_;
};

}  // namespace stalemark::scenario
