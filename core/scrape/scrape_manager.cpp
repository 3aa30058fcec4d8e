// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/scrape_manager.h"

#include <algorithm>
#include <utility>

#include "core/scrape/target_identity.h"
#include "core/text/metric_key.h"

namespace stalemark {
namespace {

constexpr std::string_view kMetadataEntries = "prometheus_target_metadata_cache_entries";
constexpr std::string_view kMetadataBytes = "prometheus_target_metadata_cache_bytes";

Labels LabelsOf(const LabelMap& map) {
  std::vector<Label> labels;
  for (const auto& [name, value] : map) labels.push_back({name, value});
  return Labels::FromSorted(labels);
}

/// Goes on when a number of calls have called back.
class Countdown {
 public:
  Countdown(std::size_t count, std::function<void()> done) : left_(count), done_(std::move(done)) {
    if (left_ == 0) done_();
  }
  void Step() {
    if (--left_ == 0) done_();
  }

 private:
  std::size_t left_;
  std::function<void()> done_;
};

}  // namespace

ScrapeManager::ScrapeManager(const ScrapeSeams& seams, ScrapeOptions options, std::string fqdn)
    : options_(options),
      fqdn_(std::move(fqdn)),
      failure_log_files_(seams.failure_logs),
      tracer_(seams.clock, seams.trace),
      http_{seams.transport, seams.scheduler, seams.files, seams.unpacker},
      context_{TimeSource{&seams.clock, &seams.scheduler},
               http_,
               seams.storage,
               seams.files,
               seams.choices,
               metrics_,
               tracer_,
               options_},
      lock_(context_.time),
      shutdown_(context_.time),
      trigger_(context_.time) {}

// ---- reloader (spec section 18.2) ----

void ScrapeManager::Run() {
  ticker_ = std::make_unique<Ticker>(context_.time, options_.discovery_reload_interval);
  if (!options_.discovery_reload_on_startup) {
    WaitForTick();
    return;
  }
  trigger_.Wait([this] {
    ReloadTargets([this] {
      ticker_->Arm();
      WaitForTick();
    });
  });
}

void ScrapeManager::WaitForTick() {
  ticker_->Wait([this] {
    if (!shutdown_.is_set()) WaitForTrigger();
  });
}

void ScrapeManager::WaitForTrigger() {
  // A tick spent here is gone: the next update is immediate (MGR-04).
  trigger_.Wait([this] {
    if (!shutdown_.is_set()) ReloadTargets([this] { WaitForTick(); });
  });
}

void ScrapeManager::UpdateTargets(TargetSets targets) {
  tracer_.Emit(trace::TargetsReceived{targets.size()});
  target_sets_ = std::move(targets);
  trigger_.Set();
}

void ScrapeManager::ReloadTargets(Done done) {
  lock_.Acquire([this, done = std::move(done)] {
    if (shutdown_.is_set()) {
      // It waited for Stop. The loops that upstream's Sync starts now end at once: their pool's context is cancelled.
      lock_.Release();
      return;
    }
    std::vector<std::pair<ScrapePool*, const std::vector<TargetGroup>*>> syncs;
    for (const auto& [job, groups] : target_sets_) {
      if (ScrapePool* pool = FindOrCreatePool(job)) syncs.emplace_back(pool, &groups);
    }
    // Shared by the calls it counts.
    auto countdown = std::make_shared<Countdown>(syncs.size(), done);
    for (const auto& [pool, groups] : syncs) pool->Sync(*groups, [countdown] { countdown->Step(); });
    lock_.Release();
  });
}

ScrapePool* ScrapeManager::FindOrCreatePool(const std::string& job) {
  if (const auto known = pools_.find(job); known != pools_.end()) return known->second.get();
  const auto config = jobs_.find(job);
  if (config == jobs_.end()) {
    tracer_.Emit(trace::PoolCreated{job, "invalid config id:" + job});
    return nullptr;
  }
  metrics_.Add(ScrapeCounter::kPools);
  if (const Status status = ScrapePool::Check(*config->second, context_); !status.ok()) {
    metrics_.Add(ScrapeCounter::kPoolsFailed);
    tracer_.Emit(trace::PoolCreated{job, status.error().message});
    return nullptr;
  }
  tracer_.Emit(trace::PoolCreated{job, ""});
  auto pool = std::make_unique<ScrapePool>(context_, config->second, offset_seed_);
  pool->SetFailureLog(failure_logs_[config->second->scrape_failure_log_file]);
  return pools_.emplace(job, std::move(pool)).first->second.get();
}

// ---- calls from above (spec section 18.3) ----

void ScrapeManager::ApplyConfig(std::vector<ScrapeConfig> jobs, const LabelMap& external_labels, ApplyDone done) {
  lock_.Acquire([this, jobs = std::move(jobs), labels = LabelsOf(external_labels), done = std::move(done)]() mutable {
    ApplyLocked(std::move(jobs), labels, done);
  });
}

void ScrapeManager::ApplyLocked(std::vector<ScrapeConfig> jobs, const Labels& external_labels, const ApplyDone& done) {
  DropIdlePools();
  auto logs = std::make_shared<FailureLogMap>();
  if (const Status status = OpenFailureLogs(jobs, logs.get()); !status.ok()) {  // nothing is replaced (MGR-17)
    lock_.Release();
    tracer_.Emit(trace::ConfigApplied{status.error().message});
    done(status);
    return;
  }
  // The old logs stay open until the call ends.
  std::swap(failure_logs_, *logs);
  jobs_.clear();
  for (ScrapeConfig& job : jobs) {
    std::string name = job.job_name;
    // Shared by the pool, its loops and its targets, which outlive the configuration that the manager has.
    jobs_[std::move(name)] = std::make_shared<const ScrapeConfig>(std::move(job));
  }
  offset_seed_ = OffsetSeed(fqdn_, external_labels);

  auto failed = std::make_shared<bool>(false);
  // The pools of now, all at once; the last to be done ends the call.
  auto countdown = std::make_shared<Countdown>(pools_.size() + 1, [this, failed, done, logs] {
    logs->clear();
    lock_.Release();
    const Status status = *failed ? Status(Error{"failed to apply the new configuration"}) : Status();
    tracer_.Emit(trace::ConfigApplied{status.ok() ? std::string_view() : status.error().message});
    done(status);
  });
  for (auto& [name, pool] : pools_) {
    const auto config = jobs_.find(name);
    if (config == jobs_.end()) {
      pool->Stop([this, countdown, job = name] {
        const auto at = pools_.find(job);
        removed_pools_.push_back(std::move(at->second));
        pools_.erase(at);
        countdown->Step();
      });
      continue;
    }
    pool->SetFailureLog(failure_logs_[config->second->scrape_failure_log_file]);
    if (*pool->config() == *config->second) {
      countdown->Step();
    } else {
      pool->Reload(config->second, [countdown, failed](const Status& status) {
        if (!status.ok()) *failed = true;
        countdown->Step();
      });
    }
  }
  countdown->Step();
}

Status ScrapeManager::OpenFailureLogs(const std::vector<ScrapeConfig>& jobs, FailureLogMap* logs) {
  for (const ScrapeConfig& job : jobs) {
    const std::string& path = job.scrape_failure_log_file;
    if (path.empty() || logs->count(path) != 0) continue;
    Result<std::unique_ptr<FailureLog>> log = failure_log_files_.Open(path);
    if (!log.ok()) return Error{"can't create json log file: " + log.error().message};
    logs->emplace(path, std::move(log).value());
  }
  return {};
}

void ScrapeManager::Stop(Done done) {
  lock_.Acquire([this, done = std::move(done)] {
    std::vector<ScrapePool*> pools;
    for (const auto& [name, pool] : pools_) pools.push_back(pool.get());
    StopNextPool(std::move(pools), done);
  });
}

void ScrapeManager::StopNextPool(std::vector<ScrapePool*> pools, const Done& done) {
  if (pools.empty()) {
    shutdown_.Set();
    if (ticker_) ticker_->CancelWait();
    lock_.Release();
    done();
    return;
  }
  const auto next =
      pools.begin() + static_cast<std::ptrdiff_t>(context_.choices.Pick(ChoicePoint::kStopOrder, pools.size()));
  ScrapePool* pool = *next;
  pools.erase(next);
  pool->Stop([this, pools = std::move(pools), done] { StopNextPool(pools, done); });
}

void ScrapeManager::DisableEndOfRunStalenessMarkers(const std::string& pool,
                                                    std::function<bool(const Target&)> selected, Done done) {
  lock_.Acquire([this, pool, selected = std::move(selected), done = std::move(done)] {
    const auto found = pools_.find(pool);
    lock_.Release();
    if (found == pools_.end()) {
      done();
    } else {
      found->second->DisableEndOfRun(selected, done);
    }
  });
}

void ScrapeManager::DropIdlePools() {
  removed_pools_.erase(
      std::remove_if(removed_pools_.begin(), removed_pools_.end(), [](const auto& pool) { return pool->idle(); }),
      removed_pools_.end());
}

std::map<std::string, double> ScrapeManager::CollectMetrics() const {
  std::map<std::string, double> metrics = metrics_.Collect();
  for (const auto& [name, pool] : pools_) {
    const auto add = [&metrics, &job = name](std::string_view metric, std::size_t value) {
      metrics.emplace(text::MetricKey(metric, {{"scrape_job", job}}), static_cast<double>(value));
    };
    add(kMetadataEntries, pool->metadata_entries());
    add(kMetadataBytes, pool->metadata_bytes());
  }
  return metrics;
}

}  // namespace stalemark
