// SPDX-License-Identifier: Apache-2.0
#include "sim/explain/server_history.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/scrape/populate.h"

namespace stalemark::scenario {
namespace {

/// The text of an ApplyConfig that went through though a pool could not take over its part.
constexpr std::string_view kPartlyApplied = "failed to apply the new configuration";

FoundTarget Describe(const ServerHistory::Job& job, const TargetGroup& group, const LabelMap& labels) {
  FoundTarget found;
  found.job = job->job_name;
  found.discovered = DiscoveredLabels(*job, labels, group.labels);
  found.relabelling = ExplainRelabelRules(job->relabel_configs, found.discovered);
  Result<Labels> populated = PopulateLabels(*job, labels, group.labels);
  if (!populated.ok()) {
    found.error = populated.error().message;
  } else if (!populated->empty()) {
    found.target.emplace(std::move(*populated),
                         TargetOrigin{job, labels, std::make_shared<const LabelMap>(group.labels)});
    if (!found.target->HasPublicLabels()) found.target.reset();
  }
  return found;
}

}  // namespace

ServerHistory::ServerHistory(const Scenario& scenario, const ScenarioResult& result, const History& history)
    : scenario_(scenario), result_(result), history_(history) {
  configs_.push_back({&scenario.config});
  for (const EventSpan& span : result.events) {
    const auto* reload = std::get_if<Reload>(&ActionOf(span));
    if (reload != nullptr) configs_.push_back({reload->config ? &*reload->config : &scenario.config, span.begin});
  }
  // One after the other: each begins when it is asked for and the one before is done.
  for (std::size_t i = 0; i < configs_.size(); ++i) {
    const bool is_ended = i < history.applied().size();
    if (i > 0 && i <= history.applied().size()) {
      configs_[i].begin = std::max(configs_[i].begin, history.applied()[i - 1].at);
    } else if (i > 0) {
      configs_[i].in_force = false;
    }
    if (!is_ended) continue;
    const std::string_view error = history.applied()[i].error;
    configs_[i].in_force = error.empty() || error == kPartlyApplied;
  }
}

const std::vector<ServerHistory::Job>& ServerHistory::Load(Config& config) const {
  if (config.jobs) return *config.jobs;
  config.jobs.emplace();
  const Result<stalemark::Config> loaded = LoadConfig(config.source->text, config.source->load);
  if (!loaded.ok()) return *config.jobs;
  Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(*loaded, config.source->load, scenario_.files);
  if (!jobs.ok()) return *config.jobs;
  for (ScrapeConfig& job : *jobs) config.jobs->push_back(std::make_shared<const ScrapeConfig>(std::move(job)));
  return *config.jobs;
}

const std::vector<ServerHistory::Job>& ServerHistory::JobsAt(MonotonicTime at) const {
  static const std::vector<Job> kNone;
  for (auto config = configs_.rbegin(); config != configs_.rend(); ++config) {
    if (config->in_force && config->begin <= at) return Load(*config);
  }
  return kNone;
}

ServerHistory::Job ServerHistory::JobAt(std::string_view name, MonotonicTime at) const {
  for (const Job& job : JobsAt(at)) {
    if (job->job_name == name) return job;
  }
  return nullptr;
}

std::optional<MonotonicTime> ServerHistory::LastSync(std::string_view pool, MonotonicTime at) const {
  const auto found = history_.pools().find(pool);
  if (found == history_.pools().end()) return std::nullopt;
  std::optional<MonotonicTime> last;
  for (const MonotonicTime sync : found->second.synced) {
    if (sync <= at) last = sync;
  }
  return last;
}

std::string_view ServerHistory::PoolError(std::string_view pool, MonotonicTime at) const {
  const auto found = history_.pools().find(pool);
  std::string_view error;
  if (found == history_.pools().end()) return error;
  for (const History::Applied& attempt : found->second.created) {
    if (attempt.at <= at) error = attempt.error;
  }
  return error;
}

std::vector<TargetGroup> ServerHistory::GroupsAt(const ScrapeConfig& job, MonotonicTime at) const {
  const auto first = scenario_.targets.find(job.job_name);
  std::vector<TargetGroup> groups = first == scenario_.targets.end() ? job.static_configs : first->second;
  const std::vector<TargetGroup> at_start = groups;
  for (const EventSpan& span : result_.events) {
    const auto* change = std::get_if<TargetsChange>(&ActionOf(span));
    if (change == nullptr || span.begin > at) continue;
    const auto found = change->sets.find(job.job_name);
    if (found != change->sets.end()) groups = found->second;
    const auto& restored = change->restored;
    if (std::find(restored.begin(), restored.end(), job.job_name) != restored.end()) groups = at_start;
  }
  return groups;
}

std::vector<FoundTarget> ServerHistory::TargetsAt(std::string_view pool, MonotonicTime at) const {
  std::vector<FoundTarget> targets;
  const std::optional<MonotonicTime> sync = LastSync(pool, at);
  const Job job = JobAt(pool, sync.value_or(at));
  if (!job) return targets;
  for (const TargetGroup& group : GroupsAt(*job, sync.value_or(at))) {
    for (const LabelMap& labels : group.targets) targets.push_back(Describe(job, group, labels));
  }
  return targets;
}

std::optional<Target> ServerHistory::TargetOf(const History::Loop& loop) const {
  for (FoundTarget& found : TargetsAt(loop.pool, loop.started)) {
    if (!found.target || found.target->PublicLabels() != *loop.labels) continue;
    if (found.target->ScrapeUrl().String() == loop.url) return std::move(found.target);
  }
  return std::nullopt;
}

const EventSpan* ServerHistory::LastTargetEvent(MonotonicTime at) const {
  const EventSpan* last = nullptr;
  for (const EventSpan& span : result_.events) {
    const Action& action = ActionOf(span);
    const bool changes = std::holds_alternative<TargetsChange>(action) || std::holds_alternative<Reload>(action);
    if (changes && span.begin <= at) last = &span;
  }
  return last;
}

}  // namespace stalemark::scenario
