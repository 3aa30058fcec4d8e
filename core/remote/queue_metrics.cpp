// SPDX-License-Identifier: Apache-2.0
#include "core/remote/queue_metrics.h"

#include <string>

namespace stalemark {

std::string_view DropReasonText(DropReason reason) {
  constexpr std::string_view kTexts[] = {"too_old", "dropped_series", "unintentionally_dropped_series",
                                         "nhcb_in_rw1_not_supported", "backlog_full"};
  return kTexts[static_cast<std::size_t>(reason)];
}

void DurationMetric::Observe(double seconds) {
  std::size_t bucket = 0;
  while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
  ++counts[bucket];
  ++count;
  sum += seconds;
}

void QueueMetrics::Visit(const std::function<void(const Value& value)>& visit) const {
  const auto counter = [&visit](std::string_view name, std::uint64_t value, std::string_view reason = {}) {
    visit({name, Type::kCounter, reason, static_cast<double>(value)});
  };
  const auto gauge = [&visit](std::string_view name, double value) { visit({name, Type::kGauge, {}, value}); };
  const struct {
    std::string prefix;
    const KindMetrics& metrics;
  } kinds[] = {{"samples", samples}, {"exemplars", exemplars}, {"histograms", histograms}};
  for (const auto& [prefix, metrics] : kinds) {
    counter(prefix + "_total", metrics.total);
    counter(prefix + "_failed_total", metrics.failed);
    counter(prefix + "_retried_total", metrics.retried);
    for (std::size_t reason = 0; reason < kDropReasons; ++reason) {
      if (metrics.dropped[reason] == 0) continue;
      counter(prefix + "_dropped_total", metrics.dropped[reason], DropReasonText(static_cast<DropReason>(reason)));
    }
    gauge(prefix + "_pending", static_cast<double>(metrics.pending));
  }
  counter("metadata_total", metadata_total);
  counter("metadata_failed_total", metadata_failed);
  counter("metadata_retried_total", metadata_retried);
  counter("enqueue_retries_total", enqueue_retries);
  counter("bytes_total", bytes);
  counter("metadata_bytes_total", metadata_bytes);
  gauge("queue_highest_timestamp_seconds", static_cast<double>(highest_timestamp));
  gauge("queue_highest_sent_timestamp_seconds", static_cast<double>(highest_sent_timestamp));
  gauge("shards", static_cast<double>(shards));
  gauge("shards_max", static_cast<double>(shards_max));
  gauge("shards_min", static_cast<double>(shards_min));
  gauge("shards_desired", shards_desired);
  gauge("shard_capacity", static_cast<double>(shard_capacity));
  gauge("max_samples_per_send", static_cast<double>(max_samples_per_send));
}

}  // namespace stalemark
