// SPDX-License-Identifier: Apache-2.0
#include "live/discovery/discovery_manager.h"

#include <algorithm>
#include <utility>

#include "live/discovery/file_discovery.h"
#include "live/discovery/http_discovery.h"

namespace stalemark {
namespace {

constexpr Nanoseconds kFirstWait = std::chrono::milliseconds(100);
constexpr Nanoseconds kLongestWait = std::chrono::seconds(5);

/// Sends its groups once (SD-02).
class StaticDiscovery final : public Discoverer {
 public:
  StaticDiscovery(std::vector<TargetGroup> groups, EventLoop& loop) : groups_(std::move(groups)), loop_(loop) {}
  void Start(SendGroups send) override {
    timer_ = loop_.ArmAt(loop_.MonotonicNow(), [this, send = std::move(send)] { send(groups_); });
  }

 private:
  const std::vector<TargetGroup> groups_;
  EventLoop& loop_;
  Timer timer_;
};

}  // namespace

DiscoveryManager::DiscoveryManager(const DiscoverySeams& seams, TargetDocuments documents, SendTargets send)
    : seams_(seams),
      documents_(std::move(documents)),
      send_(std::move(send)),
      http_{seams.transport, seams.loop, seams.files},
      wait_(kFirstWait) {}

std::vector<DiscoveryManager::ProviderConfig> DiscoveryManager::ConfigsOf(const ScrapeConfig& job) const {
  std::vector<ProviderConfig> configs;
  if (const auto documents = documents_.find(job.job_name); documents != documents_.end()) {
    FileSdConfig files;
    files.files = documents->second;
    configs.emplace_back(std::move(files));
    return configs;
  }
  if (!job.static_configs.empty()) configs.emplace_back(job.static_configs);
  for (const FileSdConfig& config : job.file_sd_configs) configs.emplace_back(config);
  for (const HttpSdConfig& config : job.http_sd_configs) configs.emplace_back(config);
  for (const OpaqueSdConfig& config : job.other_sd_configs) {
    seams_.log.Warn("This discovery is not available here and finds nothing; give its targets by --targets JOB=FILE",
                    {{"job", job.job_name}, {"mechanism", config.key}});
  }
  // So that the job has a pool (SD-05).
  if (configs.empty()) configs.emplace_back(StaticGroups(1));
  return configs;
}

std::unique_ptr<Discoverer> DiscoveryManager::MakeDiscoverer(const ProviderConfig& config) {
  if (const auto* groups = std::get_if<StaticGroups>(&config)) {
    return std::make_unique<StaticDiscovery>(*groups, seams_.loop);
  }
  if (const auto* files = std::get_if<FileSdConfig>(&config)) {
    return std::make_unique<FileDiscovery>(*files, seams_.files, seams_.loop, seams_.log, stats_);
  }
  return std::make_unique<HttpDiscovery>(std::get<HttpSdConfig>(config), http_, seams_.loop, seams_.log, stats_);
}

void DiscoveryManager::ApplyConfig(const std::vector<ScrapeConfig>& jobs) {
  for (const auto& provider : providers_) provider->jobs.clear();
  std::vector<Provider*> fresh;
  for (const ScrapeConfig& job : jobs) {
    for (ProviderConfig& config : ConfigsOf(job)) {
      const auto known = std::find_if(providers_.begin(), providers_.end(),
                                      [&](const auto& provider) { return provider->config == config; });
      if (known != providers_.end()) {
        (*known)->jobs.insert(job.job_name);
        continue;
      }
      auto provider = std::make_unique<Provider>();
      provider->discoverer = MakeDiscoverer(config);
      provider->config = std::move(config);
      provider->jobs.insert(job.job_name);
      fresh.push_back(provider.get());
      providers_.push_back(std::move(provider));
    }
  }
  providers_.erase(
      std::remove_if(providers_.begin(), providers_.end(), [](const auto& provider) { return provider->jobs.empty(); }),
      providers_.end());
  for (Provider* provider : fresh) {
    provider->discoverer->Start(
        [this, provider](std::vector<TargetGroup> groups) { Update(*provider, std::move(groups)); });
  }
  TriggerSend();
}

void DiscoveryManager::Update(Provider& provider, std::vector<TargetGroup> groups) {
  ++stats_.received_updates;
  for (TargetGroup& group : groups) {
    if (group.targets.empty()) {
      provider.groups.erase(group.source);
    } else {
      provider.groups.insert_or_assign(group.source, std::move(group));
    }
  }
  TriggerSend();
}

void DiscoveryManager::TriggerSend() {
  if (send_armed_) return;
  send_armed_ = true;
  const MonotonicTime now = seams_.loop.MonotonicNow();
  if (now - last_sent_ > kLongestWait) wait_ = kFirstWait;
  send_timer_ = seams_.loop.ArmAt(now + wait_, [this] { Send(); });
  wait_ = std::min(wait_ * 3 / 2, kLongestWait);
}

void DiscoveryManager::Send() {
  send_armed_ = false;
  last_sent_ = seams_.loop.MonotonicNow();
  ++stats_.updates;
  TargetSets sets;
  for (const auto& provider : providers_) {
    for (const std::string& job : provider->jobs) {
      std::vector<TargetGroup>& groups = sets[job];
      for (const auto& [source, group] : provider->groups) groups.push_back(group);
    }
  }
  send_(std::move(sets));
}

std::map<std::string, std::size_t> DiscoveryManager::TargetCounts() const {
  std::map<std::string, std::size_t> counts;
  for (const auto& provider : providers_) {
    for (const std::string& job : provider->jobs) {
      std::size_t& count = counts[job];
      for (const auto& [source, group] : provider->groups) count += group.targets.size();
    }
  }
  return counts;
}

}  // namespace stalemark
