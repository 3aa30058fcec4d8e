// SPDX-License-Identifier: Apache-2.0
// What a scenario expects of the server, as docs/formats/scenario.md has it: targets, scrapes, limits, metrics of its
// own. Plain values; a Place is that of the mapping or value that says so, where `--update` finds it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/target_group.h"
#include "core/seams/time.h"
#include "sim/scenario/comparison.h"
#include "sim/scenario/outcome_notation.h"
#include "sim/scenario/place.h"

namespace stalemark::scenario {

// ---- targets ----

struct ExpectedTarget {
  Place place;
  std::string pool;
  /// Public labels of an active target, complete; of a dropped one those discovered labels that matter.
  std::optional<LabelMap> labels;
  /// Those that matter.
  LabelMap discovered_labels;
  /// Key to value, as ObservedField gives it: health, scrape_interval, scrape_timeout, scrape_url.
  std::map<std::string, std::string> fields;
  /// A part of the text; the empty one: no error.
  std::optional<std::string> last_error;
};

struct ExpectedTargetList {
  /// Of the list.
  Place place;
  std::vector<ExpectedTarget> targets;
};

/// All targets at an instant; absent: the end of the run.
struct ExpectedTargets {
  std::optional<MonotonicTime> at;
  std::optional<ExpectedTargetList> active;
  std::optional<ExpectedTargetList> dropped;
};

// ---- scrapes ----

/// One target, all its loops.
struct TargetSelector {
  Place place;
  /// `job/instance`, or empty.
  std::string name;
  /// Public labels that matter.
  LabelMap labels;
};

/// A header of a request.
struct ExpectedHeader {
  std::string name;
  /// The whole value; absent: the header is not sent, unless there are parts.
  std::optional<std::string> value;
  std::vector<std::string> parts;
};

/// One scrape in detail.
struct ExpectedScrape {
  /// From 1; 0: the last one that began at or before `at`.
  std::uint64_t number = 0;
  std::optional<MonotonicTime> at;
  std::string_view outcome;
  /// A part of the error; the empty one: no error.
  std::optional<std::string> error;
  /// By key: samples_scraped, ..., duration in nanoseconds.
  std::vector<std::pair<std::string, Comparison>> counts;
  /// Of the request and the response that headers and status are; 1: before any redirect.
  std::uint64_t hop = 1;
  std::vector<ExpectedHeader> headers;
  std::optional<Comparison> status;
};

struct ExpectedScrapes {
  Place place;
  TargetSelector target;
  /// One word per slot.
  std::optional<std::vector<OutcomeRun>> outcomes;
  std::optional<ExpectedScrape> scrape;
};

// ---- limits ----

enum class LimitKind : std::uint8_t {
  kSample,
  kLabel,
  kLabelNameLength,
  kLabelValueLength,
  kTarget,
  kBodySize,
  kBucket,
};
inline constexpr std::size_t kLimitCount = 7;
/// `sample_limit`, ...: keys of a scrape_config.
const std::vector<std::string_view>& LimitNames();
inline std::string_view LimitName(LimitKind kind) {
  return LimitNames()[static_cast<std::size_t>(kind)];
}

struct ExpectedLimit {
  Place place;
  /// One of both.
  std::string job;
  std::optional<TargetSelector> target;
  LimitKind limit = LimitKind::kSample;
  /// What is left of the limit, in percent or absolute; what was used at most.
  std::optional<Comparison> headroom;
  std::optional<Comparison> used;
};

// ---- metrics ----

struct ExpectedMetric {
  /// As SeriesText has it.
  std::string series;
  /// As written; the key of the value.
  std::string key;
  Place place;
  Comparison value;
};

struct ExpectedMetrics {
  Place place;
  std::optional<MonotonicTime> at;
  std::vector<ExpectedMetric> metrics;
};

// ---- pools ----

/// A pool that cannot be created. Without one, that is a failure of the run.
struct ExpectedPoolError {
  /// Of the value.
  Place place;
  std::string pool;
  /// A part of the text.
  std::string error;
};

/// What is expected of the server.
struct ServerExpectations {
  std::vector<ExpectedPoolError> pool_errors;
  std::vector<ExpectedTargets> targets;
  std::vector<ExpectedScrapes> scrapes;
  std::vector<ExpectedLimit> limits;
  std::vector<ExpectedMetrics> metrics;
};

}  // namespace stalemark::scenario
