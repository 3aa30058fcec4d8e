// SPDX-License-Identifier: Apache-2.0
#include "live/api/metrics_text.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "core/text/go_float.h"

namespace stalemark {
namespace {

struct Family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
};

/// By name.
constexpr Family kFamilies[] = {
    {"process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds."},
    {"process_max_fds", "gauge", "Maximum number of open file descriptors."},
    {"process_open_fds", "gauge", "Number of open file descriptors."},
    {"process_resident_memory_bytes", "gauge", "Resident memory size in bytes."},
    {"process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds."},
    {"process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes."},
    {"prometheus_config_last_reload_success_timestamp_seconds", "gauge",
     "Timestamp of the last successful configuration reload."},
    {"prometheus_config_last_reload_successful", "gauge",
     "Whether the last configuration reload attempt was successful."},
    {"prometheus_ready", "gauge",
     "Whether Prometheus startup was fully completed and the server is ready for normal operation."},
    {"prometheus_remote_storage_bytes_total", "counter",
     "The total number of bytes of data (not metadata) sent by the queue after compression. Note that when exemplars "
     "over remote write is enabled the exemplars included in a remote write request count towards this metric."},
    {"prometheus_remote_storage_enqueue_retries_total", "counter",
     "Total number of times enqueue has failed because a shards queue was full."},
    {"prometheus_remote_storage_exemplars_dropped_total", "counter",
     "Total number of exemplars which were dropped after being read from the WAL before being sent via remote write, "
     "either via relabelling, due to being too old or unintentionally because of an unknown reference ID."},
    {"prometheus_remote_storage_exemplars_failed_total", "counter",
     "Total number of exemplars which failed on send to remote storage, non-recoverable errors."},
    {"prometheus_remote_storage_exemplars_pending", "gauge",
     "The number of exemplars pending in the queues shards to be sent to the remote storage."},
    {"prometheus_remote_storage_exemplars_retried_total", "counter",
     "Total number of exemplars which failed on send to remote storage but were retried because the send error was "
     "recoverable."},
    {"prometheus_remote_storage_exemplars_total", "counter", "Total number of exemplars sent to remote storage."},
    {"prometheus_remote_storage_histograms_dropped_total", "counter",
     "Total number of histograms which were dropped after being read from the WAL before being sent via remote write, "
     "either via relabelling, due to being too old or unintentionally because of an unknown reference ID."},
    {"prometheus_remote_storage_histograms_failed_total", "counter",
     "Total number of histograms which failed on send to remote storage, non-recoverable errors."},
    {"prometheus_remote_storage_histograms_pending", "gauge",
     "The number of histograms pending in the queues shards to be sent to the remote storage."},
    {"prometheus_remote_storage_histograms_retried_total", "counter",
     "Total number of histograms which failed on send to remote storage but were retried because the send error was "
     "recoverable."},
    {"prometheus_remote_storage_histograms_total", "counter", "Total number of histograms sent to remote storage."},
    {"prometheus_remote_storage_max_samples_per_send", "gauge",
     "The maximum number of samples to be sent, in a single request, to the remote storage. Note that, when sending of "
     "exemplars over remote write is enabled, exemplars count towards this limit."},
    {"prometheus_remote_storage_metadata_bytes_total", "counter",
     "The total number of bytes of metadata sent by the queue after compression."},
    {"prometheus_remote_storage_metadata_failed_total", "counter",
     "Total number of metadata entries which failed on send to remote storage, non-recoverable errors."},
    {"prometheus_remote_storage_metadata_retried_total", "counter",
     "Total number of metadata entries which failed on send to remote storage but were retried because the send error "
     "was recoverable."},
    {"prometheus_remote_storage_metadata_total", "counter", "Total number of metadata entries sent to remote storage."},
    {"prometheus_remote_storage_queue_highest_sent_timestamp_seconds", "gauge",
     "Highest timestamp successfully sent by this queue, in seconds since epoch. Initialized to 0 when no data has "
     "been sent yet."},
    {"prometheus_remote_storage_queue_highest_timestamp_seconds", "gauge",
     "Highest timestamp that was enqueued, in seconds since epoch. Initialized to 0 when no data has been received "
     "yet."},
    {"prometheus_remote_storage_samples_dropped_total", "counter",
     "Total number of samples which were dropped after being read from the WAL before being sent via remote write, "
     "either via relabelling, due to being too old or unintentionally because of an unknown reference ID."},
    {"prometheus_remote_storage_samples_failed_total", "counter",
     "Total number of samples which failed on send to remote storage, non-recoverable errors."},
    {"prometheus_remote_storage_samples_pending", "gauge",
     "The number of samples pending in the queues shards to be sent to the remote storage."},
    {"prometheus_remote_storage_samples_retried_total", "counter",
     "Total number of samples which failed on send to remote storage but were retried because the send error was "
     "recoverable."},
    {"prometheus_remote_storage_samples_total", "counter", "Total number of samples sent to remote storage."},
    {"prometheus_remote_storage_sent_batch_duration_seconds", "histogram",
     "Duration of send calls to the remote storage."},
    {"prometheus_remote_storage_shard_capacity", "gauge",
     "The capacity of each shard of the queue used for parallel sending to the remote storage."},
    {"prometheus_remote_storage_shards", "gauge",
     "The number of shards used for parallel sending to the remote storage."},
    {"prometheus_remote_storage_shards_desired", "gauge",
     "The number of shards that the queues shard calculation wants to run based on the rate of samples in vs. samples "
     "out."},
    {"prometheus_remote_storage_shards_max", "gauge", "The maximum number of shards that the queue is allowed to run."},
    {"prometheus_remote_storage_shards_min", "gauge", "The minimum number of shards that the queue is allowed to run."},
    {"prometheus_sd_discovered_targets", "gauge", "Current number of discovered targets."},
    {"prometheus_sd_failed_configs", "gauge",
     "Current number of service discovery configurations that failed to load."},
    {"prometheus_sd_file_read_errors_total", "counter", "The number of File-SD read errors."},
    {"prometheus_sd_file_watcher_errors_total", "counter",
     "The number of File-SD errors caused by filesystem watch failures."},
    {"prometheus_sd_http_failures_total", "counter", "Number of HTTP service discovery refresh failures."},
    {"prometheus_sd_received_updates_total", "counter",
     "Total number of update events received from the SD providers."},
    {"prometheus_sd_updates_total", "counter", "Total number of update events sent to the SD consumers."},
    {"prometheus_target_interval_length_histogram_seconds", "histogram", "Actual intervals between scrapes."},
    {"prometheus_target_interval_length_seconds", "summary", "Actual intervals between scrapes."},
    {"prometheus_target_metadata_cache_bytes", "gauge",
     "The number of bytes that are currently used for storing metric metadata in the cache"},
    {"prometheus_target_metadata_cache_entries", "gauge", "Total number of metric metadata entries in the cache"},
    {"prometheus_target_reload_length_seconds", "summary",
     "Actual interval to reload the scrape pool with a given configuration."},
    {"prometheus_target_scrape_duration_seconds", "histogram",
     "Total duration of the scrape from start to commit completion in seconds."},
    {"prometheus_target_scrape_pool_exceeded_label_limits_total", "counter",
     "Total number of times scrape pools hit the label limits, during sync or config reload."},
    {"prometheus_target_scrape_pool_exceeded_target_limit_total", "counter",
     "Total number of times scrape pools hit the target limit, during sync or config reload."},
    {"prometheus_target_scrape_pool_reloads_failed_total", "counter", "Total number of failed scrape pool reloads."},
    {"prometheus_target_scrape_pool_reloads_total", "counter", "Total number of scrape pool reloads."},
    {"prometheus_target_scrape_pool_symboltable_items", "gauge",
     "Current number of symbols in table for this scrape pool."},
    {"prometheus_target_scrape_pool_sync_total", "counter",
     "Total number of syncs that were executed on a scrape pool."},
    {"prometheus_target_scrape_pool_target_limit", "gauge", "Maximum number of targets allowed in this scrape pool."},
    {"prometheus_target_scrape_pool_targets", "gauge", "Current number of targets in this scrape pool."},
    {"prometheus_target_scrape_pools_failed_total", "counter", "Total number of scrape pool creations that failed."},
    {"prometheus_target_scrape_pools_total", "counter", "Total number of scrape pool creation attempts."},
    {"prometheus_target_scrapes_cache_flush_forced_total", "counter",
     "How many times a scrape cache was flushed due to getting big while scrapes are failing."},
    {"prometheus_target_scrapes_exceeded_body_size_limit_total", "counter",
     "Total number of scrapes that hit the body size limit"},
    {"prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total", "counter",
     "Total number of scrapes that hit the native histogram bucket limit and were rejected."},
    {"prometheus_target_scrapes_exceeded_sample_limit_total", "counter",
     "Total number of scrapes that hit the sample limit and were rejected."},
    {"prometheus_target_scrapes_exemplar_out_of_order_total", "counter",
     "Total number of exemplar rejected due to not being out of the expected order."},
    {"prometheus_target_scrapes_sample_duplicate_timestamp_total", "counter",
     "Total number of samples rejected due to duplicate timestamps but different values."},
    {"prometheus_target_scrapes_sample_out_of_bounds_total", "counter",
     "Total number of samples rejected due to timestamp falling outside of the time bounds."},
    {"prometheus_target_scrapes_sample_out_of_order_total", "counter",
     "Total number of samples rejected due to not being out of the expected order."},
    {"prometheus_target_sync_failed_total", "counter", "Total number of target sync failures."},
    {"prometheus_target_sync_length_histogram_seconds", "histogram", "Actual interval to sync the scrape pool."},
    {"prometheus_target_sync_length_seconds", "summary", "Actual interval to sync the scrape pool."},
    {"prometheus_tsdb_head_active_appenders", "gauge", "Number of currently active appender transactions"},
    {"prometheus_tsdb_head_chunks_created_total", "counter", "Total number of chunks created in the head"},
    {"prometheus_tsdb_head_max_time", "gauge",
     "Maximum timestamp of the head block. The unit is decided by the library consumer."},
    {"prometheus_tsdb_head_min_time", "gauge",
     "Minimum time bound of the head block. The unit is decided by the library consumer."},
    {"prometheus_tsdb_head_out_of_order_samples_appended_total", "counter",
     "Total number of appended out of order samples."},
    {"prometheus_tsdb_head_samples_appended_total", "counter", "Total number of appended samples."},
    {"prometheus_tsdb_head_series", "gauge", "Total number of series in the head block."},
    {"prometheus_tsdb_head_series_created_total", "counter", "Total number of series created in the head"},
    {"prometheus_tsdb_head_series_removed_total", "counter", "Total number of series removed in the head"},
    {"prometheus_tsdb_head_stale_series", "gauge", "Total number of stale series in the head block."},
    {"prometheus_tsdb_out_of_bound_samples_total", "counter",
     "Total number of out of bound samples ingestion failed attempts with out of order support disabled."},
    {"prometheus_tsdb_out_of_order_samples_total", "counter",
     "Total number of out of order samples ingestion failed attempts due to out of order being disabled."},
    {"prometheus_tsdb_too_old_samples_total", "counter",
     "Total number of out of order samples ingestion failed attempts with out of support enabled, but sample outside "
     "of time window."},
    {"stalemark_build_info", "gauge", "1, with the version as a label."},
    {"stalemark_head_series_memory_bytes", "gauge",
     "Memory of series, open chunks and index, without labels and full chunks."},
};

const Family* FindFamily(std::string_view name) {
  const auto found = std::lower_bound(std::begin(kFamilies), std::end(kFamilies), name,
                                      [](const Family& family, std::string_view key) { return family.name < key; });
  return found != std::end(kFamilies) && found->name == name ? found : nullptr;
}

/// The family of a sample's name; null: unknown.
const Family* FamilyOf(std::string_view name) {
  if (const Family* family = FindFamily(name)) return family;
  for (const std::string_view suffix : {"_bucket", "_count", "_sum"}) {
    if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix) continue;
    if (const Family* family = FindFamily(name.substr(0, name.size() - suffix.size()))) return family;
  }
  return nullptr;
}

bool IsLastBucket(std::string_view key) {
  return key.find("le=\"+Inf\"") != std::string_view::npos;
}

}  // namespace

std::string MetricsText(const MetricValues& values) {
  std::map<std::string_view, std::vector<const MetricValues::value_type*>> families;
  for (const auto& value : values) {
    const std::string_view name = std::string_view(value.first).substr(0, value.first.find('{'));
    const Family* family = FamilyOf(name);
    families[family == nullptr ? name : family->name].push_back(&value);
  }
  std::string out;
  for (auto& [name, samples] : families) {
    if (const Family* family = FindFamily(name)) {
      out.append("# HELP ").append(name).append(" ").append(family->help).append("\n");
      out.append("# TYPE ").append(name).append(" ").append(family->type).append("\n");
    }
    // The bucket of +Inf ends its histogram, but sorts before the others.
    std::string held;
    std::string_view held_key;
    const auto release = [&] {
      out += held;
      held.clear();
    };
    for (const auto* sample : samples) {
      std::string line = sample->first + ' ';
      text::AppendShortestG(line, sample->second);
      line += '\n';
      const std::string_view series = std::string_view(sample->first).substr(0, sample->first.find("le=\""));
      if (!held.empty() && series != held_key) release();
      if (IsLastBucket(sample->first)) {
        held = std::move(line);
        held_key = series;
      } else {
        out += line;
      }
    }
    release();
  }
  return out;
}

}  // namespace stalemark
