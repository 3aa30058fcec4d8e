// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.h"

#include <utility>

namespace stalemark {
namespace {

/// A call that takes longer than this counts as one that never ends: a recorded case has delays of at most 10 days.
constexpr Nanoseconds kPatience = std::chrono::hours(24 * 30);

/// What discovery sends for a configuration whose targets are all static (SD-02, SD-05).
TargetSets StaticTargets(const std::vector<ScrapeConfig>& jobs) {
  TargetSets sets;
  for (const ScrapeConfig& job : jobs) sets[job.job_name] = job.static_configs;
  return sets;
}

}  // namespace

Simulation::Simulation(SimulationOptions options, BundleFiles files, const StorageFactory& storage, TraceSink* trace,
                       Choices& choices)
    : options_(std::move(options)),
      trace_(trace),
      files_(std::move(files)),
      clock_(options_.start),
      timers_(clock_),
      network_(clock_, clock_) {
  const ScrapeSeams seams{clock_, timers_, network_, storage(clock_), files_, failure_logs_, choices, trace};
  manager_ = std::make_unique<ScrapeManager>(seams, options_.scrape, options_.hostname);
}

Simulation::~Simulation() = default;

bool Simulation::Await(const std::function<void(std::function<void()> done)>& call) {
  // Shared: a call that never ends here may call back when the simulation is torn down.
  auto done = std::make_shared<bool>(false);
  call([done] { *done = true; });
  const MonotonicTime limit = clock_.MonotonicNow() + kPatience;
  while (!*done) {
    if (!clock_.RunNext(limit)) return false;
  }
  return true;
}

Status Simulation::LoadJobs(std::string_view text, const LoadOptions& load, Config* config,
                            std::vector<ScrapeConfig>* jobs) {
  Result<Config> loaded = LoadConfig(text, load);
  if (!loaded.ok()) return loaded.error();
  *config = std::move(loaded).value();
  Result<std::vector<ScrapeConfig>> fetched = ScrapeConfigs(*config, load, files_);
  if (!fetched.ok()) return fetched.error();
  *jobs = std::move(fetched).value();
  return {};
}

void Simulation::StartApplyConfig(std::string text, LoadOptions load, ApplyDone done) {
  configs_.push_back({std::move(text), std::move(load), std::move(done)});
  if (configs_.size() == 1) StartNextConfig();
}

void Simulation::StartNextConfig() {
  const ConfigCall& call = configs_.front();
  Config config;
  std::vector<ScrapeConfig> jobs;
  if (const Status status = LoadJobs(call.text, call.load, &config, &jobs); !status.ok()) {
    if (trace_ != nullptr) {
      // The file may lie anywhere, and the trace must not depend on it.
      const std::string_view error = WithoutFileName(status.error().message, call.load.file_name);
      trace_->OnEvent(clock_.MonotonicNow(), trace::ConfigApplied{error});
    }
    EndConfig(status);
    return;
  }
  TargetSets targets = StaticTargets(jobs);
  manager_->ApplyConfig(std::move(jobs), config.global.external_labels,
                        [this, targets = std::move(targets)](const Status& status) {
                          static_targets_ = targets;
                          if (!running_) manager_->Run();
                          running_ = true;
                          if (options_.targets == SimulationOptions::Targets::kFromConfig) SendDiscovered();
                          EndConfig(status);
                        });
}

void Simulation::EndConfig(const Status& status) {
  const ConfigCall ended = std::move(configs_.front());
  configs_.pop_front();
  // Not from here: any number of configurations in a row may fail at once.
  if (!configs_.empty()) next_config_ = clock_.ArmAt(clock_.MonotonicNow(), [this] { StartNextConfig(); });
  ended.done(status);
}

Status Simulation::ApplyConfig(std::string_view text, const LoadOptions& load) {
  // Shared: a call that is given up may still end.
  auto result = std::make_shared<Status>(Error{"the configuration is never applied"});
  Await([&](const std::function<void()>& done) {
    StartApplyConfig(std::string(text), load, [result, done](const Status& status) {
      *result = status;
      done();
    });
  });
  return *result;
}

void Simulation::SendDiscovered() {
  TargetSets sets = static_targets_;
  for (auto& [job, groups] : sets) {
    const auto found = discovered_.find(job);
    if (found != discovered_.end()) groups = found->second;
  }
  SendTargets(std::move(sets));
}

void Simulation::Stop() {
  Await([this](std::function<void()> done) { manager_->Stop(std::move(done)); });
}

}  // namespace stalemark
