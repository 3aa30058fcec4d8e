// SPDX-License-Identifier: Apache-2.0
// From what discovery found to what a target is labelled with (TGT-01 ... TGT-20): defaults, relabelling, checks.
// Mirrors PopulateDiscoveredLabels and PopulateLabels of scrape/target.go.
//
// Pure functions. Errors have upstream's texts, without the `instance N in group S: ` that TargetsFromGroup adds
// (target.h). A label too long to be encoded (kLabelBytesMax), where upstream panics, is an error too.
#pragma once

#include <optional>
#include <string_view>

#include "core/config/config.h"
#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/model/target_group.h"

namespace stalemark {

/// The labels before relabelling: the target's own, the group's, and the configuration's where those are silent (TGT-01
/// ... TGT-05).
Labels DiscoveredLabels(const ScrapeConfig& config, const LabelMap& target_labels, const LabelMap& group_labels);

/// The labels of the target; empty when relabelling dropped it (TGT-10).
Result<Labels> PopulateLabels(const ScrapeConfig& config, const LabelMap& target_labels, const LabelMap& group_labels);

/// Go's strconv.ParseBool: `1 t T TRUE true True` and `0 f F FALSE false False`; anything else is nothing.
std::optional<bool> ParseBool(std::string_view text);

}  // namespace stalemark
