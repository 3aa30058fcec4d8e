// SPDX-License-Identifier: Apache-2.0
// What a remote-write queue counts (RW-13), under upstream's names. Mirrors queueManagerMetrics of
// storage/remote/queue_manager.go.
//
// Visit gives each value its name behind `prometheus_remote_storage_` and, where it has one, the label `reason`; the
// labels remote_name and url are the caller's to add. Seconds are seconds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "core/remote/time_series.h"

namespace stalemark {

/// Why data was not sent.
enum class DropReason : std::uint8_t {
  kTooOld,
  kDroppedSeries,
  kUnintentionallyDroppedSeries,
  kNhcbNotSupported,
  /// Ours: upstream's waiting data is in the WAL's files, ours in memory, which is bounded.
  kBacklogFull,
};
inline constexpr std::size_t kDropReasons = 5;
std::string_view DropReasonText(DropReason reason);

/// Of one kind: samples, exemplars or histograms.
struct KindMetrics {
  std::uint64_t total = 0;  ///< attempts, also those that failed
  std::uint64_t failed = 0;
  std::uint64_t retried = 0;
  std::int64_t pending = 0;
  std::array<std::uint64_t, kDropReasons> dropped{};
};

/// A histogram with classic buckets.
struct DurationMetric {
  static constexpr std::array<double, 15> kBounds = {.005, .01, .025, .05, .1, .25, .5, 1,
                                                     2.5,  5,   10,   25,  60, 120, 300};
  /// Not cumulative; the last is beyond all bounds.
  std::array<std::uint64_t, kBounds.size() + 1> counts{};
  double sum = 0;
  std::uint64_t count = 0;
  void Observe(double seconds);
};

struct QueueMetrics {
  KindMetrics samples;
  KindMetrics exemplars;
  KindMetrics histograms;
  /// Of families (1.0), or with series (2.0).
  std::uint64_t metadata_total = 0;
  std::uint64_t metadata_failed = 0;
  std::uint64_t metadata_retried = 0;
  std::uint64_t enqueue_retries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t metadata_bytes = 0;
  DurationMetric sent_batch_duration;
  /// Whole seconds, 0 before the first.
  std::int64_t highest_timestamp = 0;
  std::int64_t highest_sent_timestamp = 0;
  std::size_t shards = 0;
  std::size_t shards_max = 0;
  std::size_t shards_min = 0;
  double shards_desired = 0;
  std::int64_t shard_capacity = 0;
  std::int64_t max_samples_per_send = 0;

  KindMetrics& Of(SeriesType type) {
    return type == SeriesType::kSample ? samples : type == SeriesType::kExemplar ? exemplars : histograms;
  }
  void Drop(SeriesType type, DropReason reason, std::uint64_t count = 1) {
    Of(type).dropped[static_cast<std::size_t>(reason)] += count;
  }

  enum class Type : std::uint8_t { kCounter, kGauge };
  struct Value {
    std::string_view name;
    Type type = Type::kCounter;
    /// Empty: has no such label.
    std::string_view reason;
    double value = 0;
  };
  /// All but the histogram. Reasons that dropped nothing are left out, as upstream's are.
  void Visit(const std::function<void(const Value& value)>& visit) const;
};

}  // namespace stalemark
