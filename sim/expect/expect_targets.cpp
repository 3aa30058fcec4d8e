// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/expect/expect.h"
#include "sim/expect/table.h"

namespace stalemark::scenario {
namespace {

enum class Kind : std::uint8_t { kActive, kDropped };

constexpr std::size_t kSurplusShownMax = 10;

std::string_view Word(Kind kind) {
  return kind == Kind::kActive ? "active" : "dropped";
}

std::string LabelsText(const LabelMap& labels) {
  std::string text = "{";
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}={}", text.size() == 1 ? "" : ", ", name, text::GoQuote(value));
  }
  return text + "}";
}

const LabelMap& OwnLabels(const ObservedTarget& target) {
  return target.dropped ? target.discovered_labels : target.labels;
}

/// What tells a dropped target from others: its address, and what static_configs or discovery call it.
LabelMap NamingLabels(const LabelMap& discovered) {
  LabelMap labels;
  for (const auto& [name, value] : discovered) {
    if (name == "__address__" || name.substr(0, 2) != "__") labels[name] = value;
  }
  return labels;
}

std::string Describe(const ObservedTarget& target) {
  const LabelMap labels = target.dropped ? NamingLabels(target.discovered_labels) : target.labels;
  std::string text = fmt::format("{} {}", target.pool, LabelsText(labels));
  if (!target.health.empty()) text += " " + target.health;
  if (!target.dropped_by.empty()) text += ": " + target.dropped_by;
  return text;
}

std::string Describe(const ExpectedTarget& target) {
  LabelMap labels = target.discovered_labels;
  if (target.labels) labels.insert(target.labels->begin(), target.labels->end());
  return fmt::format("{} {}", target.pool, LabelsText(labels));
}

/// As the keys of ExpectedTarget::fields name it.
std::string ObservedField(const ObservedTarget& target, std::string_view key) {
  if (key == "health") return target.health;
  if (key == "scrape_interval") return FormatDuration(target.interval);
  if (key == "scrape_timeout") return FormatDuration(target.timeout);
  return target.scrape_url;
}

/// What is not as expected, and how to write what is.
struct TargetDifference {
  std::string key;
  std::string expected;
  std::string found;
  Edit edit;
};

class Differences {
 public:
  Differences(const ExpectedTarget& expected, const ObservedTarget& found, Kind kind)
      : expected_(expected), found_(found) {
    Compare({"pool"}, expected.pool, found.pool);
    const LabelMap none;
    const LabelMap& labels = expected.labels ? *expected.labels : none;
    CompareSubset("labels", labels, OwnLabels(found));
    if (kind == Kind::kActive && expected.labels) CompareSurplus(labels);
    CompareSubset("discovered_labels", expected.discovered_labels, found.discovered_labels);
    for (const auto& [key, value] : expected.fields) Compare({key}, value, ObservedField(found, key));
    if (expected.last_error) CompareError(*expected.last_error);
  }

  std::vector<TargetDifference> Take() { return std::move(list_); }

 private:
  void Add(std::vector<std::string> keys, std::string expected, std::string found, Edit::Kind kind, std::string text) {
    list_.push_back({fmt::format("{}", fmt::join(keys, ".")), std::move(expected), std::move(found),
                     Edit{kind, expected_.place, std::move(keys), std::move(text)}});
  }

  void Compare(std::vector<std::string> keys, const std::string& expected, const std::string& found) {
    if (expected != found) Add(std::move(keys), expected, found.empty() ? "-" : found, Edit::Kind::kSet, found);
  }

  void CompareSubset(const std::string& key, const LabelMap& expected, const LabelMap& found) {
    for (const auto& [name, value] : expected) {
      const auto at = found.find(name);
      if (at != found.end() && at->second == value) continue;
      const bool there = at != found.end();
      Add({key, name}, text::GoQuote(value), there ? text::GoQuote(at->second) : "-",
          there ? Edit::Kind::kSet : Edit::Kind::kRemoveKey, there ? at->second : "");
    }
  }

  void CompareSurplus(const LabelMap& expected) {
    for (const auto& [name, value] : found_.labels) {
      if (expected.count(name) == 0) Add({"labels", name}, "-", text::GoQuote(value), Edit::Kind::kSet, value);
    }
  }

  void CompareError(const std::string& part) {
    const std::string& error = found_.last_error;
    const bool holds = part.empty() ? error.empty() : error.find(part) != std::string::npos;
    if (!holds)
      Add({"last_error"}, part.empty() ? "no error" : part, error.empty() ? "no error" : error, Edit::Kind::kSet,
          error);
  }

  const ExpectedTarget& expected_;
  const ObservedTarget& found_;
  std::vector<TargetDifference> list_;
};

/// One list of expected targets against those that were there.
class TargetListCheck {
 public:
  TargetListCheck(const Scenario& scenario, const ExpectedTargetList& expected, const Observation& seen, Kind kind,
                  std::string at_text, const RunRecord& record, std::vector<Failure>* failures)
      : scenario_(scenario),
        record_(record),
        expected_(expected),
        seen_(seen),
        kind_(kind),
        at_text_(std::move(at_text)),
        failures_(failures) {
    for (const ObservedTarget& target : seen.targets) {
      if (target.dropped == (kind == Kind::kDropped)) found_.push_back({&target});
    }
  }

  void Run() {
    std::vector<std::size_t> missed;
    for (std::size_t i = 0; i < expected_.targets.size(); ++i) {
      Found* same = Nearest(expected_.targets[i], 0);
      if (same != nullptr) same->claimed = true;
      if (same == nullptr) missed.push_back(i);
    }
    for (const std::size_t i : missed) {
      const ExpectedTarget& target = expected_.targets[i];
      Found* nearest = Nearest(target, kFar);
      if (nearest == nullptr) {
        FailAbsent(target, i);
      } else {
        nearest->claimed = true;
        FailDifferent(target, *nearest->target);
      }
    }
    FailSurplus();
  }

 private:
  struct Found {
    const ObservedTarget* target = nullptr;
    bool claimed = false;
  };
  static constexpr std::size_t kFar = 1'000'000;

  /// Of those that nobody expects yet the one with fewest differences, at most so many; one of another pool must have a
  /// label in common. Null: none.
  Found* Nearest(const ExpectedTarget& expected, std::size_t differences_max) {
    Found* nearest = nullptr;
    std::size_t fewest = differences_max + 1;
    for (Found& candidate : found_) {
      if (candidate.claimed || !IsLike(expected, *candidate.target)) continue;
      const std::size_t count = Differences(expected, *candidate.target, kind_).Take().size();
      if (count >= fewest) continue;
      fewest = count;
      nearest = &candidate;
      if (count == 0) break;
    }
    return nearest;
  }

  static bool IsLike(const ExpectedTarget& expected, const ObservedTarget& found) {
    if (expected.pool == found.pool) return true;
    const auto instance = found.labels.find("instance");
    if (instance == found.labels.end() || !expected.labels) return false;
    const auto wanted = expected.labels->find("instance");
    return wanted != expected.labels->end() && wanted->second == instance->second;
  }

  Failure Fail(Place place, std::string message) const {
    Failure failure = FailureAt(scenario_, place, "targets", {}, std::move(message));
    failure.seen = SeenAt{seen_.at.time_since_epoch(), {}};
    return failure;
  }

  void FailDifferent(const ExpectedTarget& expected, const ObservedTarget& found) {
    Failure failure = Fail(expected.place, fmt::format("no {} target {}{}; the nearest is {}", Word(kind_),
                                                       Describe(expected), at_text_, Describe(found)));
    Table table;
    table.Add({"", "expected", "found"});
    for (TargetDifference& difference : Differences(expected, found, kind_).Take()) {
      table.Add({difference.key, difference.expected, difference.found});
      failure.edits.push_back(std::move(difference.edit));
    }
    failure.detail = table.Text();
    failures_->push_back(std::move(failure));
  }

  void FailAbsent(const ExpectedTarget& expected, std::size_t index) {
    Failure failure = Fail(expected.place, fmt::format("no {} target {}{}", Word(kind_), Describe(expected), at_text_));
    failure.message += Elsewhere(expected, &failure.next);
    failure.edits.push_back({Edit::Kind::kRemoveItem, expected_.place, {}, {}, index});
    failures_->push_back(std::move(failure));
  }

  /// Where the target is instead.
  std::string Elsewhere(const ExpectedTarget& expected, std::string* next) const {
    for (const ObservedTarget& target : seen_.targets) {
      const bool other_list = target.dropped == (kind_ == Kind::kActive);
      if (!other_list || target.pool != expected.pool || !IsSameEndpoint(expected, target)) continue;
      if (!target.dropped) return ": it is active as " + Describe(target);
      if (!target.dropped_by.empty()) *next = "change that rule, or expect the target in `dropped`";
      return ": it was dropped" + (target.dropped_by.empty() ? std::string() : " by " + target.dropped_by);
    }
    if (const RunRecord::PoolError* error = record_.FindPoolError(expected.pool)) {
      return fmt::format(": the pool {} could not be created: {}", text::GoQuote(expected.pool), error->error);
    }
    std::set<std::string_view> pools;
    for (const ObservedTarget& target : seen_.targets) pools.insert(target.pool);
    if (pools.count(expected.pool) != 0)
      return fmt::format(": all {} ones of the pool are expected elsewhere", Word(kind_));
    const std::string_view nearest = text::NearestWord(expected.pool, {pools.begin(), pools.end()});
    std::string text = fmt::format(": the pool {} has no targets", text::GoQuote(expected.pool));
    return nearest.empty() ? text : text + fmt::format(" (did you mean \"{}\"?)", nearest);
  }

  /// By its address, which is the instance unless relabelling says otherwise.
  bool IsSameEndpoint(const ExpectedTarget& expected, const ObservedTarget& target) const {
    const LabelMap none;
    const LabelMap& labels = expected.labels ? *expected.labels : none;
    const auto label = labels.find(kind_ == Kind::kActive ? "instance" : "__address__");
    const auto address = target.discovered_labels.find("__address__");
    return label != labels.end() && address != target.discovered_labels.end() && label->second == address->second;
  }

  /// One failure for all that nobody expects: lists are complete.
  void FailSurplus() {
    std::vector<const ObservedTarget*> surplus;
    for (const Found& found : found_) {
      if (!found.claimed) surplus.push_back(found.target);
    }
    if (surplus.empty()) return;
    Failure failure = Fail(expected_.place, {});
    if (surplus.size() == 1) {
      failure.message = fmt::format("a target more is {}{}: {}", Word(kind_), at_text_, Describe(*surplus[0]));
    } else {
      failure.message = fmt::format("{} targets more are {}{}", surplus.size(), Word(kind_), at_text_);
      ShortTable list({}, kSurplusShownMax);
      for (const ObservedTarget* target : surplus)
        list.Add([&] { return std::vector<std::string>{Describe(*target)}; });
      failure.detail = list.Text();
    }
    failure.next = fmt::format("the list is complete: add {}, or leave `{}` out", surplus.size() == 1 ? "it" : "them",
                               Word(kind_));
    for (const ObservedTarget* target : surplus) {
      failure.edits.push_back({Edit::Kind::kAppendItem, expected_.place, {}, TargetItem(*target)});
    }
    failures_->push_back(std::move(failure));
  }

  const Scenario& scenario_;
  const RunRecord& record_;
  const ExpectedTargetList& expected_;
  const Observation& seen_;
  const Kind kind_;
  const std::string at_text_;
  std::vector<Found> found_;
  std::vector<Failure>* failures_;
};

}  // namespace

std::string TargetItem(const ObservedTarget& target) {
  std::string labels;
  for (const auto& [name, value] : OwnLabels(target)) {
    // What discovery says about a dropped target is long; the address tells it.
    if (target.dropped && name != "__address__") continue;
    labels += fmt::format("{}{}: {}", labels.empty() ? "" : ", ", FlowScalar(name), FlowScalar(value));
  }
  std::string text = fmt::format("{{pool: {}, labels: {{{}}}", FlowScalar(target.pool), labels);
  if (!target.dropped) text += ", health: " + target.health;
  return text + "}";
}

void CheckTargets(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  for (const ExpectedTargets& expected : scenario.expect.server.targets) {
    const Observation& seen = ObservationAt(result, expected.at);
    const auto check = [&](const std::optional<ExpectedTargetList>& list, Kind kind) {
      if (list) TargetListCheck(scenario, *list, seen, kind, AtText(expected.at), result.record, failures).Run();
    };
    check(expected.active, Kind::kActive);
    check(expected.dropped, Kind::kDropped);
  }
}

void CheckPoolErrors(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  for (const ExpectedPoolError& expected : scenario.expect.server.pool_errors) {
    const RunRecord::PoolError* last = result.record.FindPoolError(expected.pool);
    const std::vector<RunRecord::PoolError>& all = result.record.pool_errors();
    const bool holds = std::any_of(all.begin(), all.end(), [&expected](const RunRecord::PoolError& one) {
      return one.pool == expected.pool && one.error.find(expected.error) != std::string::npos;
    });
    if (holds) continue;
    std::string message = fmt::format("expected that the pool cannot be created, with {}, found {}",
                                      text::GoQuote(expected.error), last == nullptr ? "no error" : last->error);
    failures->push_back(FailureAt(scenario, expected.place, "pool_errors", expected.pool, std::move(message)));
    if (last == nullptr) continue;
    failures->back().edits.push_back({Edit::Kind::kSet, expected.place, {}, last->error});
  }
}

}  // namespace stalemark::scenario
