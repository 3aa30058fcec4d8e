// SPDX-License-Identifier: Apache-2.0
// sample_age_limit. Mirrors isSampleOld of storage/remote/queue_manager.go.
#pragma once

#include <cstdint>

#include "core/remote/queue_context.h"

namespace stalemark {

/// Whether a sample is older than the queue sends. Without a limit none is.
inline bool IsSampleOld(const QueueContext& context, std::int64_t t_ms) {
  const Nanoseconds limit = context.config.queue.sample_age_limit;
  if (limit == Nanoseconds(0)) return false;
  const std::int64_t oldest_ns = UnixNanos(context.engine.clock.WallNow()) - limit.count();
  // Compared in milliseconds, rounded up: a time may be too far away for nanoseconds.
  const std::int64_t oldest_ms = oldest_ns / 1'000'000 + (oldest_ns % 1'000'000 > 0 ? 1 : 0);
  return t_ms < oldest_ms;
}

}  // namespace stalemark
