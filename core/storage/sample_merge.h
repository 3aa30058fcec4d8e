// SPDX-License-Identifier: Apache-2.0
// Reading a series back whose out-of-order samples overlap its chunks. Mirrors getOOOSeriesChunks
// (tsdb/ooo_head_read.go) and chainSampleIterator (storage/merge.go), including which of two samples of one time wins.
#pragma once

#include <cstdint>
#include <vector>

namespace stalemark {

struct Sample {
  std::int64_t t_ms = 0;
  std::uint64_t bits = 0;
  friend bool operator==(const Sample& a, const Sample& b) { return a.t_ms == b.t_ms && a.bits == b.bits; }
};

/// Samples of one chunk, sorted by time, no time twice.
struct SampleRun {
  std::vector<Sample> samples;
  /// Last time that the run covers, as the query sees it: open chunks cover all the future.
  std::int64_t max_t_ms = 0;
};

/// Appends the merged samples to `out`. `runs` come in the order of their references: in-order chunks oldest first,
/// then out-of-order lists oldest first. Empty runs are ignored.
void MergeRuns(std::vector<SampleRun> runs, std::vector<Sample>& out);

}  // namespace stalemark
