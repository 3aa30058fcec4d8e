// SPDX-License-Identifier: Apache-2.0
// The scrape manager's own metrics, `prometheus_target_*` (SELF-01 to SELF-31). Mirrors scrape/metrics.go. Summaries
// are kept as count and sum, without quantiles; histograms as their classic buckets, count and sum. A registry of names
// is walked in name order; values are plain numbers. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/seams/time.h"

namespace stalemark {

/// Counters without labels, in the order of SELF-01.
enum class ScrapeCounter : std::uint8_t {
  kPools,
  kPoolsFailed,
  kPoolReloads,
  kPoolReloadsFailed,
  kExceededTargetLimit,
  kExceededBodySizeLimit,
  kCacheFlushForced,
  kExceededSampleLimit,
  kDuplicateTimestamp,
  kOutOfOrder,
  kOutOfBounds,
  kExceededLabelLimits,
  kExceededBucketLimit,
  kExemplarOutOfOrder,
};
inline constexpr std::size_t kScrapeCounterCount = 14;

class SelfMetrics {
 public:
  void Add(ScrapeCounter counter, std::uint64_t amount = 1) {
    counters_[static_cast<std::size_t>(counter)] += static_cast<double>(amount);
  }

  /// Per-job children: they come into being with the first call and go with RemoveJob (POOL-43).
  void AddPerJob(std::string_view metric, std::string_view job, double amount);
  void SetPerJob(std::string_view metric, std::string_view job, double value);
  void RemoveJob(std::string_view job);

  /// Summaries by `interval` or `scrape_job`. `metric` without suffix. Those of intervals and syncs have a histogram
  /// beside them, `..._histogram_seconds` (SELF-05).
  void ObserveInterval(std::string_view metric, Nanoseconds interval, Nanoseconds seen);
  void ObserveJob(std::string_view metric, std::string_view job, Nanoseconds seen);
  /// prometheus_target_scrape_duration_seconds (SELF-21).
  void ObserveScrapeDuration(Nanoseconds seen);

  /// `name` or `name{label="value"}` -> value, by name. Summaries as `_count` and `_sum`, in seconds; histograms also
  /// as `_bucket` with `le`.
  std::map<std::string, double> Collect() const;

 private:
  /// Upper bounds of the histograms: 0.01, 0.1, 1 and 10 s.
  static constexpr std::size_t kBucketCount = 4;
  struct Summary {
    std::uint64_t count = 0;
    Nanoseconds sum{0};
    /// Cumulative, without that of +Inf.
    std::uint64_t buckets[kBucketCount] = {};

    void Observe(Nanoseconds seen);
  };
  struct Key {
    std::string metric;
    std::string value;
    friend bool operator<(const Key& a, const Key& b) {
      return a.metric != b.metric ? a.metric < b.metric : a.value < b.value;
    }
  };

  static void CollectHistogram(const Key& key, std::string_view label, const Summary& summary,
                               std::map<std::string, double>* out);

  double counters_[kScrapeCounterCount] = {};
  std::map<Key, double> per_job_;
  std::map<Key, Summary> per_interval_;
  std::map<Key, Summary> job_summaries_;
  Summary scrape_duration_;
};

}  // namespace stalemark
