// SPDX-License-Identifier: Apache-2.0
// The configuration: a `prometheus.yml` read, checked and completed with defaults, as upstream's server would see it
// (CFG-01 ... CFG-54). Mirrors config/config.go.
//
// All types are plain values with deep equality; the loader makes them and nobody changes them afterwards. A
// ScrapeConfig is complete: everything it inherits from `global` has been filled in. Relative file names are joined to
// the directory of the file they stand in. Durations are nanoseconds, limits count from 1 with 0 for "no limit", sizes
// are bytes. Loading fails with upstream's text; error.h has the position and the hints that go beyond it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/error.h"
#include "core/config/http_client.h"
#include "core/config/storage.h"
#include "core/model/labels.h"
#include "core/model/protocols.h"
#include "core/model/result.h"
#include "core/model/target_group.h"
#include "core/relabel/relabel.h"
#include "core/seams/files.h"

namespace stalemark {

/// file_sd_configs: target groups read from files, again whenever they change.
struct FileSdConfig {
  /// Patterns of file names.
  std::vector<std::string> files;
  std::chrono::nanoseconds refresh_interval = std::chrono::minutes{5};
  friend bool operator==(const FileSdConfig&, const FileSdConfig&) = default;
};

/// http_sd_configs: target groups fetched from a URL.
struct HttpSdConfig {
  HttpClientConfig http_client;
  std::chrono::nanoseconds refresh_interval = std::chrono::seconds{60};
  std::string url;
  friend bool operator==(const HttpSdConfig&, const HttpSdConfig&) = default;
};

/// One entry of a discovery mechanism that is not implemented here: kept so that a change to it counts as a change.
struct OpaqueSdConfig {
  /// `kubernetes_sd_configs`, ...
  std::string key;
  /// The entry in canonical form.
  std::string text;
  friend bool operator==(const OpaqueSdConfig&, const OpaqueSdConfig&) = default;
};

/// The `global` section.
struct GlobalConfig {
  std::chrono::nanoseconds scrape_interval = std::chrono::minutes{1};
  std::chrono::nanoseconds scrape_timeout = std::chrono::seconds{10};
  /// Empty: not set; jobs then choose by scrape_native_histograms (CFG-26).
  std::vector<ScrapeProtocol> scrape_protocols;
  std::chrono::nanoseconds evaluation_interval = std::chrono::minutes{1};
  std::chrono::nanoseconds rule_query_offset{0};
  std::string query_log_file;
  std::string scrape_failure_log_file;
  /// Values with environment variables filled in (CFG-05).
  LabelMap external_labels;
  std::int64_t body_size_limit = 0;
  std::uint64_t sample_limit = 0;
  std::uint64_t target_limit = 0;
  std::uint64_t label_limit = 0;
  std::uint64_t label_name_length_limit = 0;
  std::uint64_t label_value_length_limit = 0;
  std::uint64_t keep_dropped_targets = 0;
  /// Absent only for a null document.
  std::optional<ValidationScheme> metric_name_validation_scheme = ValidationScheme::kUtf8;
  /// As written: it is checked by the jobs that inherit it. Empty: derived from the validation scheme (CFG-31).
  std::string metric_name_escaping_scheme = "allow-utf-8";
  std::optional<bool> scrape_native_histograms = false;
  bool convert_classic_histograms_to_nhcb = false;
  bool always_scrape_classic_histograms = false;
  std::optional<bool> extra_scrape_metrics = false;

  friend bool operator==(const GlobalConfig&, const GlobalConfig&) = default;
};

/// One scrape job.
struct ScrapeConfig {
  std::string job_name;
  bool honor_labels = false;
  bool honor_timestamps = true;
  bool track_timestamps_staleness = false;
  /// Query parameters, by name.
  std::map<std::string, std::vector<std::string>> params;
  std::chrono::nanoseconds scrape_interval{0};
  std::chrono::nanoseconds scrape_timeout{0};
  /// Most wanted first; never empty.
  std::vector<ScrapeProtocol> scrape_protocols;
  std::optional<ScrapeProtocol> fallback_scrape_protocol;
  bool scrape_native_histograms = false;
  bool always_scrape_classic_histograms = false;
  bool convert_classic_histograms_to_nhcb = false;
  std::string scrape_failure_log_file;
  std::string metrics_path = "/metrics";
  std::string scheme = "http";
  bool enable_compression = true;
  /// Bytes; 0 and negative: no limit.
  std::int64_t body_size_limit = 0;
  std::uint64_t sample_limit = 0;
  std::uint64_t target_limit = 0;
  std::uint64_t label_limit = 0;
  std::uint64_t label_name_length_limit = 0;
  std::uint64_t label_value_length_limit = 0;
  std::uint64_t native_histogram_bucket_limit = 0;
  double native_histogram_min_bucket_factor = 0;
  std::uint64_t keep_dropped_targets = 0;
  ValidationScheme metric_name_validation_scheme = ValidationScheme::kUtf8;
  EscapingScheme metric_name_escaping_scheme = EscapingScheme::kAllowUtf8;
  bool extra_scrape_metrics = false;

  HttpClientConfig http_client;
  std::vector<RelabelRule> relabel_configs;
  std::vector<RelabelRule> metric_relabel_configs;

  std::vector<TargetGroup> static_configs;
  std::vector<FileSdConfig> file_sd_configs;
  std::vector<HttpSdConfig> http_sd_configs;
  std::vector<OpaqueSdConfig> other_sd_configs;

  friend bool operator==(const ScrapeConfig&, const ScrapeConfig&) = default;
};

struct Config {
  GlobalConfig global;
  std::vector<ScrapeConfig> scrape_configs;
  /// Patterns of file names, joined to the configuration's directory.
  std::vector<std::string> scrape_config_files;
  StorageConfig storage;
  std::vector<RemoteWriteConfig> remote_write;
  /// Log lines that upstream writes while loading: `level=WARN msg="Empty environment variable" name=FOO`.
  std::vector<std::string> warnings;
  /// What was read but has no effect here, in the order of the file: sections of other subsystems, other discovery.
  std::vector<std::string> notes;

  /// Set by LoadConfig: jobs can be fetched (CFG-53).
  bool loaded = false;

  friend bool operator==(const Config&, const Config&) = default;
};

/// Defaults that upstream's feature flags change.
struct FeatureDefaults {
  bool extra_scrape_metrics = false;
  /// Protobuf before the text formats for jobs without scrape_protocols of their own.
  bool proto_first = false;
};

struct LoadOptions {
  /// Name of the file in error texts: `DIR/prometheus.yml`.
  std::string file_name = "prometheus.yml";
  /// Directory that relative file names are joined to. Empty: that of file_name.
  std::string folder;
  /// Environment variables for external_labels.
  std::map<std::string, std::string> environment;
  enum class Mode : std::uint8_t { kServer, kAgent };
  Mode mode = Mode::kServer;
  /// What happens to discovery mechanisms that are not implemented here.
  enum class OtherDiscovery : std::uint8_t { kRefuse, kKeepOpaque };
  OtherDiscovery other_discovery = OtherDiscovery::kRefuse;
  FeatureDefaults defaults;
};

/// Reads a prometheus.yml. `details`, when given, receives what is known beyond the error's text.
Result<Config> LoadConfig(std::string_view text, const LoadOptions& options, ConfigErrors* details = nullptr);
/// An error text of LoadConfig without the file's name that it begins with; another text as it is.
std::string_view WithoutFileName(std::string_view message, std::string_view file_name);

/// All jobs: those of the configuration, then those of its scrape_config_files, which are read now (CFG-50 ... CFG-54).
Result<std::vector<ScrapeConfig>> ScrapeConfigs(const Config& config, const LoadOptions& options, const Files& files,
                                                ConfigErrors* details = nullptr);

}  // namespace stalemark
