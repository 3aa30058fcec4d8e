// SPDX-License-Identifier: Apache-2.0
// Feature flags of the server that concern scraping and storage, by their names in --enable-feature (MGR-26), and what
// each sets. Mirrors setFeatureListOptions of cmd/prometheus/main.go.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/scrape/options.h"
#include "core/storage/head.h"

namespace stalemark::scenario {

/// What a feature flag may change.
struct FeatureTargets {
  ScrapeOptions& scrape;
  HeadOptions& head;
  FeatureDefaults& defaults;
};

/// In the order of their numbers.
std::vector<std::string_view> FeatureNames();
/// Requires: index < FeatureNames().size().
void EnableFeature(std::size_t index, const FeatureTargets& on);

}  // namespace stalemark::scenario
