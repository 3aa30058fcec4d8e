// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/features.h"

namespace stalemark::scenario {
namespace {

/// Of exemplars, for a configuration that does not say.
constexpr std::size_t kExemplarsDefault = 100'000;

struct Feature {
  std::string_view name;
  void (*enable)(const FeatureTargets& on);
};

constexpr Feature kFeatures[] = {
    // The server's own head ignores what it is given (MGR-27); here expectations look for it there.
    {"metadata-wal-records", [](const FeatureTargets& on) { on.scrape.append_metadata = on.head.metadata = true; }},
    {"type-and-unit-labels", [](const FeatureTargets& on) { on.scrape.type_and_unit_labels = true; }},
    {"extra-scrape-metrics", [](const FeatureTargets& on) { on.defaults.extra_scrape_metrics = true; }},
    {"created-timestamp-zero-ingestion",
     [](const FeatureTargets& on) {
       on.scrape.parse_start_timestamps = on.head.st_zero_samples = on.defaults.proto_first = true;
     }},
    {"st-storage",
     [](const FeatureTargets& on) {
       on.scrape.parse_start_timestamps = on.head.st_storage = on.defaults.proto_first = true;
     }},
    {"st-synthesis", [](const FeatureTargets& on) { on.scrape.synthesize_start_timestamps = true; }},
    {"exemplar-storage", [](const FeatureTargets& on) { on.head.max_exemplars = kExemplarsDefault; }},
};

}  // namespace

std::vector<std::string_view> FeatureNames() {
  std::vector<std::string_view> names;
  for (const Feature& feature : kFeatures) names.push_back(feature.name);
  return names;
}

void EnableFeature(std::size_t index, const FeatureTargets& on) {
  kFeatures[index].enable(on);
}

}  // namespace stalemark::scenario
