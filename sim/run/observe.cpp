// SPDX-License-Identifier: Apache-2.0
#include "sim/run/observe.h"

#include "core/relabel/relabel.h"

namespace stalemark::scenario {
namespace {

LabelMap LabelMapOf(const Labels& labels) {
  LabelMap map;
  for (const Label label : labels) map[std::string(label.name)] = std::string(label.value);
  return map;
}

/// By the configuration that the target was met with last.
std::string DroppingStep(const Target& target) {
  const std::vector<RelabelRule>& rules = target.origin().config->relabel_configs;
  const RelabelExplanation explanation = ExplainRelabelRules(rules, target.DiscoveredLabels());
  if (explanation.verdict != RelabelVerdict::kDrop) return {};
  const RelabelStep& last = explanation.steps.back();
  return "relabel_configs " + RelabelStepText(rules[last.rule], last);
}

}  // namespace

ObservedTarget ObserveTarget(const std::string& pool, const Target& target, const ScrapeConfig& config) {
  ObservedTarget seen;
  seen.pool = pool;
  seen.discovered_labels = LabelMapOf(target.DiscoveredLabels());
  seen.dropped = target.labels().empty();
  if (seen.dropped) {
    seen.dropped_by = DroppingStep(target);
    return seen;
  }
  seen.labels = LabelMapOf(target.PublicLabels());
  seen.scrape_url = target.ScrapeUrl().String();
  const Target::Outcome& outcome = target.outcome();
  seen.health = TargetHealthText(outcome.health);
  if (outcome.error) seen.last_error = outcome.error->message;
  const Target::Timing timing = target.TimingOr(config.scrape_interval, config.scrape_timeout);
  seen.interval = timing.interval;
  seen.timeout = timing.timeout;
  return seen;
}

Observation Observe(MonotonicTime at, const ScrapeManager& manager) {
  Observation observation;
  observation.at = at;
  for (const auto& [name, pool] : manager.pools()) {
    for (const Target* target : pool->ActiveTargets()) {
      observation.targets.push_back(ObserveTarget(name, *target, *pool->config()));
    }
    for (const Target& target : pool->dropped_targets()) {
      observation.targets.push_back(ObserveTarget(name, target, *pool->config()));
    }
  }
  observation.metrics = manager.CollectMetrics();
  return observation;
}

}  // namespace stalemark::scenario
