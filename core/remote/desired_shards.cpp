// SPDX-License-Identifier: Apache-2.0
#include "core/remote/desired_shards.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace stalemark {
namespace {

constexpr double kEwmaWeight = 0.2;
/// So many too many, or too few, are kept.
constexpr double kTolerance = 0.3;
/// A backlog is to be caught up with by so much of itself per second.
constexpr double kBacklogCatchup = 0.05;
/// Seconds behind from which on the number does not fall.
constexpr double kDelayMax = 10;

}  // namespace

void EwmaRate::Tick(double count) {
  const double instant = count / std::chrono::duration<double>(kShardUpdateDuration).count();
  if (initialized_) {
    rate_ += kEwmaWeight * (instant - rate_);
  } else if (count > 0) {
    initialized_ = true;
    rate_ = instant;
  }
}

std::size_t DesiredShards::Calculate(const ShardFlow& flow, std::size_t shards) {
  in_.Tick(static_cast<double>(flow.items_in));
  dropped_.Tick(static_cast<double>(flow.items_dropped));
  out_.Tick(static_cast<double>(flow.items_out));
  time_out_.Tick(std::chrono::duration<double>(flow.time_out).count());
  if (out_.rate() <= 0) return shards;

  const double kept_ratio = out_.rate() / (dropped_.rate() + out_.rate());
  const double delay = static_cast<double>(flow.highest_received - flow.highest_sent);
  const double rate_in = in_.rate() * kept_ratio;
  const double backlog = delay * rate_in;
  const double time_per_item = time_out_.rate() / out_.rate();
  desired_ = time_per_item * (rate_in + kBacklogCatchup * backlog);

  const auto current = static_cast<double>(shards);
  const double rounded = std::ceil(desired_);
  if (current * (1 - kTolerance) <= rounded && rounded <= current * (1 + kTolerance)) return shards;
  const bool fewer = rounded < current;
  if (fewer && delay > kDelayMax) return shards;
  const auto min = static_cast<double>(std::max<std::int64_t>(config_.min_shards, 1));
  const auto max = static_cast<double>(std::max<std::int64_t>(config_.max_shards, 1));
  return static_cast<std::size_t>(rounded > max ? max : rounded < min ? min : rounded);
}

}  // namespace stalemark
