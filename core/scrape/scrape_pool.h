// SPDX-License-Identifier: Apache-2.0
// ScrapePool: the targets of one job and their loops (POOL, RELOAD; spec section 18.4). Mirrors scrapePool of
// scrape/scrape.go. Sync, Reload, Stop and DisableEndOfRun exclude each other, first come first served; each calls back
// when upstream's call would return. Single-threaded. Must outlive its loops: drop it only when idle().
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/scrape/options.h"
#include "core/scrape/scrape_loop.h"

namespace stalemark {

class ScrapePool {
 public:
  using Done = std::function<void()>;
  using ReloadDone = std::function<void(const Status& status)>;

  /// Whether a pool can be made of a configuration: its HTTP client can be built (POOL-40).
  static Status Check(const ScrapeConfig& config, const ScrapeContext& context);

  ScrapePool(const ScrapeContext& context, CurrentConfig config, std::uint64_t offset_seed);
  ScrapePool(const ScrapePool&) = delete;
  ScrapePool& operator=(const ScrapePool&) = delete;

  /// Makes the active targets those of the groups. Done when every loop that went has stopped.
  void Sync(std::vector<TargetGroup> groups, Done done);
  /// Where loops note failed fetches, the active ones at once. The manager owns the log; null: nowhere (FAIL-03).
  void SetFailureLog(const std::shared_ptr<FailureLog>& log);
  /// Restarts every loop under another configuration. Done when all predecessors have stopped.
  void Reload(CurrentConfig config, ReloadDone done);
  /// Stops every loop, then abandons end-of-run staleness (POOL-41, POOL-42).
  void Stop(Done done);
  /// For the targets that the pool has when the call gets its turn and that `selected` accepts (MGR-23).
  void DisableEndOfRun(std::function<bool(const Target&)> selected, Done done);

  const CurrentConfig& config() const { return config_; }
  /// By target hash.
  std::vector<const Target*> ActiveTargets() const;
  std::size_t active_count() const { return active_.size(); }
  const std::vector<Target>& dropped_targets() const { return dropped_targets_; }
  std::size_t dropped_count() const { return dropped_count_; }
  /// Metadata of the active targets' caches, summed (SELF-30).
  std::size_t metadata_entries() const;
  std::size_t metadata_bytes() const;
  /// All that have not ended, in the order in which they were made; those of targets that have gone are among them.
  const std::vector<std::unique_ptr<ScrapeLoop>>& loops() const { return loops_; }
  /// The newest loop of a target, or null: a reload leaves the one before for a while.
  const ScrapeLoop* LoopOf(const Target& target) const;
  /// No loop is left, not even one in end-of-run staleness.
  bool idle() const { return loops_.empty(); }

 private:
  struct Active {
    std::shared_ptr<Target> target;
    ScrapeLoop* loop = nullptr;
  };

  void SyncNow(const std::vector<TargetGroup>& groups, const Done& done);
  std::vector<Target> BuildTargets(const std::vector<TargetGroup>& groups);
  /// Adds loops for new targets; the result tells which hashes the sync has seen.
  std::vector<ScrapeLoop*> AddTargets(std::vector<Target> targets, std::map<std::uint64_t, bool>* seen);
  void ReloadNow(CurrentConfig config, const ReloadDone& done);
  void StopNow(const Done& done);
  ScrapeLoop* NewLoop(std::shared_ptr<Target> target, std::shared_ptr<ScrapeCache> cache, bool cache_reused);
  /// The error of target_limit, or nothing; counts when exceeded (POOL-31).
  std::optional<ScrapeError> TargetLimitError();
  /// Waits until the loops have stopped, then goes on.
  void WhenStopped(const std::vector<ScrapeLoop*>& loops, Done next);
  void ReapEnded();

  const ScrapeContext& context_;
  CurrentConfig config_;
  const std::string job_;
  const std::uint64_t offset_seed_;
  std::weak_ptr<FailureLog> failure_log_;
  FifoLock lock_;
  Flag stopped_;

  std::map<std::uint64_t, Active> active_;
  std::vector<Target> dropped_targets_;
  std::size_t dropped_count_ = 0;

  /// All loops that have not ended, those of vanished targets included.
  std::vector<std::unique_ptr<ScrapeLoop>> loops_;
  std::unique_ptr<Latch> stopping_;
  /// Successors that wait for their own predecessors (RELOAD-04).
  std::vector<std::unique_ptr<FlagWait>> successor_waits_;
  Timer reap_timer_;
};

}  // namespace stalemark
