// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/self_metrics.h"

#include "core/model/duration.h"
#include "core/text/metric_key.h"

namespace stalemark {
namespace {

constexpr std::string_view kCounterNames[kScrapeCounterCount] = {
    "prometheus_target_scrape_pools_total",
    "prometheus_target_scrape_pools_failed_total",
    "prometheus_target_scrape_pool_reloads_total",
    "prometheus_target_scrape_pool_reloads_failed_total",
    "prometheus_target_scrape_pool_exceeded_target_limit_total",
    "prometheus_target_scrapes_exceeded_body_size_limit_total",
    "prometheus_target_scrapes_cache_flush_forced_total",
    "prometheus_target_scrapes_exceeded_sample_limit_total",
    "prometheus_target_scrapes_sample_duplicate_timestamp_total",
    "prometheus_target_scrapes_sample_out_of_order_total",
    "prometheus_target_scrapes_sample_out_of_bounds_total",
    "prometheus_target_scrape_pool_exceeded_label_limits_total",
    "prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total",
    "prometheus_target_scrapes_exemplar_out_of_order_total",
};

/// The summaries with a histogram beside them; reloads have none.
constexpr std::string_view kSummarySuffix = "_length_seconds";
constexpr std::string_view kWithoutHistogram = "prometheus_target_reload_length_seconds";

struct Bucket {
  Nanoseconds bound;
  std::string_view text;
};
constexpr Bucket kBuckets[] = {{std::chrono::milliseconds(10), "0.01"},
                               {std::chrono::milliseconds(100), "0.1"},
                               {std::chrono::seconds(1), "1"},
                               {std::chrono::seconds(10), "10"}};

double SummedSeconds(Nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

}  // namespace

void SelfMetrics::AddPerJob(std::string_view metric, std::string_view job, double amount) {
  per_job_[Key{std::string(metric), std::string(job)}] += amount;
}

void SelfMetrics::SetPerJob(std::string_view metric, std::string_view job, double value) {
  per_job_[Key{std::string(metric), std::string(job)}] = value;
}

void SelfMetrics::RemoveJob(std::string_view job) {
  for (auto at = per_job_.begin(); at != per_job_.end();) at = at->first.value == job ? per_job_.erase(at) : ++at;
  for (auto at = job_summaries_.begin(); at != job_summaries_.end();) {
    at = at->first.value == job ? job_summaries_.erase(at) : ++at;
  }
}

void SelfMetrics::ObserveInterval(std::string_view metric, Nanoseconds interval, Nanoseconds seen) {
  per_interval_[Key{std::string(metric), FormatGoDuration(interval)}].Observe(seen);
}

void SelfMetrics::ObserveJob(std::string_view metric, std::string_view job, Nanoseconds seen) {
  job_summaries_[Key{std::string(metric), std::string(job)}].Observe(seen);
}

void SelfMetrics::ObserveScrapeDuration(Nanoseconds seen) {
  scrape_duration_.Observe(seen);
}

void SelfMetrics::Summary::Observe(Nanoseconds seen) {
  ++count;
  sum += seen;
  for (std::size_t i = 0; i < kBucketCount; ++i) buckets[i] += seen <= kBuckets[i].bound;
}

void SelfMetrics::CollectHistogram(const Key& key, std::string_view label, const Summary& summary,
                                   std::map<std::string, double>* out) {
  if (key.metric == kWithoutHistogram) return;
  const std::string stem = key.metric.substr(0, key.metric.size() - kSummarySuffix.size());
  const std::string name = stem + "_length_histogram_seconds";
  const auto add_bucket = [&](std::string_view bound, std::uint64_t count) {
    out->emplace(text::MetricKey(name + "_bucket", {{label, key.value}, {"le", bound}}), static_cast<double>(count));
  };
  for (std::size_t i = 0; i < kBucketCount; ++i) add_bucket(kBuckets[i].text, summary.buckets[i]);
  add_bucket("+Inf", summary.count);
  out->emplace(text::MetricKey(name + "_count", {{label, key.value}}), static_cast<double>(summary.count));
  out->emplace(text::MetricKey(name + "_sum", {{label, key.value}}), SummedSeconds(summary.sum));
}

std::map<std::string, double> SelfMetrics::Collect() const {
  std::map<std::string, double> out;
  for (std::size_t i = 0; i < kScrapeCounterCount; ++i) out.emplace(kCounterNames[i], counters_[i]);
  for (const auto& [key, value] : per_job_) {
    out.emplace(text::MetricKey(key.metric, {{"scrape_job", key.value}}), value);
  }
  out.emplace("prometheus_target_scrape_duration_seconds_count", static_cast<double>(scrape_duration_.count));
  out.emplace("prometheus_target_scrape_duration_seconds_sum", SummedSeconds(scrape_duration_.sum));
  const auto add = [&out](const Key& key, std::string_view label, const Summary& summary) {
    out.emplace(text::MetricKey(key.metric + "_count", {{label, key.value}}), static_cast<double>(summary.count));
    out.emplace(text::MetricKey(key.metric + "_sum", {{label, key.value}}), SummedSeconds(summary.sum));
    CollectHistogram(key, label, summary, &out);
  };
  for (const auto& [key, summary] : per_interval_) add(key, "interval", summary);
  for (const auto& [key, summary] : job_summaries_) add(key, "scrape_job", summary);
  return out;
}

}  // namespace stalemark
