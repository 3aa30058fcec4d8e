// SPDX-License-Identifier: Apache-2.0
// What `--update` writes for samples: what is stored, in the notation of the expectation that failed. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/expect/series_check.h"
#include "sim/run/grid.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::scenario {

/// The key `values`. Empty when slots cannot say it: several samples in one, samples outside, bits of a NaN.
std::vector<Edit> ValuesEdits(const SeriesCheck& check, const Grid& grid);

/// The items of the key `points` that differ: changed, removed, added.
std::vector<Edit> PointsEdits(const SeriesCheck& check, const std::vector<ExpectedPoint>& points);

/// `{labels: 'up{job="a"}', value: 1}`: an item of a query's exp_samples. Nothing when the notation cannot say it.
std::optional<std::string> QuerySampleItem(const Labels& labels, const Sample& sample);

}  // namespace stalemark::scenario
