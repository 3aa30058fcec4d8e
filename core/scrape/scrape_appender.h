// SPDX-License-Identifier: Apache-2.0
// ScrapeAppender: what one scrape appends, and in which order: the entries of a body, stale markers, report series
// (APP, STALE, REP; spec section 18.6). Mirrors scrapeLoopAppenderV2 of scrape/scrape_append_v2.go.
//
// It works on the loop's cache and on an appender that the caller opens, commits or rolls back. One per ScrapeLoop;
// options are fixed for its life. Single-threaded. This is the per-sample path: docs/design/per-sample-path.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/exposition/parser.h"
#include "core/scrape/limit_appenders.h"
#include "core/scrape/sample_exemplars.h"
#include "core/scrape/sample_labels.h"
#include "core/scrape/scrape_cache.h"
#include "core/scrape/scrape_error.h"
#include "core/scrape/self_metrics.h"
#include "core/scrape/tracer.h"
#include "core/seams/appendable.h"
#include "core/seams/choices.h"
#include "core/seams/clock.h"

namespace stalemark {

/// From the pool's configuration when the loop was built. honor_labels and metric_relabel_configs are not here:
/// upstream reads those from the pool's configuration of the moment, even for a loop that a reload has replaced.
struct ScrapeAppendOptions {
  bool honor_timestamps = true;
  bool track_timestamps_staleness = false;
  /// Pass metadata with samples (feature metadata-wal-records).
  bool append_metadata = false;
  /// scrape_timeout_seconds, scrape_sample_limit and scrape_body_size_bytes too.
  bool extra_scrape_metrics = false;
  /// Start times: the exposition's (feature st-storage and others), or made up where it has none (APP-35, APP-36).
  bool parse_start_timestamps = false;
  bool synthesize_start_timestamps = false;
  std::uint64_t sample_limit = 0;
  std::uint64_t bucket_limit = 0;
  /// From native_histogram_min_bucket_factor.
  std::int32_t max_schema = kExponentialSchemaMax;
  LabelLimits label_limits;
  ValidationScheme validation_scheme = ValidationScheme::kUtf8;
  Nanoseconds timeout{0};
};

/// The configuration that a pool runs with now.
using CurrentConfig = std::shared_ptr<const ScrapeConfig>;

/// Whether Prometheus itself writes series of that name with each scrape: `up`, `scrape_duration_seconds`, ...
bool IsReportSeries(std::string_view name);

/// What the report series say of a scrape.
struct ScrapeCounts {
  std::uint64_t total = 0;
  /// After metric relabelling.
  std::uint64_t added = 0;
  std::uint64_t series_added = 0;
};

struct ScrapeReport {
  bool healthy = false;
  Nanoseconds duration{0};
  ScrapeCounts counts;
  std::int64_t body_bytes = 0;
};

class ScrapeAppender {
 public:
  /// The references must outlive it. `target_labels`: the public ones.
  ScrapeAppender(ScrapeAppendOptions options, const CurrentConfig& pool_config, const Labels& target_labels,
                 std::shared_ptr<ScrapeCache> cache, SelfMetrics& metrics, const Clock& clock, Choices& choices,
                 Tracer& tracer);

  /// Names the scrape in the events that follow.
  void BeginScrape(trace::ScrapeSeq scrape);

  /// FULL: all entries of a body, then stale markers. On an error the iteration of the cache stays open, and the caller
  /// goes on with AppendEmpty on a new appender. Counts are those reached.
  std::optional<ScrapeError> AppendBody(Appender& appender, Parser& parser, std::uint8_t parser_kind, std::int64_t t_ms,
                                        ScrapeCounts* counts);
  /// EMPTY: stale markers for everything that this iteration has not tracked; always ends the iteration.
  std::optional<ScrapeError> AppendEmpty(Appender& appender, std::int64_t t_ms);
  /// The report series; an error means that the transaction must be rolled back (LOOP-35).
  std::optional<ScrapeError> AppendReport(Appender& appender, const ScrapeReport& report, std::int64_t t_ms);
  /// Stale markers for the report series (REP-20).
  std::optional<ScrapeError> AppendReportStale(Appender& appender, std::int64_t t_ms);

  const std::shared_ptr<ScrapeCache>& cache() const { return cache_; }
  std::uint64_t stale_markers() const { return stale_markers_; }

 private:
  /// State of one AppendBody.
  struct Body {
    Body(Appender& appender_in, Parser& parser_in, std::int64_t t_ms_in, ScrapeCounts& counts_in)
        : appender(appender_in),
          parser(parser_in),
          t_ms(t_ms_in),
          counts(counts_in),
          has_extras(parser_in.HasExtras()) {}
    Appender& appender;
    Parser& parser;
    std::int64_t t_ms;
    ScrapeCounts& counts;
    bool has_extras;
    /// The current entry is a native histogram.
    bool is_histogram = false;
    bool sample_limit_hit = false;
    bool bucket_limit_hit = false;
    std::optional<ScrapeError> error;
    /// Of the last metadata line.
    const Metadata* family = nullptr;
    /// The same for append_metadata; null once samples have left the family (APP-34).
    const Metadata* metadata = nullptr;
  };
  /// What becomes of the current entry.
  enum class Step : std::uint8_t {
    kAppend,
    kSkip,  ///< counts, but is not appended: the first sample of a synthesised series
    kFail,  ///< body.error is set
  };
  /// The current entry on its way to storage.
  struct Pending {
    AppendRequest request;
    Step step = Step::kAppend;
    /// Of the series, when its start time is synthesised; the entry's own is left in place.
    StartTimeSynthesis* synthesis = nullptr;
    std::unique_ptr<StartTimeSynthesis> new_synthesis;
  };

  void AppendEntries(Body& body);
  /// One step by the position guess; false when the guess is of no use here.
  bool AppendGuessed(Body& body);
  void AppendEntry(Body& body, EntryKind kind);
  void AppendCached(Body& body, CacheEntry& entry);
  /// The same for what comes with more than a float: histograms, exemplars, start times.
  void AppendCachedWhole(Body& body, CacheEntry& entry, std::int64_t t_ms, bool is_explicit);
  /// Storage has a sample of a cached series, or (no reference) its synthesis has.
  void NoteAdded(CacheEntry& entry, const AppendResult& result, bool is_tracked);
  void AppendUncached(Body& body);
  /// Value, time and what goes along with the current entry. `entry`: null for an uncached series.
  void Prepare(Body& body, const Labels& labels, CacheEntry* entry, Pending* pending);
  void PrepareHistogram(Body& body, Pending* pending);
  void Synthesize(Body& body, CacheEntry* entry, Pending* pending);
  /// The series' point of reference goes when a sample was refused or needed none.
  static void KeepSynthesis(CacheEntry& entry, Pending& pending, bool added);
  /// Appends what Prepare made; true when the sample counts as added to storage.
  bool AppendPending(Body& body, const Pending& pending, AppendResult* result);
  /// Sample time of the current entry; *is_explicit: the exposition's own.
  std::int64_t SampleTime(const Body& body, const SampleEntry& sample, bool* is_explicit) const;
  bool IsTracked(bool is_explicit) const { return !is_explicit || options_.track_timestamps_staleness; }
  /// Labels, checks and limits of an uncached series; false: dropped, or body.error is set.
  bool MakeLabels(Body& body, Labels* labels);
  /// Ends the body with an error of the series that it stands at.
  void RefuseSeries(Body& body, const Labels& labels, ScrapeError error);
  /// APP-16. True when the sample counts as added to storage.
  bool CheckAppend(Body& body, const AppendRequest& request, const AppendResult& result);
  bool CheckRefusal(Body& body, AppendCode code);
  void KeepMetadata(Body& body, EntryKind kind);
  /// Metadata to pass with a sample under append_metadata, or null.
  const Metadata* MetadataFor(Body& body, const Labels& labels);
  std::optional<ScrapeError> AppendStaleMarkers(Appender& appender, std::int64_t t_ms);
  std::optional<ScrapeError> AppendReportSample(Appender& appender, std::size_t index, std::int64_t t_ms,
                                                std::uint64_t bits, bool reject_out_of_order);
  void Trace(trace::Origin origin, const CacheEntry* entry, std::uint64_t offset, const AppendRequest& request,
             const AppendResult& result, const Appender& appender);
  void FailParse(Body& body);
  std::size_t report_series_count() const { return options_.extra_scrape_metrics ? kReportSeriesCount : 5; }

  // For the life of the loop.
  const ScrapeAppendOptions options_;
  const CurrentConfig& pool_config_;
  const Labels& target_labels_;
  std::shared_ptr<ScrapeCache> cache_;
  SelfMetrics& metrics_;
  const Clock& clock_;
  Choices& choices_;
  Tracer& tracer_;

  // Per scrape.
  trace::ScrapeSeq scrape_{};
  std::uint64_t stale_markers_ = 0;
  std::vector<Label> exposed_;
  SampleExemplars exemplars_;
};

/// Whether a metric belongs to the family of the last metadata line, by name (APP-34).
bool IsSeriesPartOfFamily(std::string_view metric, std::string_view family, MetricType type);

}  // namespace stalemark
