// SPDX-License-Identifier: Apache-2.0
// DiscoveryManager: the discoverers of all jobs, and what they have found, sent on as one target set (SD-04 to SD-10).
// Mirrors discovery/manager.go. Jobs whose mechanisms are equal share a discoverer; a reload keeps those that are still
// wanted running. Updates are sent on after a wait that grows from 100 ms to 5 s while they keep coming; upstream's
// random share of that wait is left out.
//
// Mechanisms that are not implemented find nothing; documents named by `targets` stand in for them. Single-threaded.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/http/target_scraper.h"
#include "core/scrape/scrape_manager.h"
#include "live/discovery/discoverer.h"
#include "live/log/log.h"
#include "live/loop/event_loop.h"

namespace stalemark {

/// Job -> patterns of files with target groups, in the place of all its mechanisms.
using TargetDocuments = std::map<std::string, std::vector<std::string>>;

/// All outlive the manager.
struct DiscoverySeams {
  EventLoop& loop;
  Transport& transport;
  const Files& files;
  const Log& log;
};

class DiscoveryManager {
 public:
  using SendTargets = std::function<void(TargetSets targets)>;

  DiscoveryManager(const DiscoverySeams& seams, TargetDocuments documents, SendTargets send);

  /// Starts, keeps and ends discoverers; then sends, as upstream does on every reload.
  void ApplyConfig(const std::vector<ScrapeConfig>& jobs);
  const DiscoveryStats& stats() const { return stats_; }
  /// Targets of each job, raw.
  std::map<std::string, std::size_t> TargetCounts() const;

 private:
  using StaticGroups = std::vector<TargetGroup>;
  using ProviderConfig = std::variant<StaticGroups, FileSdConfig, HttpSdConfig>;
  struct Provider {
    ProviderConfig config;
    std::set<std::string> jobs;
    std::unique_ptr<Discoverer> discoverer;
    /// By source.
    std::map<std::string, TargetGroup> groups;
  };

  std::vector<ProviderConfig> ConfigsOf(const ScrapeConfig& job) const;
  std::unique_ptr<Discoverer> MakeDiscoverer(const ProviderConfig& config);
  void Update(Provider& provider, std::vector<TargetGroup> groups);
  void TriggerSend();
  void Send();

  const DiscoverySeams seams_;
  const TargetDocuments documents_;
  const SendTargets send_;
  HttpEngine http_;
  DiscoveryStats stats_;
  std::vector<std::unique_ptr<Provider>> providers_;
  Timer send_timer_;
  bool send_armed_ = false;
  Nanoseconds wait_;
  MonotonicTime last_sent_{};
};

}  // namespace stalemark
