// SPDX-License-Identifier: Apache-2.0
// What the parts of one remote-write queue share: its configuration, clock, counters and log.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/remote/queue_metrics.h"
#include "core/remote/write_client.h"

namespace stalemark {

enum class QueueLogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

/// One line of upstream's log; attributes in order, without remote_name and url.
struct QueueLogLine {
  QueueLogLevel level = QueueLogLevel::kInfo;
  std::string message;
  std::vector<std::pair<std::string, std::string>> attributes;
};
/// May be empty: nothing is logged.
using QueueLog = std::function<void(const QueueLogLine& line)>;

struct QueueContext {
  const WriteEngine engine;
  const RemoteWriteConfig& config;
  const WriteVersion version;
  const bool type_and_unit_labels;
  const std::string user_agent;
  const QueueLog on_line;
  QueueMetrics metrics{};
  /// Wall time in whole seconds; no resharding before it (RW-10).
  std::int64_t reshard_disabled_until = 0;
  std::int64_t last_send_seconds = 0;
  /// Since the last tick of the shard calculation: items sent, and the time it took.
  std::uint64_t items_out = 0;
  Nanoseconds time_out{0};

  void Log(QueueLogLevel level, std::string message,
           std::vector<std::pair<std::string, std::string>> attributes = {}) const {
    if (on_line) on_line({level, std::move(message), std::move(attributes)});
  }
  std::int64_t WallSeconds() const { return UnixNanos(engine.clock.WallNow()) / 1'000'000'000; }
};

}  // namespace stalemark
