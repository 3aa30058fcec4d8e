// SPDX-License-Identifier: Apache-2.0
// Discoverer: one discovery mechanism of a configuration while it runs: it finds target groups and sends them, again
// whenever it looks. Mirrors Discoverer of discovery/discovery.go. Destroying it ends it; it sends nothing afterwards.
//
// Runs on the engine's thread. A group of a source replaces the one before; a group without targets deletes (SD-01).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/model/target_group.h"

namespace stalemark {

/// Called any number of times, never inside the discoverer's Start.
using SendGroups = std::function<void(std::vector<TargetGroup> groups)>;

/// Of all discoverers together: `prometheus_sd_*`, the comment is the rest of the name.
struct DiscoveryStats {
  std::uint64_t received_updates = 0;     ///< received_updates_total
  std::uint64_t updates = 0;              ///< updates_total
  std::uint64_t file_read_errors = 0;     ///< file_read_errors_total
  std::uint64_t file_watcher_errors = 0;  ///< file_watcher_errors_total
  std::uint64_t http_failures = 0;        ///< http_failures_total
};

class Discoverer {
 public:
  virtual ~Discoverer() = default;
  /// Looks for the first time, soon. Once.
  virtual void Start(SendGroups send) = 0;
};

}  // namespace stalemark
