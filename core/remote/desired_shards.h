// SPDX-License-Identifier: Apache-2.0
// How many shards a queue wants, from what went in and out. Mirrors calculateDesiredShards and ewmaRate of
// storage/remote/{queue_manager,ewma}.go.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/config/storage.h"
#include "core/seams/time.h"

namespace stalemark {

/// The calculation runs every 10 s.
inline constexpr Nanoseconds kShardUpdateDuration{10'000'000'000};

/// Moving average of a count per second; each tick ends one kShardUpdateDuration.
class EwmaRate {
 public:
  void Tick(double count);
  double rate() const { return rate_; }

 private:
  double rate_ = 0;
  bool initialized_ = false;
};

/// Of one tick.
struct ShardFlow {
  std::uint64_t items_in = 0;
  std::uint64_t items_dropped = 0;
  std::uint64_t items_out = 0;
  Nanoseconds time_out{0};
  /// Whole seconds.
  std::int64_t highest_received = 0;
  std::int64_t highest_sent = 0;
};

class DesiredShards {
 public:
  explicit DesiredShards(const QueueConfig& config) : config_(config) {}

  /// `shards` when nothing should change.
  std::size_t Calculate(const ShardFlow& flow, std::size_t shards);
  /// What the last calculation came to, unrounded and unbounded; it may have kept the number for other reasons.
  double desired() const { return desired_; }

 private:
  const QueueConfig& config_;
  EwmaRate in_;
  EwmaRate dropped_;
  EwmaRate out_;
  EwmaRate time_out_;
  double desired_ = 0;
};

}  // namespace stalemark
