// SPDX-License-Identifier: Apache-2.0
// ScrapeManager: the scrape pools, fed by configurations and by discovery (MGR; spec sections 18.2 and 18.3). Mirrors
// Manager of scrape/manager.go. The process above calls ApplyConfig at start and on reload, UpdateTargets when
// discovery has a new target set, and Stop at the end. Calls that block upstream take a callback here. Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/scrape/options.h"
#include "core/scrape/scrape_pool.h"
#include "core/seams/failure_log.h"

namespace stalemark {

/// Job name -> its target groups: everything that discovery knows (SD-06).
using TargetSets = std::map<std::string, std::vector<TargetGroup>>;

/// What the engine works on; all outlive the manager.
struct ScrapeSeams {
  Clock& clock;
  Scheduler& scheduler;
  Transport& transport;
  Appendable& storage;
  const Files& files;
  FailureLogs& failure_logs;
  Choices& choices;
  /// May be null.
  TraceSink* trace = nullptr;
  /// Null: packed bodies are unpacked at once, in the engine.
  Unpacker* unpacker = nullptr;
};

class ScrapeManager {
 public:
  using Done = std::function<void()>;
  using ApplyDone = std::function<void(const Status& status)>;

  /// `fqdn`: the host's name as MGR-13 finds it; with the external labels it seeds the offsets.
  ScrapeManager(const ScrapeSeams& seams, ScrapeOptions options, std::string fqdn);
  ScrapeManager(const ScrapeManager&) = delete;
  ScrapeManager& operator=(const ScrapeManager&) = delete;

  /// Takes over the jobs of a configuration, complete with those of its scrape_config_files. Stops and reloads pools;
  /// never creates one (MGR-10).
  void ApplyConfig(std::vector<ScrapeConfig> jobs, const LabelMap& external_labels, ApplyDone done);
  /// Starts to act on target sets (MGR-22). Once.
  void Run();
  /// The whole target set; replaces the one before.
  void UpdateTargets(TargetSets targets);
  /// Stops all pools, one after the other, then the reloader (MGR-19). Once.
  void Stop(Done done);
  /// For the targets of a pool that `selected` accepts when the call gets its turn (MGR-23).
  void DisableEndOfRunStalenessMarkers(const std::string& pool, std::function<bool(const Target&)> selected, Done done);

  /// By name; those that Stop has stopped are still there.
  const std::map<std::string, std::unique_ptr<ScrapePool>>& pools() const { return pools_; }
  /// `prometheus_target_*` by name and labels.
  std::map<std::string, double> CollectMetrics() const;

 private:
  void WaitForTick();
  void WaitForTrigger();
  void ReloadTargets(Done done);
  ScrapePool* FindOrCreatePool(const std::string& job);
  /// File name -> log. A name opens once; the empty one stands for no log.
  using FailureLogMap = std::map<std::string, std::shared_ptr<FailureLog>>;
  Status OpenFailureLogs(const std::vector<ScrapeConfig>& jobs, FailureLogMap* logs);
  void ApplyLocked(std::vector<ScrapeConfig> jobs, const Labels& external_labels, const ApplyDone& done);
  void StopNextPool(std::vector<ScrapePool*> pools, const Done& done);
  void DropIdlePools();

  const ScrapeOptions options_;
  const std::string fqdn_;
  FailureLogs& failure_log_files_;
  SelfMetrics metrics_;
  Tracer tracer_;
  HttpEngine http_;
  const ScrapeContext context_;

  FifoLock lock_;
  Flag shutdown_;
  Trigger trigger_;
  std::unique_ptr<Ticker> ticker_;

  std::map<std::string, CurrentConfig> jobs_;
  FailureLogMap failure_logs_;
  TargetSets target_sets_;
  std::uint64_t offset_seed_ = 0;
  std::map<std::string, std::unique_ptr<ScrapePool>> pools_;
  /// Stopped and out of the configuration; kept until their last loop has ended.
  std::vector<std::unique_ptr<ScrapePool>> removed_pools_;
};

}  // namespace stalemark
