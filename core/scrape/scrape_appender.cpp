// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/scrape_appender.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "core/model/histogram_text.h"
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

std::string ExemplarsText(std::span<const Exemplar> exemplars) {
  std::string out;
  for (const Exemplar& exemplar : exemplars) {
    if (!out.empty()) out += '\n';
    out += fmt::format("{} {:016x} {}", exemplar.labels.ToString(), exemplar.value_bits, exemplar.t_ms);
  }
  return out;
}

bool IsSwallowed(AppendCode code) {
  return code == AppendCode::kOutOfOrder || code == AppendCode::kDuplicate;
}

}  // namespace

bool IsReportSeries(std::string_view name) {
  const std::vector<ReportSeriesName>& reports = ReportSeriesNames();
  return std::any_of(reports.begin(), reports.end(),
                     [name](const ReportSeriesName& report) { return report.name == name; });
}

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
  LimitedAppender limited(appender, {UnixMillis(clock_.WallNow() + kMaxAheadTime), options_.sample_limit,
                                     options_.bucket_limit, options_.max_schema});

  Body body(limited.outermost(), parser, t_ms, *counts);
  cache_->BeginPositions(parser_kind);
  AppendEntries(body);
  cache_->EndPositions(!body.error.has_value());
  if (body.sample_limit_hit) {
    metrics_.Add(ScrapeCounter::kExceededSampleLimit);
    if (!body.error) body.error = ScrapeError{ScrapeErrorKind::kSampleLimit, "sample limit exceeded"};
  }
  if (body.bucket_limit_hit) {
    metrics_.Add(ScrapeCounter::kExceededBucketLimit);
    if (!body.error) body.error = ScrapeError{ScrapeErrorKind::kBucketLimit, "histogram bucket limit exceeded"};
  }
  if (!body.error) body.error = AppendStaleMarkers(body.appender, t_ms);
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
    if (!body.parser.NextIfSeries(raw, &kind)) {
      if (ahead == 0 && !body.parser.MayBeAtSeries()) return false;
      continue;
    }
    if (kind == EntryKind::kError) {
      FailParse(body);
      return true;
    }
    cache_->AcceptGuess(ahead);
    body.is_histogram = kind == EntryKind::kHistogram;
    AppendCached(body, *entry);
    return true;
  }
  return false;
}

void ScrapeAppender::AppendEntry(Body& body, EntryKind kind) {
  switch (kind) {
    case EntryKind::kError:
      FailParse(body);
      return;
    case EntryKind::kType:
    case EntryKind::kHelp:
    case EntryKind::kUnit:
      KeepMetadata(body, kind);
      return;
    case EntryKind::kSeries:
    case EntryKind::kHistogram:
      break;
    default:
      return;
  }
  body.is_histogram = kind == EntryKind::kHistogram;
  if (CacheEntry* entry = cache_->Find(body.parser.sample().series)) {
    cache_->AcceptFound(*entry);
    AppendCached(body, *entry);
  } else {
    AppendUncached(body);
  }
}

inline std::int64_t ScrapeAppender::SampleTime(const Body& body, const SampleEntry& sample, bool* is_explicit) const {
  *is_explicit = sample.has_timestamp && options_.honor_timestamps;
  return *is_explicit ? sample.t_ms : body.t_ms;
}

inline bool ScrapeAppender::CheckAppend(Body& body, const AppendRequest& request, const AppendResult& result) {
  if (result.code != AppendCode::kOk) return CheckRefusal(body, result.code);
  // Counted only when storage took none of them (APP-33).
  if (result.exemplars_out_of_order != 0 && result.exemplars_out_of_order == request.exemplars.size()) {
    metrics_.Add(ScrapeCounter::kExemplarOutOfOrder, result.exemplars_out_of_order);
  }
  return true;
}

inline void ScrapeAppender::NoteAdded(CacheEntry& entry, const AppendResult& result, bool is_tracked) {
  // Upstream takes an error of exemplars for an error here.
  const bool moved = result.ref != entry.ref && result.ref != kNoSeries && result.exemplars_refused == 0;
  if (moved) cache_->ChangeRef(entry, result.ref);
  if (is_tracked) cache_->Track(entry);
}

void ScrapeAppender::AppendCached(Body& body, CacheEntry& entry) {
  ++body.counts.total;
  const bool seen = cache_->MarkSeen(entry);
  if (entry.dropped) return;
  const SampleEntry& sample = body.parser.sample();
  bool is_explicit;
  const std::int64_t t_ms = SampleTime(body, sample, &is_explicit);
  if (seen && !is_explicit) {  // never reaches a limit or storage (APP-12)
    metrics_.Add(ScrapeCounter::kDuplicateTimestamp);
    entry.synthesis.reset();
    ++body.counts.added;
    return;
  }
  if (body.has_extras || body.is_histogram || options_.synthesize_start_timestamps) {
    AppendCachedWhole(body, entry, t_ms, is_explicit);
    return;
  }
  // The per-sample path: a float that comes alone.
  AppendRequest request;
  request.ref = entry.ref;
  request.labels = &entry.labels;
  request.t_ms = t_ms;
  request.value_bits = sample.value_bits;
  if (options_.append_metadata) request.metadata = MetadataFor(body, entry.labels);
  const AppendResult result = body.appender.Append(request);
  if (tracer_.enabled()) {
    Trace(trace::Origin::kScraped, &entry, body.parser.offset(), request, result, body.appender);
  }
  if (CheckAppend(body, request, result)) NoteAdded(entry, result, IsTracked(is_explicit));
  if (!body.error) ++body.counts.added;
}

void ScrapeAppender::AppendCachedWhole(Body& body, CacheEntry& entry, std::int64_t t_ms, bool is_explicit) {
  Pending pending;
  pending.request.ref = entry.ref;
  pending.request.t_ms = t_ms;
  Prepare(body, entry.labels, &entry, &pending);
  AppendResult result;
  const bool added = AppendPending(body, pending, &result);
  if (tracer_.enabled() && pending.step == Step::kAppend) {
    Trace(trace::Origin::kScraped, &entry, body.parser.offset(), pending.request, result, body.appender);
  }
  if (body.error) return;
  if (added) NoteAdded(entry, result, IsTracked(is_explicit) || pending.synthesis != nullptr);
  if (options_.synthesize_start_timestamps) KeepSynthesis(entry, pending, added);
  ++body.counts.added;
}

void ScrapeAppender::KeepSynthesis(CacheEntry& entry, Pending& pending, bool added) {
  const bool goes_on = added && pending.synthesis != nullptr && pending.new_synthesis == nullptr;
  if (goes_on) return;
  entry.synthesis = added ? std::move(pending.new_synthesis) : nullptr;
}

void ScrapeAppender::AppendUncached(Body& body) {
  ++body.counts.total;
  Labels labels;
  if (!MakeLabels(body, &labels)) return;
  Pending pending;
  bool is_explicit;
  pending.request.t_ms = SampleTime(body, body.parser.sample(), &is_explicit);
  Prepare(body, labels, nullptr, &pending);
  AppendResult result;
  const bool added = AppendPending(body, pending, &result);
  CacheEntry* entry = nullptr;
  if (added) {
    entry = cache_->Add(body.parser.sample().series, labels, result.ref, tracer_.NextEntry());
    cache_->AcceptFound(*entry);
    if (!body.sample_limit_hit && !body.bucket_limit_hit) ++body.counts.series_added;
    if (IsTracked(is_explicit) || pending.synthesis != nullptr) cache_->Track(*entry);
    entry->synthesis = std::move(pending.new_synthesis);
    tracer_.Emit(trace::SeriesCached{scrape_, entry->id, body.parser.offset(), false, &entry->labels});
  }
  if (tracer_.enabled() && pending.step == Step::kAppend) {
    Trace(trace::Origin::kScraped, entry, body.parser.offset(), pending.request, result, body.appender);
  }
  if (!body.error) ++body.counts.added;
}

void ScrapeAppender::Prepare(Body& body, const Labels& labels, CacheEntry* entry, Pending* pending) {
  pending->request.labels = &labels;
  if (body.is_histogram) {
    PrepareHistogram(body, pending);
    if (body.error) return;
  } else {
    pending->request.value_bits = body.parser.sample().value_bits;
  }
  if (body.has_extras && options_.parse_start_timestamps) pending->request.st_ms = body.parser.StartTimestamp();
  if (options_.synthesize_start_timestamps && pending->request.st_ms == 0) Synthesize(body, entry, pending);
  if (body.has_extras) {
    pending->request.exemplars = exemplars_.Collect(
        body.parser, body.is_histogram ? SampleExemplars::Entry::kHistogram : SampleExemplars::Entry::kFloat,
        pending->request.t_ms);
  }
  if (options_.append_metadata) pending->request.metadata = MetadataFor(body, labels);
}

void ScrapeAppender::PrepareHistogram(Body& body, Pending* pending) {
  const HistogramEntry histogram = body.parser.histogram();
  pending->request.histogram = histogram.integers;
  pending->request.float_histogram = histogram.floats;
  if (histogram.integers != nullptr || histogram.floats != nullptr) return;
  pending->step = Step::kFail;
  body.error = ScrapeError{ScrapeErrorKind::kParse,
                           "parser returned nil histogram/float histogram for a histogram entry type for " +
                               pending->request.labels->ToString() + " series; parser bug; aborting"};
}

void ScrapeAppender::Synthesize(Body& body, CacheEntry* entry, Pending* pending) {
  AppendRequest& request = pending->request;
  request.reject_out_of_order = true;
  pending->synthesis = entry == nullptr ? nullptr : entry->synthesis.get();
  if (pending->synthesis == nullptr) {
    const bool in_family = body.family != nullptr && IsSeriesPartOfFamily(request.labels->Get(kMetricName),
                                                                          body.family->family, body.family->type);
    const bool cumulative =
        in_family && (body.family->type == MetricType::kCounter || body.family->type == MetricType::kHistogram);
    if (!cumulative) return;
    pending->new_synthesis = std::make_unique<StartTimeSynthesis>();
    pending->synthesis = pending->new_synthesis.get();
  }
  StartTimeSynthesis& synthesis = *pending->synthesis;
  bool is_reference;
  if (!body.is_histogram) {
    const StartTimeSynthesis::Float adjusted = synthesis.Add(request.value_bits, request.t_ms);
    request.value_bits = adjusted.value_bits;
    request.st_ms = adjusted.st_ms;
    is_reference = adjusted.is_reference;
  } else {
    const bool floats = request.float_histogram != nullptr;
    const StartTimeSynthesis::Adjusted adjusted = floats ? synthesis.Add(*request.float_histogram, request.t_ms)
                                                         : synthesis.Add(*request.histogram, request.t_ms);
    if (!adjusted.unchanged && floats) request.float_histogram = &synthesis.floats();
    if (!adjusted.unchanged && !floats) request.histogram = &synthesis.integers();
    request.st_ms = adjusted.st_ms;
    is_reference = adjusted.is_reference;
  }
  if (is_reference) pending->step = Step::kSkip;
}

bool ScrapeAppender::AppendPending(Body& body, const Pending& pending, AppendResult* result) {
  switch (pending.step) {
    case Step::kAppend:
      *result = body.appender.Append(pending.request);
      return CheckAppend(body, pending.request, *result);
    case Step::kSkip:
      return true;
    case Step::kFail:
      break;
  }
  return false;
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
    RefuseSeries(body, *labels, {ScrapeErrorKind::kAppend, status.error().message});
    return false;
  }
  if (const Status status = CheckLabelLimits(*labels, options_.label_limits); !status.ok()) {
    metrics_.Add(ScrapeCounter::kExceededLabelLimits);
    RefuseSeries(body, *labels, {ScrapeErrorKind::kLabelLimit, status.error().message});
    return false;
  }
  return true;
}

void ScrapeAppender::RefuseSeries(Body& body, const Labels& labels, ScrapeError error) {
  tracer_.Emit(trace::SeriesRefused{scrape_, body.parser.offset(), &labels, error.message});
  body.error = std::move(error);
}

bool ScrapeAppender::CheckRefusal(Body& body, AppendCode code) {
  switch (code) {
    case AppendCode::kOk:
      return true;
    case AppendCode::kSampleLimit:
      body.sample_limit_hit = true;
      return false;
    case AppendCode::kBucketLimit:
      body.bucket_limit_hit = true;
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
    body.family = &cache_->SetType(entry.name, entry.type);
  } else if (kind == EntryKind::kHelp) {
    body.family = &cache_->SetHelp(entry.name, entry.text);
  } else {
    body.family = &cache_->SetUnit(entry.name, entry.text);
  }
  body.metadata = body.family;
}

void ScrapeAppender::FailParse(Body& body) {
  body.error = ScrapeError{ScrapeErrorKind::kParse, body.parser.error().message};
}

const Metadata* ScrapeAppender::MetadataFor(Body& body, const Labels& labels) {
  if (body.metadata == nullptr) return nullptr;
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
  const bool explained = result.code != AppendCode::kOk || result.exemplars_refused != 0;
  const std::string error = explained ? appender.ErrorText() : std::string();
  const std::string histogram = request.histogram != nullptr         ? HistogramText(*request.histogram)
                                : request.float_histogram != nullptr ? HistogramText(*request.float_histogram)
                                                                     : std::string();
  const std::string exemplars = ExemplarsText(request.exemplars);
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
  event.st_ms = request.st_ms;
  event.histogram = histogram;
  event.exemplars = exemplars;
  tracer_.Emit(event);
}

}  // namespace stalemark
