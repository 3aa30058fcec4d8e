// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "sim/scenario/expect.h"

namespace stalemark::scenario {
namespace {

/// A target as it is at the end of the run.
struct FoundTarget {
  std::string pool;
  LabelMap labels;
  std::string health;
  bool claimed = false;
};

enum class Kind : std::uint8_t { kActive, kDropped };

LabelMap LabelMapOf(const Labels& labels) {
  LabelMap map;
  for (const Label label : labels) map[std::string(label.name)] = std::string(label.value);
  return map;
}

std::string Describe(std::string_view pool, const LabelMap& labels, std::string_view health) {
  std::string text = fmt::format("{} {{", pool);
  std::string_view separator;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}={}", separator, name, text::GoQuote(value));
    separator = ", ";
  }
  text += "}";
  if (!health.empty()) text += fmt::format(" {}", health);
  return text;
}

bool Matches(const ExpectedTarget& expected, const FoundTarget& found, Kind kind) {
  if (expected.pool != found.pool) return false;
  if (!expected.health.empty() && expected.health != found.health) return false;
  if (kind == Kind::kActive) return expected.labels == found.labels;
  return std::all_of(expected.labels.begin(), expected.labels.end(), [&](const auto& label) {
    const auto at = found.labels.find(label.first);
    return at != found.labels.end() && at->second == label.second;
  });
}

void Compare(const Scenario& scenario, const std::vector<ExpectedTarget>& expected, std::vector<FoundTarget> found,
             Kind kind, std::vector<std::string>* failures) {
  const std::string_view word = kind == Kind::kActive ? "active" : "dropped";
  for (const ExpectedTarget& target : expected) {
    const auto match = std::find_if(found.begin(), found.end(), [&](const FoundTarget& candidate) {
      return !candidate.claimed && Matches(target, candidate, kind);
    });
    if (match != found.end()) {
      match->claimed = true;
      continue;
    }
    failures->push_back(fmt::format("{}no {} target {}", PlacePrefix(scenario, target.place), word,
                                    Describe(target.pool, target.labels, target.health)));
  }
  for (const FoundTarget& target : found) {
    if (target.claimed) continue;
    failures->push_back(fmt::format("{}: a target more is {}: {}", scenario.file, word,
                                    Describe(target.pool, target.labels, target.health)));
  }
}

}  // namespace

void CheckTargets(const Scenario& scenario, const ScrapeManager& manager, std::vector<std::string>* failures) {
  std::vector<FoundTarget> active;
  std::vector<FoundTarget> dropped;
  for (const auto& [name, pool] : manager.pools()) {
    for (const Target* target : pool->ActiveTargets()) {
      const std::string health(TargetHealthText(target->outcome().health));
      active.push_back({name, LabelMapOf(target->PublicLabels()), health, false});
    }
    for (const Target& target : pool->dropped_targets()) {
      dropped.push_back({name, LabelMapOf(target.DiscoveredLabels()), "", false});
    }
  }
  const ExpectedTargets& expected = scenario.expect.targets;
  if (expected.active) Compare(scenario, *expected.active, std::move(active), Kind::kActive, failures);
  if (expected.dropped) Compare(scenario, *expected.dropped, std::move(dropped), Kind::kDropped, failures);
}

}  // namespace stalemark::scenario
