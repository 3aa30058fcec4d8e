// SPDX-License-Identifier: Apache-2.0
// ReadBody: a body read once more, as its scrape read it: each sample with its labels before and after metric
// relabelling. A scrape with a warm cache does not do this work; the outcome is the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/model/labels.h"
#include "core/scrape/body_place.h"
#include "core/scrape/options.h"
#include "core/scrape/target.h"

namespace stalemark::scenario {

struct BodySample {
  std::size_t offset = 0;
  /// As exposed, the key of the scrape's cache.
  std::string series;
  Labels exposed;
  /// With the target's labels, by the rule of honor_labels.
  Labels before;
  /// After metric_relabel_configs; empty: dropped.
  Labels after;
  bool has_timestamp = false;
};

struct BodyReading {
  BodyKind kind = BodyKind::kText;
  /// Up to the end, or to what does not parse.
  std::vector<BodySample> samples;
};

/// Empty for a body in no known format.
BodyReading ReadBody(std::string_view body, std::string_view content_type, const ScrapeConfig& config,
                     const Labels& target_labels, const Target::HistogramSwitches& switches,
                     const ScrapeOptions& options);

}  // namespace stalemark::scenario
