// SPDX-License-Identifier: Apache-2.0
// What does not come from prometheus.yml: command-line flags and feature flags of the server that concern scraping
// (MGR-25), and the seams that everything below the manager works with. Mirrors Options of scrape/manager.go.
#pragma once

#include <chrono>

#include "core/http/target_scraper.h"
#include "core/scrape/self_metrics.h"
#include "core/scrape/tracer.h"
#include "core/scrape/waiting.h"
#include "core/seams/appendable.h"
#include "core/seams/choices.h"
#include "core/seams/failure_log.h"
#include "core/seams/files.h"

namespace stalemark {

struct ScrapeOptions {
  /// Feature metadata-wal-records: samples carry metadata.
  bool append_metadata = false;
  /// Scrape once more when a loop is stopped.
  bool scrape_on_shutdown = false;
  /// Do not wait for the first tick of the reloader.
  bool discovery_reload_on_startup = false;
  /// Feature type-and-unit-labels.
  bool type_and_unit_labels = false;
  /// Start times of the exposition are passed to storage, or made up where it has none (APP-35, APP-36).
  bool parse_start_timestamps = false;
  bool synthesize_start_timestamps = false;
  /// Added to the jitter before the first scrape.
  Nanoseconds initial_scrape_offset{0};
  /// --scrape.discovery-reload-interval.
  Nanoseconds discovery_reload_interval = std::chrono::seconds(5);
  /// --scrape.adjust-timestamps and --scrape.timestamp-tolerance (LOOP-05, LOOP-10).
  bool adjust_timestamps = true;
  Nanoseconds timestamp_tolerance = std::chrono::milliseconds(2);
};

/// Seams and state shared by a manager, its pools and their loops; all outlive them.
struct ScrapeContext {
  TimeSource time;
  HttpEngine& http;
  Appendable& storage;
  const Files& files;
  Choices& choices;
  SelfMetrics& metrics;
  Tracer& tracer;
  const ScrapeOptions& options;
};

}  // namespace stalemark
