// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/scrape_appender.h"

#include <chrono>
#include <utility>

#include "core/model/value.h"

namespace stalemark {
namespace {

/// Samples may lie this far ahead of the wall clock (APP-02).
constexpr Nanoseconds kMaxAheadTime = std::chrono::minutes(10);
/// How far the position guess looks: one or two series that vanished cost no hash look-up.
constexpr std::size_t kGuessDepth = 3;

/// A report series' name, and the metadata passed along (REP-01, REP-11).
struct ReportSeriesName {
  std::string_view name;
  Metadata metadata;
};

const std::vector<ReportSeriesName>& ReportSeriesNames() {
  const auto make = [](std::string_view name, std::string_view unit, std::string_view help) {
    // Upstream passes the name with the byte that keeps it apart from scraped series in the cache.
    return ReportSeriesName{name,
                            {std::string(name) + '\xff', MetricType::kGauge, std::string(unit), std::string(help)}};
  };
  static const std::vector<ReportSeriesName> names = {
      make("up", "targets", "Health of the scrape target. 1 means the target is healthy, 0 if the scrape failed."),
      make("scrape_duration_seconds", "seconds", "Duration of the last scrape in seconds."),
      make("scrape_samples_scraped", "samples", "Number of samples last scraped."),
      make("scrape_samples_post_metric_relabeling", "samples",
           "Number of samples remaining after metric relabeling was applied."),
      make("scrape_series_added", "series", "Number of series in the last scrape."),
      make("scrape_timeout_seconds", "seconds", "The configured scrape timeout for a target."),
      make("scrape_sample_limit", "samples",
           "The configured sample limit for a target. Returns zero if there is no limit configured."),
      make("scrape_body_size_bytes", "bytes",
           "The uncompressed size of the last scrape response, if successful. Scrapes failing because body_size_limit "
           "is "
           "exceeded report -1, other scrape failures report 0."),
  };
  return names;
}

/// time.Duration.Seconds: whole seconds and the rest are converted apart, which rounds differently from one division.
double Seconds(Nanoseconds duration) {
  const std::int64_t ns = duration.count();
  return static_cast<double>(ns / 1'000'000'000) + static_cast<double>(ns % 1'000'000'000) / 1e9;
}

bool CutSuffix(std::string_view& text, std::string_view suffix) {
  if (text.size() < suffix.size() || text.substr(text.size() - suffix.size()) != suffix) return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// Cuts the first of the suffixes that is there.
void CutFirstOf(std::string_view& text, std::initializer_list<std::string_view> suffixes) {
  for (const std::string_view suffix : suffixes) {
    if (CutSuffix(text, suffix)) return;
  }
}

bool IsSwallowed(AppendCode code) {
  return code == AppendCode::kOutOfOrder || code == AppendCode::kDuplicate;
}

}  // namespace

bool IsSeriesPartOfFamily(std::string_view metric, std::string_view family, MetricType type) {
  if (metric.substr(0, family.size()) != family) return false;
  switch (type) {
    case MetricType::kCounter:
      CutSuffix(family, "_total");
      CutSuffix(metric, "_total");
      break;
    case MetricType::kHistogram:
      CutFirstOf(metric, {"_bucket", "_sum", "_count"});
      break;
    case MetricType::kGaugeHistogram:
      CutFirstOf(metric, {"_bucket", "_gsum", "_gcount"});
      break;
    case MetricType::kSummary:
      CutFirstOf(metric, {"_sum", "_count"});
      break;
    case MetricType::kInfo:
      CutSuffix(family, "_info");
      CutSuffix(metric, "_info");
      break;
    default:
      break;
  }
  return metric == family;
}

ScrapeAppender::ScrapeAppender(ScrapeAppendOptions options, const CurrentConfig& pool_config,
                               const Labels& target_labels, std::shared_ptr<ScrapeCache> cache, SelfMetrics& metrics,
                               const Clock& clock, Choices& choices, Tracer& tracer)
    : options_(std::move(options)),
      pool_config_(pool_config),
      target_labels_(target_labels),
      cache_(std::move(cache)),
      metrics_(metrics),
      clock_(clock),
      choices_(choices),
      tracer_(tracer) {}

void ScrapeAppender::BeginScrape(trace::ScrapeSeq scrape) {
  scrape_ = scrape;
  stale_markers_ = 0;
}

std::optional<ScrapeError> ScrapeAppender::AppendBody(Appender& appender, Parser& parser, std::uint8_t parser_kind,
                                                      std::int64_t t_ms, ScrapeCounts* counts) {
  TimeLimitAppender time_limited(appender, UnixMillis(clock_.WallNow() + kMaxAheadTime));
  SampleLimitAppender sample_limited(time_limited, options_.sample_limit);
  Appender& limited = options_.sample_limit > 0 ? static_cast<Appender&>(sample_limited) : time_limited;

  Body body(limited, parser, t_ms, *counts);
  cache_->BeginPositions(parser_kind);
  AppendEntries(body);
  cache_->EndPositions(!body.error.has_value());
  if (body.sample_limit_hit) {
    metrics_.Add(ScrapeCounter::kExceededSampleLimit);
    if (!body.error) body.error = ScrapeError{ScrapeErrorKind::kSampleLimit, "sample limit exceeded"};
  }
  if (!body.error) body.error = AppendStaleMarkers(limited, t_ms);
  if (!body.error) cache_->EndIteration(ScrapeCache::Flush::kYes);
  return body.error;
}

std::optional<ScrapeError> ScrapeAppender::AppendEmpty(Appender& appender, std::int64_t t_ms) {
  std::optional<ScrapeError> error = AppendStaleMarkers(appender, t_ms);
  if (cache_->EndIteration(ScrapeCache::Flush::kNo)) metrics_.Add(ScrapeCounter::kCacheFlushForced);
  return error;
}

void ScrapeAppender::AppendEntries(Body& body) {
  while (!body.error) {
    if (AppendGuessed(body)) continue;
    const EntryKind kind = body.parser.Next();
    if (kind == EntryKind::kEnd) return;
    AppendEntry(body, kind);
  }
}

bool ScrapeAppender::AppendGuessed(Body& body) {
  for (std::size_t ahead = 0; ahead < kGuessDepth; ++ahead) {
    std::string_view raw;
    CacheEntry* entry = cache_->Guess(ahead, &raw);
    if (entry == nullptr) return false;
    EntryKind kind;
    if (!body.parser.NextIfSeries(raw, &kind)) continue;
    if (kind == EntryKind::kError) {
      body.error = ScrapeError{ScrapeErrorKind::kParse, body.parser.error().message};
      return true;
    }
    cache_->AcceptGuess(ahead);
    AppendCached(body, *entry);
    return true;
  }
  return false;
}

void ScrapeAppender::AppendEntry(Body& body, EntryKind kind) {
  switch (kind) {
    case EntryKind::kError:
      body.error = ScrapeError{ScrapeErrorKind::kParse, body.parser.error().message};
      return;
    case EntryKind::kType:
    case EntryKind::kHelp:
    case EntryKind::kUnit:
      KeepMetadata(body, kind);
      return;
    case EntryKind::kSeries:
      break;
    default:
      return;
  }
  if (CacheEntry* entry = cache_->Find(body.parser.sample().series)) {
    cache_->AcceptFound(*entry);
    AppendCached(body, *entry);
  } else {
    AppendUncached(body);
  }
}

std::int64_t ScrapeAppender::SampleTime(const Body& body, bool* is_explicit) const {
  const SampleEntry& sample = body.parser.sample();
  *is_explicit = sample.has_timestamp && options_.honor_timestamps;
  return *is_explicit ? sample.t_ms : body.t_ms;
}

void ScrapeAppender::AppendCached(Body& body, CacheEntry& entry) {
  ++body.counts.total;
  const bool seen = cache_->MarkSeen(entry);
  if (entry.dropped) return;
  bool is_explicit;
  AppendRequest request;
  request.ref = entry.ref;
  request.labels = &entry.labels;
  request.t_ms = SampleTime(body, &is_explicit);
  request.value_bits = body.parser.sample().value_bits;
  if (seen && !is_explicit) {  // never reaches a limit or storage (APP-12)
    metrics_.Add(ScrapeCounter::kDuplicateTimestamp);
    ++body.counts.added;
    return;
  }
  request.metadata = MetadataFor(body, entry.labels);
  const AppendResult result = body.appender.Append(request);
  if (tracer_.enabled()) {
    Trace(trace::Origin::kScraped, &entry, body.parser.offset(), request, result, body.appender);
  }
  if (CheckAppend(body, result)) {
    if (result.ref != entry.ref && result.ref != kNoSeries) cache_->ChangeRef(entry, result.ref);
    if (IsTracked(is_explicit)) cache_->Track(entry);
  }
  if (!body.error) ++body.counts.added;
}

void ScrapeAppender::AppendUncached(Body& body) {
  ++body.counts.total;
  Labels labels;
  if (!MakeLabels(body, &labels)) return;
  bool is_explicit;
  AppendRequest request;
  request.labels = &labels;
  request.t_ms = SampleTime(body, &is_explicit);
  request.value_bits = body.parser.sample().value_bits;
  request.metadata = MetadataFor(body, labels);
  const AppendResult result = body.appender.Append(request);
  const bool added = CheckAppend(body, result);
  CacheEntry* entry = nullptr;
  if (added) {
    entry = cache_->Add(body.parser.sample().series, labels, result.ref, tracer_.NextEntry());
    cache_->AcceptFound(*entry);
    if (!body.sample_limit_hit) ++body.counts.series_added;
    if (IsTracked(is_explicit)) cache_->Track(*entry);
    tracer_.Emit(trace::SeriesCached{scrape_, entry->id, body.parser.offset(), false, &entry->labels});
  }
  if (tracer_.enabled()) {
    Trace(trace::Origin::kScraped, entry, body.parser.offset(), request, result, body.appender);
  }
  if (!body.error) ++body.counts.added;
}

bool ScrapeAppender::MakeLabels(Body& body, Labels* labels) {
  body.parser.SampleLabels(&exposed_);
  *labels = MutateSampleLabels(Labels::FromSorted(exposed_), target_labels_,
                               pool_config_->honor_labels ? HonorLabels::kYes : HonorLabels::kNo,
                               pool_config_->metric_relabel_configs);
  if (labels->empty()) {
    CacheEntry* entry = cache_->AddDropped(body.parser.sample().series, tracer_.NextEntry());
    cache_->AcceptFound(*entry);
    tracer_.Emit(trace::SeriesCached{scrape_, entry->id, body.parser.offset(), true, nullptr});
    return false;
  }
  if (const Status status = CheckSampleLabels(*labels, options_.validation_scheme); !status.ok()) {
    body.error = ScrapeError{ScrapeErrorKind::kAppend, status.error().message};
    return false;
  }
  if (const Status status = CheckLabelLimits(*labels, options_.label_limits); !status.ok()) {
    metrics_.Add(ScrapeCounter::kExceededLabelLimits);
    body.error = ScrapeError{ScrapeErrorKind::kLabelLimit, status.error().message};
    return false;
  }
  return true;
}

bool ScrapeAppender::CheckAppend(Body& body, const AppendResult& result) {
  switch (result.code) {
    case AppendCode::kOk:
      return true;
    case AppendCode::kSampleLimit:
    case AppendCode::kBucketLimit:
      body.sample_limit_hit = true;
      return false;
    case AppendCode::kOutOfOrder:
      metrics_.Add(ScrapeCounter::kOutOfOrder);
      return false;
    case AppendCode::kDuplicate:
      metrics_.Add(ScrapeCounter::kDuplicateTimestamp);
      return false;
    case AppendCode::kOutOfBounds:
      metrics_.Add(ScrapeCounter::kOutOfBounds);
      return false;
    case AppendCode::kTooOld:
    case AppendCode::kNotFound:
    case AppendCode::kOther:
      break;
  }
  body.error = ScrapeError{ScrapeErrorKind::kAppend, body.appender.ErrorText()};
  return false;
}

void ScrapeAppender::KeepMetadata(Body& body, EntryKind kind) {
  const MetadataEntry& entry = body.parser.metadata();
  if (kind == EntryKind::kType) {
    body.metadata = &cache_->SetType(entry.name, entry.type);
  } else if (kind == EntryKind::kHelp) {
    body.metadata = &cache_->SetHelp(entry.name, entry.text);
  } else {
    body.metadata = &cache_->SetUnit(entry.name, entry.text);
  }
}

const Metadata* ScrapeAppender::MetadataFor(Body& body, const Labels& labels) {
  if (!options_.append_metadata || body.metadata == nullptr) return nullptr;
  // Once a sample has left the family the metadata stays off until the next metadata line (APP-34).
  if (!IsSeriesPartOfFamily(labels.Get(kMetricName), body.metadata->family, body.metadata->type)) {
    body.metadata = nullptr;
  }
  return body.metadata;
}

std::optional<ScrapeError> ScrapeAppender::AppendStaleMarkers(Appender& appender, std::int64_t t_ms) {
  std::vector<CacheEntry*> stale = cache_->StaleEntries();
  for (std::size_t i = 0; i < stale.size(); ++i) {
    std::swap(stale[i], stale[i + choices_.Pick(ChoicePoint::kStaleMarkerOrder, stale.size() - i)]);
    AppendRequest request;
    request.ref = stale[i]->ref;
    request.labels = &stale[i]->labels;
    request.t_ms = t_ms;
    request.value_bits = kStaleNaN;
    request.reject_out_of_order = true;
    const AppendResult result = appender.Append(request);
    if (tracer_.enabled()) Trace(trace::Origin::kStaleMarker, stale[i], 0, request, result, appender);
    if (result.code != AppendCode::kOk && !IsSwallowed(result.code)) {
      return ScrapeError{ScrapeErrorKind::kAppend, appender.ErrorText()};
    }
    if (result.code == AppendCode::kOk) ++stale_markers_;
  }
  return std::nullopt;
}

std::optional<ScrapeError> ScrapeAppender::AppendReport(Appender& appender, const ScrapeReport& report,
                                                        std::int64_t t_ms) {
  const double values[kReportSeriesCount] = {
      report.healthy ? 1.0 : 0.0,
      Seconds(report.duration),
      static_cast<double>(report.counts.total),
      static_cast<double>(report.counts.added),
      static_cast<double>(report.counts.series_added),
      Seconds(options_.timeout),
      // An int upstream: a limit above 2^63 - 1 is negative there, and none.
      static_cast<double>(static_cast<std::int64_t>(options_.sample_limit)),
      static_cast<double>(report.body_bytes),
  };
  for (std::size_t i = 0; i < report_series_count(); ++i) {
    if (std::optional<ScrapeError> error = AppendReportSample(appender, i, t_ms, BitsOf(values[i]), false))
      return error;
  }
  return std::nullopt;
}

std::optional<ScrapeError> ScrapeAppender::AppendReportStale(Appender& appender, std::int64_t t_ms) {
  for (std::size_t i = 0; i < report_series_count(); ++i) {
    if (std::optional<ScrapeError> error = AppendReportSample(appender, i, t_ms, kStaleNaN, true)) return error;
  }
  return std::nullopt;
}

std::optional<ScrapeError> ScrapeAppender::AppendReportSample(Appender& appender, std::size_t index, std::int64_t t_ms,
                                                              std::uint64_t bits, bool reject_out_of_order) {
  const ReportSeriesName& named = ReportSeriesNames()[index];
  ReportEntry& series = cache_->report_entry(index);
  if (!series.cached) series.labels = MutateReportLabels(named.name, target_labels_);
  AppendRequest request;
  request.ref = series.ref;
  request.labels = &series.labels;
  request.t_ms = t_ms;
  request.value_bits = bits;
  request.metadata = &named.metadata;
  request.reject_out_of_order = reject_out_of_order;
  const AppendResult result = appender.Append(request);
  if (tracer_.enabled()) Trace(trace::Origin::kReport, nullptr, 0, request, result, appender);
  if (result.code == AppendCode::kOk) {
    if (!series.cached) {
      series.cached = true;
      series.ref = result.ref;
    }
    return std::nullopt;
  }
  if (IsSwallowed(result.code)) return std::nullopt;
  return ScrapeError{ScrapeErrorKind::kAppend, appender.ErrorText()};
}

void ScrapeAppender::Trace(trace::Origin origin, const CacheEntry* entry, std::uint64_t offset,
                           const AppendRequest& request, const AppendResult& result, const Appender& appender) {
  const std::string error = result.code == AppendCode::kOk ? std::string() : appender.ErrorText();
  trace::SampleAppended event;
  event.scrape = scrape_;
  event.origin = origin;
  event.entry = entry == nullptr ? trace::EntryId{} : entry->id;
  event.offset = offset;
  event.labels = request.labels;
  event.t_ms = request.t_ms;
  event.value_bits = request.value_bits;
  event.verdict = static_cast<std::uint8_t>(result.code);
  event.error = error;
  tracer_.Emit(event);
}

}  // namespace stalemark
