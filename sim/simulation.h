// SPDX-License-Identifier: Apache-2.0
// Simulation: one Prometheus server's scraping under a virtual clock: network, configuration loading, discovery's
// messages, the manager, storage. What recorded cases and scenario files both run on.
//
// The caller is the driver: it runs the engine up to a time, then applies its own events of that time (HARN-08). Calls
// that block upstream (a reload, a stop) block here too: they run the engine until they are done; StartApplyConfig is
// the reload for a driver that has more to do meanwhile. Single-threaded; the storage and the trace sink outlive the
// simulation.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/config/config.h"
#include "core/scrape/scrape_manager.h"
#include "sim/bundle_files.h"
#include "sim/late_scheduler.h"
#include "sim/memory_failure_logs.h"
#include "sim/sim_network.h"
#include "sim/virtual_clock.h"

namespace stalemark {

struct SimulationOptions {
  WallTime start{};
  /// Seeds the scrape offsets, with the external labels (MGR-12).
  std::string hostname;
  ScrapeOptions scrape;
  LoadOptions load;
  enum class Targets : std::uint8_t {
    kFromCaller,  ///< SendTargets says what discovery found
    kFromConfig,  ///< the static_configs and SetDiscovered, sent after each configuration was applied
  };
  Targets targets = Targets::kFromCaller;
};

class Simulation {
 public:
  /// Makes the storage on the simulation's clock (a FaultyStorage needs it).
  using StorageFactory = std::function<Appendable&(VirtualClock& clock)>;
  /// The error is the load's or ApplyConfig's.
  using ApplyDone = std::function<void(const Status& status)>;

  Simulation(SimulationOptions options, BundleFiles files, const StorageFactory& storage, TraceSink* trace,
             Choices& choices);
  ~Simulation();

  VirtualClock& clock() { return clock_; }
  const VirtualClock& clock() const { return clock_; }
  SimNetwork& network() { return network_; }
  ScrapeManager& manager() { return *manager_; }
  const ScrapeManager& manager() const { return *manager_; }
  BundleFiles& files() { return files_; }
  MemoryFailureLogs& failure_logs() { return failure_logs_; }
  /// What the engine's timers run on; the network and the storage keep time exactly.
  LateScheduler& timers() { return timers_; }

  /// Does everything that is due up to that time.
  void RunUntil(MonotonicTime until) { clock_.RunUntil(until); }
  /// Loads a prometheus.yml and applies it, as the server does at start and reload: one at a time, each loaded when the
  /// one before is done. The first that loads starts the reloader. Calls `done` when upstream's reload would return,
  /// perhaps inside the call; only then are the new targets sent, as upstream's discovery learns of a configuration
  /// after scraping. The trace has the error too.
  void StartApplyConfig(std::string text, LoadOptions load, ApplyDone done);
  /// The same, and waits for it.
  Status ApplyConfig(std::string_view text) { return ApplyConfig(text, options_.load); }
  Status ApplyConfig(std::string_view text, const LoadOptions& load);
  void SendTargets(TargetSets targets) { manager_->UpdateTargets(std::move(targets)); }
  /// With Targets::kFromConfig: what discovery finds for a job, in the place of its static_configs. Sent with the next
  /// configuration, or by SendDiscovered.
  void SetDiscovered(const std::string& job, std::vector<TargetGroup> groups) { discovered_[job] = std::move(groups); }
  /// The job finds its static_configs again.
  void ForgetDiscovered(const std::string& job) { discovered_.erase(job); }
  /// Sends the targets of all jobs of the current configuration.
  void SendDiscovered();
  /// Manager.Stop; returns when it has.
  void Stop();
  /// Runs the engine until `call` has called back. False: it has not within 30 days.
  bool Await(const std::function<void(std::function<void()> done)>& call);

 private:
  struct ConfigCall {
    std::string text;
    LoadOptions load;
    ApplyDone done;
  };

  Status LoadJobs(std::string_view text, const LoadOptions& load, Config* config, std::vector<ScrapeConfig>* jobs);
  void StartNextConfig();
  void EndConfig(const Status& status);

  const SimulationOptions options_;
  TraceSink* const trace_;
  BundleFiles files_;
  MemoryFailureLogs failure_logs_;
  VirtualClock clock_;
  LateScheduler timers_;
  SimNetwork network_;
  /// The first is being applied, the others wait for it.
  std::deque<ConfigCall> configs_;
  Timer next_config_;
  /// Of the current configuration.
  TargetSets static_targets_;
  TargetSets discovered_;
  bool running_ = false;
  std::unique_ptr<ScrapeManager> manager_;
};

}  // namespace stalemark
