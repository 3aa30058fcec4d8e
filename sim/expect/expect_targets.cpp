// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "sim/expect/expect.h"

namespace stalemark::scenario {
namespace {

struct FoundTarget {
  const ObservedTarget* target = nullptr;
  bool claimed = false;
};

enum class Kind : std::uint8_t { kActive, kDropped };

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

bool Matches(const ExpectedTarget& expected, const ObservedTarget& found, Kind kind) {
  if (expected.pool != found.pool) return false;
  if (!expected.health.empty() && expected.health != found.health) return false;
  if (kind == Kind::kActive) return expected.labels == found.labels;
  return std::all_of(expected.labels.begin(), expected.labels.end(), [&](const auto& label) {
    const auto at = found.discovered_labels.find(label.first);
    return at != found.discovered_labels.end() && at->second == label.second;
  });
}

void Compare(const Scenario& scenario, const std::vector<ExpectedTarget>& expected, const Observation& seen, Kind kind,
             std::vector<Failure>* failures) {
  const std::string_view word = kind == Kind::kActive ? "active" : "dropped";
  std::vector<FoundTarget> found;
  for (const ObservedTarget& target : seen.targets) {
    if (target.dropped == (kind == Kind::kDropped)) found.push_back({&target});
  }
  for (const ExpectedTarget& target : expected) {
    const auto match = std::find_if(found.begin(), found.end(), [&](const FoundTarget& candidate) {
      return !candidate.claimed && Matches(target, *candidate.target, kind);
    });
    if (match != found.end()) {
      match->claimed = true;
      continue;
    }
    failures->push_back({scenario.file,
                         target.place,
                         "targets",
                         {},
                         fmt::format("no {} target {}", word, Describe(target.pool, target.labels, target.health)),
                         {},
                         {}});
  }
  for (const FoundTarget& more : found) {
    if (more.claimed) continue;
    const ObservedTarget& target = *more.target;
    const LabelMap& labels = target.dropped ? target.discovered_labels : target.labels;
    failures->push_back({scenario.file,
                         {},
                         "targets",
                         {},
                         fmt::format("a target more is {}: {}", word, Describe(target.pool, labels, target.health)),
                         {},
                         {}});
  }
}

}  // namespace

void CheckTargets(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  const ExpectedTargets& expected = scenario.expect.targets;
  const Observation& end = result.observations.back();
  if (expected.active) Compare(scenario, *expected.active, end, Kind::kActive, failures);
  if (expected.dropped) Compare(scenario, *expected.dropped, end, Kind::kDropped, failures);
}

}  // namespace stalemark::scenario
