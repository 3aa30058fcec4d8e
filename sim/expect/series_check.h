// SPDX-License-Identifier: Apache-2.0
// What expectations about one series share: the series as it is stored, and how a failure about it is written. The
// kinds of comparison are in series_slots.cpp, series_points.cpp and series_details.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/run/scenario_run.h"
#include "sim/run/stored_series.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

/// What a failure's `next` says, and where that is seen.
struct Advice {
  Advice() = default;
  Advice(std::string said) : text(std::move(said)) {}  // NOLINT(google-explicit-constructor)
  Advice(const char* said) : text(said) {}             // NOLINT(google-explicit-constructor)
  void PutInto(Failure* failure) &&;

  std::string text;
  std::optional<SeenAt> seen;
};

/// All members outlive it.
struct SeriesCheck {
  const Scenario& scenario;
  const ScenarioResult& result;
  const StoredSeries& storage;
  const ExpectedSeries& expected;
  /// Of the failures.
  std::string_view kind;
  /// Absent: never stored.
  std::optional<SeriesRef> ref;
  std::vector<Sample> stored;

  Failure Fail(std::string message, std::string detail, Advice next) const;
  /// Requires: stored is empty.
  Failure NeverStored() const;
};

/// Empty, or what differs. Each requires that the series was stored, or that it says so itself.
std::optional<Failure> CheckSlots(const SeriesCheck& check, const SeriesValues& values);
std::optional<Failure> CheckPoints(const SeriesCheck& check, const std::vector<ExpectedPoint>& points);
std::optional<Failure> CheckExemplars(const SeriesCheck& check, const std::vector<ExpectedExemplar>& exemplars);
std::optional<Failure> CheckMetadata(const SeriesCheck& check, const ExpectedMetadata& metadata);

/// The command that explains a sample: `stalemark explain FILE 'SERIES' --at T`.
Advice ExplainAdvice(const Scenario& scenario, const Labels& series, std::int64_t t_ms);
/// What shows the points of a series that slots cannot say.
std::string PointsCommand(const Scenario& scenario);
/// ` in secondary 1`; empty: the primary.
std::string StorageSuffix(std::size_t storage);
/// `3 samples`, `1 sample`.
std::string Counted(std::uint64_t count, std::string_view what);

}  // namespace stalemark::scenario
