// SPDX-License-Identifier: Apache-2.0
// StorageConfig and RemoteWriteConfig: the sections about where samples go (CFG-60 ... CFG-63), as the loader leaves
// them. Mirrors config/config.go.
//
// Plain values with deep equality. Durations are nanoseconds, sizes bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/config/http_client.h"
#include "core/relabel/relabel.h"

namespace stalemark {

/// Deep equality as upstream's: expressions are the same when their texts are.
bool operator==(const RelabelRule& a, const RelabelRule& b);

struct RetentionConfig {
  std::chrono::nanoseconds time{0};
  std::int64_t size = 0;
  double percentage = 0;
  friend bool operator==(const RetentionConfig&, const RetentionConfig&) = default;
};

struct TsdbConfig {
  std::chrono::nanoseconds out_of_order_time_window{0};
  double stale_series_compaction_threshold = 0;
  /// `xor`, `xor2`, or empty: as the server is told.
  std::string float_chunk_encoding;
  RetentionConfig retention;
  friend bool operator==(const TsdbConfig&, const TsdbConfig&) = default;
};

struct StorageConfig {
  TsdbConfig tsdb;
  /// Absent: the server's default.
  std::optional<std::int64_t> max_exemplars;
  friend bool operator==(const StorageConfig&, const StorageConfig&) = default;
};

struct QueueConfig {
  std::int64_t capacity = 10000;
  std::int64_t max_shards = 50;
  std::int64_t min_shards = 1;
  std::int64_t max_samples_per_send = 2000;
  std::chrono::nanoseconds batch_send_deadline = std::chrono::seconds{5};
  std::chrono::nanoseconds min_backoff = std::chrono::milliseconds{30};
  std::chrono::nanoseconds max_backoff = std::chrono::seconds{5};
  bool retry_on_http_429 = false;
  std::chrono::nanoseconds sample_age_limit{0};
  friend bool operator==(const QueueConfig&, const QueueConfig&) = default;
};

struct MetadataConfig {
  bool send = true;
  std::chrono::nanoseconds send_interval = std::chrono::minutes{1};
  std::int64_t max_samples_per_send = 2000;
  friend bool operator==(const MetadataConfig&, const MetadataConfig&) = default;
};

struct RemoteWriteConfig {
  std::string url;
  std::chrono::nanoseconds remote_timeout = std::chrono::seconds{30};
  std::map<std::string, std::string, std::less<>> headers;
  std::vector<RelabelRule> write_relabel_configs;
  std::string name;
  bool send_exemplars = false;
  bool send_native_histograms = false;
  bool round_robin_dns = false;
  /// `prometheus.WriteRequest` or `io.prometheus.write.v2.Request`.
  std::string protobuf_message = "prometheus.WriteRequest";
  HttpClientConfig http_client;
  QueueConfig queue;
  MetadataConfig metadata;
  /// Cloud credentials (`sigv4`, `azuread`, `google_iam`) by key, as JSON: kept, not understood.
  std::map<std::string, std::string, std::less<>> cloud_auth;
  friend bool operator==(const RemoteWriteConfig&, const RemoteWriteConfig&) = default;
};

}  // namespace stalemark
