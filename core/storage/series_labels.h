// SPDX-License-Identifier: Apache-2.0
// What storages make of the labels of a sample before they look up its series (HEAD-11). Mirrors getOrCreate
// (tsdb/head_append.go and tsdb/agent/db.go).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/labels.h"

namespace stalemark {

bool HasEmptyValue(const Labels& labels);
Labels WithoutEmptyValues(const Labels& labels);
/// Name that upstream's HasDuplicateLabelNames finds: it takes an empty name in the first place for a duplicate.
std::optional<std::string_view> RepeatedName(const Labels& labels);
/// Upstream's text for labels that name no series; empty: they are fine. Requires: no empty values.
std::string InvalidSeriesText(const Labels& labels);

}  // namespace stalemark
