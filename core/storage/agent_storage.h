// SPDX-License-Identifier: Apache-2.0
// AgentStorage: what a Prometheus in agent mode appends to (FAN-04). Mirrors tsdb/agent/db.go, db_append_v2.go and
// series.go.
//
// It keeps no samples, only each series' labels, last time and last exemplar; samples go to the log. So its verdicts
// differ from a head's: a sample must be newer than its series' last committed one less the window, and that is all.
// There are no duplicates, no bounds and no out-of-order lists; metadata is ignored; exemplars may come in any order.
//
// Single-threaded; appenders must not outlive the storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "core/model/exemplar.h"
#include "core/model/labels.h"
#include "core/seams/appendable.h"
#include "core/storage/series_index.h"
#include "core/storage/slab_vector.h"
#include "core/storage/wal.h"

namespace stalemark {

struct AgentOptions {
  /// How far behind its series' last one a sample may be. 0: it must be newer.
  std::int64_t out_of_order_window_ms = 0;
  /// HEAD-32, for the agent: a zero at a start time that is newer than the last sample.
  bool st_zero_samples = false;
  /// The log keeps start times.
  bool st_storage = false;
};

/// The `prometheus_agent_*` values; the comment is the rest of the name.
struct AgentStats {
  std::uint64_t active_series = 0;         ///< active_series
  std::uint64_t samples_appended = 0;      ///< samples_appended_total{type="float"}; rolled back ones too
  std::uint64_t histograms_appended = 0;   ///< samples_appended_total{type="histogram"}
  std::uint64_t exemplars_appended = 0;    ///< exemplars_appended_total
  std::uint64_t out_of_order_samples = 0;  ///< out_of_order_samples_total
};

class AgentStorage final : public Appendable {
 public:
  /// `wal` may be null: nothing is logged.
  explicit AgentStorage(const AgentOptions& options = {}, WalSink* wal = nullptr) : options_(options), wal_(wal) {}
  std::unique_ptr<Appender> NewAppender(const AppenderContext& context) override;

  std::size_t series_count() const { return series_.size(); }
  /// Time of the last committed sample; the smallest number: none. Requires: the series exists.
  std::int64_t LastTime(SeriesRef ref) const { return series_[static_cast<std::size_t>(ref) - 1].last_t_ms; }
  const AgentStats& stats() const { return stats_; }

 private:
  friend class AgentAppender;
  struct Series {
    Labels labels;
    std::int64_t last_t_ms = std::numeric_limits<std::int64_t>::min();
    std::unique_ptr<const Exemplar> last_exemplar;
    /// For SeriesIndex.
    std::uint32_t next_same_hash = SeriesIndex::kNone;
  };

  Series* Find(SeriesRef ref) { return series_.Find(static_cast<std::uint64_t>(ref) - 1); }
  /// Requires: labels without empty values that name a series. Notes in `created` what it created.
  SeriesRef GetOrCreate(const Labels& labels, std::vector<SeriesRef>& created);
  Status LogSeries(const std::vector<SeriesRef>& created);
  Status LogSamples(const LoggedBatch& batch);

  const AgentOptions options_;
  WalSink* const wal_;
  /// Index: reference - 1.
  SlabVector<Series, 512> series_;
  SeriesIndex index_;
  AgentStats stats_;
  RecordBuffer record_;
};

}  // namespace stalemark
