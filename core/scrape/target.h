// SPDX-License-Identifier: Apache-2.0
// Target: one endpoint to scrape, and the outcome of its last scrape. Mirrors Target and TargetsFromGroup of
// scrape/target.go.
//
// Single-threaded. The final labels never change; the configuration and the raw labels are those of the pool's last
// Sync (POOL-14, POOL-15, TGT-36) and are shared, because targets outlive the configuration that their pool runs with
// now. URL, hash and discovered labels are computed when asked for: keep what is needed often.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/config.h"
#include "core/http/url.h"
#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/model/target_group.h"
#include "core/scrape/scrape_error.h"
#include "core/seams/time.h"

namespace stalemark {

enum class TargetHealth : std::uint8_t { kUnknown, kUp, kDown };
/// `unknown`, `up`, `down`.
std::string_view TargetHealthText(TargetHealth health);

/// What discovered labels are computed from.
struct TargetOrigin {
  /// Shared by the targets of one Sync. Never null.
  std::shared_ptr<const ScrapeConfig> config;
  LabelMap target_labels;
  /// Shared by the targets of one group. Never null.
  std::shared_ptr<const LabelMap> group_labels;
};

class Target {
 public:
  /// Outcome of the last scrape; as it stands before the first one.
  struct Outcome {
    TargetHealth health = TargetHealth::kUnknown;
    std::optional<ScrapeError> error;
    /// The aligned time of the scrape (LOOP-06).
    std::optional<WallTime> scraped_at;
    Nanoseconds duration{0};
  };

  /// How often, and for how long at most. With the configured values when a label cannot be read, and the error that
  /// every scrape then fails with (TGT-33).
  struct Timing {
    Nanoseconds interval{0};
    Nanoseconds timeout{0};
    std::optional<Error> forced_error;
  };

  /// What a scrape does with histograms: the labels where they can be read, else the configuration (TGT-34).
  struct HistogramSwitches {
    bool convert_classic_to_nhcb = false;
    bool always_scrape_classic = false;
    bool scrape_native = false;
  };

  /// `labels`: what PopulateLabels yields; empty for a target that relabelling dropped.
  Target(Labels labels, TargetOrigin origin);

  /// The full set after relabelling (POOL-05).
  const Labels& labels() const { return labels_; }
  /// Those put on samples (TGT-21).
  Labels PublicLabels() const;
  /// A target without public labels counts as dropped (POOL-12).
  bool HasPublicLabels() const;
  /// The labels before relabelling (TGT-36).
  Labels DiscoveredLabels() const;

  /// The scrape URL with the stored configuration's parameters (TGT-31). Its String is what the API shows.
  Url ScrapeUrl() const;
  /// The URL of the scrape's request, or the error that every scrape fails with (TGT-37). HopTo makes the request of
  /// it.
  Result<Url> RequestUrl() const;
  /// Identity within the pool (POOL-04).
  std::uint64_t Hash() const;
  /// Wait from `now` until the next scrape (TGT-32). Requires: interval > 0.
  Nanoseconds Offset(Nanoseconds interval, std::uint64_t seed, WallTime now) const;

  Timing TimingOr(Nanoseconds default_interval, Nanoseconds default_timeout) const;
  HistogramSwitches SwitchesOr(const ScrapeConfig& defaults) const;

  /// A Sync met this target again.
  void SetOrigin(TargetOrigin origin) { origin_ = std::move(origin); }
  const TargetOrigin& origin() const { return origin_; }

  /// A scrape is over (TGT-35).
  void Report(WallTime scraped_at, Nanoseconds duration, std::optional<ScrapeError> error);
  const Outcome& outcome() const { return outcome_; }

 private:
  Labels labels_;
  TargetOrigin origin_;
  Outcome outcome_;
};

struct GroupTargets {
  /// In the group's order, without those that failed; dropped ones have no labels.
  std::vector<Target> targets;
  /// `instance N in group S: ...` (POOL-11).
  std::vector<Error> failures;
};

GroupTargets TargetsFromGroup(const TargetGroup& group, const std::shared_ptr<const ScrapeConfig>& config);

}  // namespace stalemark
