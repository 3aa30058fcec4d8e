// SPDX-License-Identifier: Apache-2.0
// Simulation: one Prometheus server's scraping under a virtual clock: network, configuration loading, discovery's
// messages, the manager, storage. What recorded cases and scenario files both run on.
//
// The caller is the driver: it runs the engine up to a time, then applies its own events of that time (HARN-08). Calls
// that block upstream (a reload, a stop) block here too: they run the engine until they are done. Single-threaded; the
// storage and the trace sink outlive the simulation.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/config/config.h"
#include "core/scrape/scrape_manager.h"
#include "sim/bundle_files.h"
#include "sim/late_scheduler.h"
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

  Simulation(SimulationOptions options, BundleFiles files, const StorageFactory& storage, TraceSink* trace,
             Choices& choices);
  ~Simulation();

  VirtualClock& clock() { return clock_; }
  SimNetwork& network() { return network_; }
  ScrapeManager& manager() { return *manager_; }
  const ScrapeManager& manager() const { return *manager_; }
  BundleFiles& files() { return files_; }
  /// What the engine's timers run on; the network and the storage keep time exactly.
  LateScheduler& timers() { return timers_; }

  /// Does everything that is due up to that time.
  void RunUntil(MonotonicTime until) { clock_.RunUntil(until); }
  /// Loads a prometheus.yml and applies it, as the server does at start and reload. The first that loads starts the
  /// reloader. Returns when upstream's reload would; the error is the load's or ApplyConfig's.
  Status ApplyConfig(std::string_view text) { return ApplyConfig(text, options_.load); }
  Status ApplyConfig(std::string_view text, const LoadOptions& load);
  void SendTargets(TargetSets targets) { manager_->UpdateTargets(std::move(targets)); }
  /// With Targets::kFromConfig: what discovery finds for a job, in the place of its static_configs. Sent with the next
  /// configuration, or by SendDiscovered.
  void SetDiscovered(const std::string& job, std::vector<TargetGroup> groups) { discovered_[job] = std::move(groups); }
  /// Sends the targets of all jobs of the current configuration.
  void SendDiscovered();
  /// Manager.Stop; returns when it has.
  void Stop();
  /// Runs the engine until `call` has called back. False: it never will.
  bool Await(const std::function<void(std::function<void()> done)>& call);

 private:
  Status LoadJobs(std::string_view text, const LoadOptions& load, Config* config, std::vector<ScrapeConfig>* jobs);

  const SimulationOptions options_;
  BundleFiles files_;
  VirtualClock clock_;
  LateScheduler timers_;
  SimNetwork network_;
  std::unique_ptr<ScrapeManager> manager_;
  /// Of the current configuration.
  TargetSets static_targets_;
  TargetSets discovered_;
  bool running_ = false;
};

}  // namespace stalemark
