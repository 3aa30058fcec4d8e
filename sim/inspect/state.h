// SPDX-License-Identifier: Apache-2.0
// The state of a run as JSON, for people who look (docs/design/visualizer.md): targets with their loops, the scrape
// cache of a loop, metrics, the head, the chunks of a series, the WAL records of a commit; and relabelling step by
// step.
//
// Read from the engine as it stands, nothing is kept for it but those records (RunOptions::commits). Between two
// instants of a run: no scrape is being appended then. Pure: the run is the same afterwards. Errors: a loop or a series
// that is not there, in a sentence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "sim/run/stepwise_run.h"

namespace stalemark::inspect {

/// A page of the cache of one loop.
struct CacheQuery {
  trace::LoopId loop{};
  /// A part of the exposed bytes; empty: all rows.
  std::string match;
  std::uint64_t from = 0;
  std::uint64_t limit = 100;
};

struct StateQuery {
  std::optional<CacheQuery> cache;
  /// Whose chunks are wanted, of the primary storage.
  std::optional<SeriesRef> chunks;
  /// Whose WAL records are wanted: a scrape that was committed at this instant, or later than any other.
  std::optional<trace::ScrapeSeq> commits;
};

/// `storage`: the primary.
Result<std::string> StateJson(const scenario::ScenarioRun& run, const Head& storage, const StateQuery& query);

/// What is relabelled: a target by its loop, or by its place in the state's list of targets; with a series as it is
/// exposed, that series of the target.
struct RelabelQuery {
  std::optional<trace::LoopId> loop;
  std::optional<std::size_t> target;
  std::optional<Labels> series;
};

/// relabel_configs from the discovered labels on, or metric_relabel_configs from the exposed series on, with the
/// target's labels put to it. By the configuration that the target has now.
Result<std::string> RelabelJson(const scenario::ScenarioRun& run, const RelabelQuery& query);

}  // namespace stalemark::inspect
