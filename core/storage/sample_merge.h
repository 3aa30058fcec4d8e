// SPDX-License-Identifier: Apache-2.0
// Reading a series back whose out-of-order samples overlap its chunks, or that several storages have. Mirrors
// getOOOSeriesChunks (tsdb/ooo_head_read.go) and chainSampleIterator (storage/merge.go), including which of two samples
// of one time wins, and that a histogram is not known to continue one that came from elsewhere.
#pragma once

#include <cstdint>
#include <vector>

#include "core/storage/sample.h"

namespace stalemark {

/// Samples of one chunk, sorted by time, no time twice.
struct SampleRun {
  std::vector<Sample> samples;
  /// Last time that the run covers, as the query sees it: open chunks cover all the future.
  std::int64_t max_t_ms = 0;
};

/// Appends the merged samples that lie in the range to `out`. `runs` come in the order of their references: in-order
/// chunks oldest first, then out-of-order lists oldest first. Empty runs are ignored. False: no group of overlapping
/// runs overlaps the range.
bool MergeRuns(std::vector<SampleRun> runs, const TimeRange& range, std::vector<Sample>& out);

/// Appends the merged samples of runs that may overlap; which of two equal times wins depends on the order of the runs
/// as upstream's does.
void ChainRuns(std::vector<SampleRun> runs, std::vector<Sample>& out);

}  // namespace stalemark
