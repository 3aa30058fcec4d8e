// SPDX-License-Identifier: Apache-2.0
// From a list of written series to families of metrics, as a client library would have registered them: which series
// are one histogram or summary, which type, help and unit a family has, and whether a format can say all of it.
//
// A family's type is known when one of its series has it; `x_bucket`, `x_sum` and `x_count` then belong to it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/scenario/exposed_series.h"

namespace stalemark::scenario {

/// One entry of the list. What concerns a family or a metric may stand at any of its series, but only at one.
struct ListedSeries {
  ExposedSeries series;
  std::optional<MetricType> type;
  std::optional<std::string> help;
  std::optional<std::string> unit;
  std::vector<ExposedCreated> created;
  std::optional<SeriesValues> timestamps;
  std::optional<Nanoseconds> age;
};

/// The keys of an entry, for problems.
enum class ListedKey : std::uint8_t { kSeries, kValues, kType, kHelp, kUnit, kExemplars, kCreated, kTimestamps, kAge };

struct FamilyProblem {
  /// Index in the list.
  std::size_t entry = 0;
  ListedKey key = ListedKey::kSeries;
  std::string found;
  std::string expected;
};

/// Families in the order of their first series, metrics and series likewise; or the first problem.
std::variant<std::vector<ExposedFamily>, FamilyProblem> GroupFamilies(std::vector<ListedSeries> list,
                                                                      ExposedFormat format);

}  // namespace stalemark::scenario
