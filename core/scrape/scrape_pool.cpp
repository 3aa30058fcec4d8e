// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/scrape_pool.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace stalemark {
namespace {

constexpr std::string_view kTargetsMetric = "prometheus_target_scrape_pool_targets";
constexpr std::string_view kTargetLimitMetric = "prometheus_target_scrape_pool_target_limit";
constexpr std::string_view kSymbolTableMetric = "prometheus_target_scrape_pool_symboltable_items";
constexpr std::string_view kSyncTotalMetric = "prometheus_target_scrape_pool_sync_total";
constexpr std::string_view kSyncFailedMetric = "prometheus_target_sync_failed_total";
constexpr std::string_view kSyncLengthMetric = "prometheus_target_sync_length_seconds";
constexpr std::string_view kReloadLengthMetric = "prometheus_target_reload_length_seconds";

/// Caches survive a reload when nothing else has changed (RELOAD-02).
bool CacheIsReusable(ScrapeConfig before, ScrapeConfig after) {
  for (ScrapeConfig* config : {&before, &after}) {
    config->scrape_interval = config->scrape_timeout = Nanoseconds(0);
    config->sample_limit = 0;
    config->http_client = HttpClientConfig();
  }
  return before == after;
}

}  // namespace

Status ScrapePool::Check(const ScrapeConfig& config, const ScrapeContext& context) {
  return CheckHttpClient(config.http_client, context.files);
}

ScrapePool::ScrapePool(const ScrapeContext& context, CurrentConfig config, std::uint64_t offset_seed)
    : context_(context),
      config_(std::move(config)),
      job_(config_->job_name),
      offset_seed_(offset_seed),
      lock_(context.time),
      stopped_(context.time) {
  context_.metrics.SetPerJob(kTargetLimitMetric, job_, static_cast<double>(config_->target_limit));
}

void ScrapePool::SetFailureLog(const std::shared_ptr<FailureLog>& log) {
  failure_log_ = log;
  for (const auto& [hash, active] : active_) active.loop->SetFailureLog(log);
}

void ScrapePool::Sync(std::vector<TargetGroup> groups, Done done) {
  lock_.Acquire([this, groups = std::move(groups), done = std::move(done)] { SyncNow(groups, done); });
}

void ScrapePool::Reload(CurrentConfig config, ReloadDone done) {
  lock_.Acquire([this, config = std::move(config), done = std::move(done)] { ReloadNow(config, done); });
}

void ScrapePool::Stop(Done done) {
  lock_.Acquire([this, done = std::move(done)] { StopNow(done); });
}

void ScrapePool::DisableEndOfRun(std::function<bool(const Target&)> selected, Done done) {
  lock_.Acquire([this, selected = std::move(selected), done = std::move(done)] {
    for (const auto& [hash, active] : active_) {
      if (selected(*active.target)) active.loop->DisableEndOfRun();
    }
    lock_.Release();
    done();
  });
}

void ScrapePool::SyncNow(const std::vector<TargetGroup>& groups, const Done& done) {
  const MonotonicTime start = context_.time.clock->MonotonicNow();
  std::map<std::uint64_t, bool> seen;
  const std::vector<ScrapeLoop*> new_loops = AddTargets(BuildTargets(groups), &seen);

  std::vector<ScrapeLoop*> vanished;
  for (auto at = active_.begin(); at != active_.end();) {
    if (seen.count(at->first) != 0) {
      ++at;
      continue;
    }
    vanished.push_back(at->second.loop);
    at = active_.erase(at);
  }
  for (ScrapeLoop* loop : vanished) loop->Cancel();
  context_.metrics.SetPerJob(kTargetsMetric, job_, static_cast<double>(active_.size()));
  const std::optional<ScrapeError> limit_error = TargetLimitError();
  for (const auto& [hash, active] : active_) active.loop->SetForcedError(limit_error);
  // New loops may scrape while the old ones still finish (POOL-19).
  for (ScrapeLoop* loop : new_loops) loop->Start();

  WhenStopped(vanished, [this, start, done] {
    const Nanoseconds length = context_.time.clock->MonotonicNow() - start;
    context_.metrics.ObserveJob(kSyncLengthMetric, job_, length);
    context_.metrics.AddPerJob(kSyncTotalMetric, job_, 1);
    lock_.Release();
    done();
  });
}

std::vector<Target> ScrapePool::BuildTargets(const std::vector<TargetGroup>& groups) {
  dropped_targets_.clear();
  dropped_count_ = 0;
  std::vector<Target> kept;
  std::uint64_t failed = 0;
  for (const TargetGroup& group : groups) {
    GroupTargets made = TargetsFromGroup(group, config_);
    context_.metrics.AddPerJob(kSyncFailedMetric, job_, static_cast<double>(made.failures.size()));
    failed += made.failures.size();
    for (const Error& failure : made.failures) {
      context_.tracer.Emit(trace::TargetRefused{job_, nullptr, failure.message});
    }
    for (Target& target : made.targets) {
      if (target.HasPublicLabels()) {
        kept.push_back(std::move(target));
        continue;
      }
      ++dropped_count_;
      if (context_.tracer.enabled()) {
        const Labels discovered = target.DiscoveredLabels();
        context_.tracer.Emit(trace::TargetRefused{job_, &discovered, ""});
      }
      const std::uint64_t keep = config_->keep_dropped_targets;
      if (keep == 0 || dropped_targets_.size() < keep) dropped_targets_.push_back(std::move(target));
    }
  }
  context_.metrics.SetPerJob(kSymbolTableMetric, job_, 0);
  context_.tracer.Emit(trace::PoolSynced{job_, kept.size(), dropped_count_, failed});
  return kept;
}

std::vector<ScrapeLoop*> ScrapePool::AddTargets(std::vector<Target> targets, std::map<std::uint64_t, bool>* seen) {
  std::vector<ScrapeLoop*> new_loops;
  for (Target& target : targets) {
    const std::uint64_t hash = target.Hash();
    (*seen)[hash] = true;
    if (const auto known = active_.find(hash); known != active_.end()) {
      // Known, or twice in this sync: the last one's raw labels are shown (POOL-14, POOL-15).
      known->second.target->SetOrigin(target.origin());
      continue;
    }
    // Shared with the loop (ScrapeLoopSpec::target).
    auto added = std::make_shared<Target>(std::move(target));
    ScrapeLoop* loop = NewLoop(added, std::make_shared<ScrapeCache>(), false);
    active_.emplace(hash, Active{std::move(added), loop});
    new_loops.push_back(loop);
  }
  return new_loops;
}

std::optional<ScrapeError> ScrapePool::TargetLimitError() {
  // Compared as upstream's ints: a limit above 2^63 - 1 is negative there, and always exceeded.
  const auto limit = static_cast<std::int64_t>(config_->target_limit);
  if (limit == 0 || static_cast<std::int64_t>(active_.size()) <= limit) return std::nullopt;
  context_.metrics.Add(ScrapeCounter::kExceededTargetLimit);
  return ScrapeError{ScrapeErrorKind::kOther, fmt::format("target_limit exceeded (number of targets: {}, limit: {})",
                                                          active_.size(), config_->target_limit)};
}

void ScrapePool::ReloadNow(CurrentConfig config, const ReloadDone& done) {
  const MonotonicTime start = context_.time.clock->MonotonicNow();
  context_.metrics.Add(ScrapeCounter::kPoolReloads);
  if (const Status status = Check(*config, context_); !status.ok()) {
    context_.metrics.Add(ScrapeCounter::kPoolReloadsFailed);
    lock_.Release();
    done(status);
    return;
  }
  const bool reuse = CacheIsReusable(*config_, *config);
  config_ = std::move(config);
  context_.metrics.SetPerJob(kTargetLimitMetric, job_, static_cast<double>(config_->target_limit));
  const std::optional<ScrapeError> limit_error = TargetLimitError();

  std::vector<ScrapeLoop*> predecessors;
  successor_waits_.clear();
  for (auto& [hash, active] : active_) {
    ScrapeLoop* old_loop = active.loop;
    if (reuse) old_loop->DisableEndOfRun();
    active.loop = NewLoop(active.target, reuse ? old_loop->cache() : std::make_shared<ScrapeCache>(), reuse);
    active.loop->SetForcedError(limit_error);
    predecessors.push_back(old_loop);
    successor_waits_.push_back(std::make_unique<FlagWait>());
    successor_waits_.back()->Start(old_loop->stopped(), [successor = active.loop] { successor->Start(); });
  }
  for (ScrapeLoop* loop : predecessors) loop->Cancel();
  WhenStopped(predecessors, [this, start, done] {
    context_.metrics.ObserveInterval(kReloadLengthMetric, config_->scrape_interval,
                                     context_.time.clock->MonotonicNow() - start);
    lock_.Release();
    done(Status());
  });
}

void ScrapePool::StopNow(const Done& done) {
  std::vector<ScrapeLoop*> loops;
  for (const auto& [hash, active] : active_) loops.push_back(active.loop);
  active_.clear();
  for (ScrapeLoop* loop : loops) loop->Cancel();
  WhenStopped(loops, [this, done] {
    stopped_.Set();
    context_.metrics.RemoveJob(job_);
    context_.tracer.Emit(trace::PoolStopped{job_});
    lock_.Release();
    done();
  });
}

ScrapeLoop* ScrapePool::NewLoop(std::shared_ptr<Target> target, std::shared_ptr<ScrapeCache> cache, bool cache_reused) {
  ScrapeLoopSpec spec;
  spec.target = std::move(target);
  spec.cache = std::move(cache);
  spec.pool_config = &config_;
  spec.pool_stopped = &stopped_;
  spec.offset_seed = offset_seed_;
  spec.cache_reused = cache_reused;
  loops_.push_back(std::make_unique<ScrapeLoop>(context_, std::move(spec), [this] { ReapEnded(); }));
  loops_.back()->SetFailureLog(failure_log_);
  return loops_.back().get();
}

void ScrapePool::WhenStopped(const std::vector<ScrapeLoop*>& loops, Done next) {
  stopping_ = std::make_unique<Latch>(context_.time);
  for (ScrapeLoop* loop : loops) stopping_->Add(loop->stopped());
  stopping_->Start(std::move(next));
}

void ScrapePool::ReapEnded() {
  // Posted: the loop that calls is one of those that go.
  reap_timer_ = context_.time.Post([this] {
    loops_.erase(std::remove_if(loops_.begin(), loops_.end(), [](const auto& loop) { return loop->ended(); }),
                 loops_.end());
  });
}

std::vector<const Target*> ScrapePool::ActiveTargets() const {
  std::vector<const Target*> targets;
  for (const auto& [hash, active] : active_) targets.push_back(active.target.get());
  return targets;
}

const ScrapeLoop* ScrapePool::LoopOf(const Target& target) const {
  const auto found =
      std::find_if(loops_.rbegin(), loops_.rend(), [&](const auto& loop) { return loop->target().get() == &target; });
  return found == loops_.rend() ? nullptr : found->get();
}

std::size_t ScrapePool::metadata_entries() const {
  std::size_t entries = 0;
  for (const auto& [hash, active] : active_) entries += active.loop->cache()->metadata_entries();
  return entries;
}

std::size_t ScrapePool::metadata_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [hash, active] : active_) bytes += active.loop->cache()->metadata_bytes();
  return bytes;
}

}  // namespace stalemark
