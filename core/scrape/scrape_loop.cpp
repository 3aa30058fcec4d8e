// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/scrape_loop.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/exposition/accept.h"
#include "core/http/request_headers.h"
#include "core/scrape/body_place.h"
#include "core/scrape/parser_choice.h"
#include "core/trace/digest.h"

namespace stalemark {
namespace {

constexpr std::string_view kIntervalLength = "prometheus_target_interval_length_seconds";

ScrapeAppendOptions AppendOptionsFrom(const ScrapeConfig& config, const ScrapeOptions& options, Nanoseconds timeout) {
  ScrapeAppendOptions append;
  append.honor_timestamps = config.honor_timestamps;
  append.track_timestamps_staleness = config.track_timestamps_staleness;
  append.append_metadata = options.append_metadata;
  append.extra_scrape_metrics = config.extra_scrape_metrics;
  append.parse_start_timestamps = options.parse_start_timestamps;
  append.synthesize_start_timestamps = options.synthesize_start_timestamps;
  append.sample_limit = config.sample_limit;
  append.bucket_limit = config.native_histogram_bucket_limit;
  append.max_schema = MaxSchemaFor(config.native_histogram_min_bucket_factor);
  append.label_limits = {config.label_limit, config.label_name_length_limit, config.label_value_length_limit};
  append.validation_scheme = config.metric_name_validation_scheme;
  append.timeout = timeout;
  return append;
}

ScrapeErrorKind KindOf(FetchErrorKind kind) {
  switch (kind) {
    case FetchErrorKind::kTransport:
      return ScrapeErrorKind::kTransport;
    case FetchErrorKind::kTimeout:
      return ScrapeErrorKind::kTimeout;
    case FetchErrorKind::kHttpStatus:
      return ScrapeErrorKind::kHttpStatus;
    case FetchErrorKind::kBodyLimit:
      return ScrapeErrorKind::kBodyLimit;
    case FetchErrorKind::kOther:
      return ScrapeErrorKind::kOther;
    case FetchErrorKind::kNone:
      break;
  }
  return ScrapeErrorKind::kNone;
}

static_assert(kBodyTail == kBodyPadding, "core/http pads bodies for core/exposition");

std::optional<ScrapeError> ForcedErrorFrom(const Target::Timing& timing) {
  if (!timing.forced_error) return std::nullopt;
  return ScrapeError{ScrapeErrorKind::kOther, timing.forced_error->message};
}

}  // namespace

ScrapeLoop::ScrapeLoop(const ScrapeContext& context, ScrapeLoopSpec spec, std::function<void()> on_ended)
    : context_(context),
      spec_(std::move(spec)),
      on_ended_(std::move(on_ended)),
      id_(context.tracer.NextLoop()),
      public_labels_(spec_.target->PublicLabels()),
      config_(*spec_.pool_config),
      timing_(spec_.target->TimingOr(config_->scrape_interval, config_->scrape_timeout)),
      forced_error_(ForcedErrorFrom(timing_)),
      cancel_(context.time),
      stopped_(context.time),
      ticker_(context.time, timing_.interval),
      appender_(AppendOptionsFrom(*config_, context.options, timing_.timeout), *spec_.pool_config, public_labels_,
                spec_.cache, context.metrics, *context.time.clock, context.choices, context.tracer),
      parsers_(ParserOptionsFrom(spec_.target->SwitchesOr(*config_), context.options)) {}

// ---- life cycle ----

void ScrapeLoop::Start() {
  assert(state_ == State::kNew);
  state_ = State::kOffset;
  ticker_.Arm();
  const WallTime now = context_.time.clock->WallNow();
  const Nanoseconds wait =
      context_.options.initial_scrape_offset + spec_.target->Offset(timing_.interval, spec_.offset_seed, now);
  if (context_.tracer.enabled()) {
    const std::string url = spec_.target->ScrapeUrl().String();
    context_.tracer.Emit(trace::LoopStarted{id_, config_->job_name, &public_labels_, url, timing_.interval.count(),
                                            timing_.timeout.count(), wait.count(), spec_.cache_reused});
  }
  flag_wait_.Start(cancel_, [this] {
    timer_.Reset();
    Leave();
  });
  offset_end_ = context_.time.clock->MonotonicNow() + wait;
  timer_ = context_.time.scheduler->ArmAt(offset_end_, [this] {
    flag_wait_.Reset();
    OffsetOver();
  });
}

std::optional<MonotonicTime> ScrapeLoop::NextScrape() const {
  if (cancel_.is_set()) return std::nullopt;
  if (state_ == State::kOffset) return offset_end_;
  if (state_ == State::kWaiting || state_ == State::kScraping) return ticker_.Next();
  return std::nullopt;
}

void ScrapeLoop::OffsetOver() {
  ticker_.Arm();
  aligned_ = context_.time.clock->WallNow();
  Top();
}

void ScrapeLoop::Top() {
  if (cancel_.is_set()) {
    Leave();
    return;
  }
  StartScrape(AlignedNow());
}

WallTime ScrapeLoop::AlignedNow() {
  const WallTime now = context_.time.clock->WallNow();
  if (!context_.options.adjust_timestamps) return now;
  // Sample times on the grid, within 2 ms or 1% of the interval: timer jitter made chunks larger (LOOP-05, LOOP-06).
  const Nanoseconds tolerance = std::min(timing_.interval / 100, context_.options.timestamp_tolerance);
  if (now - aligned_ >= timing_.interval) aligned_ += (now - aligned_) / timing_.interval * timing_.interval;
  // One-sided: with the clock stepped back the grid stays ahead of it (LOOP-07).
  return now - aligned_ <= tolerance ? aligned_ : now;
}

void ScrapeLoop::Wait() {
  if (cancel_.is_set()) {
    // With a tick ready too upstream draws lots (LOOP-04); whether the tick is spent decides when the end of the run is
    // written (EOR-02).
    if (ticker_.IsPending() && context_.choices.Pick(ChoicePoint::kTickOrCancel, 2) == 1) ticker_.Receive();
    Leave();
    return;
  }
  if (ticker_.IsPending()) {
    ticker_.Receive();
    Top();
    return;
  }
  state_ = State::kWaiting;
  flag_wait_.Start(cancel_, [this] {
    ticker_.CancelWait();
    Wait();
  });
  ticker_.WhenPending([this] {
    flag_wait_.Reset();
    Wait();
  });
}

void ScrapeLoop::Leave() {
  state_ = State::kLeaving;
  if (context_.options.scrape_on_shutdown) {
    StartScrape(context_.time.clock->WallNow());
  } else {
    FinishLeave();
  }
}

void ScrapeLoop::FinishLeave() {
  const bool end_of_run = last_start_.has_value() && !end_of_run_disabled_ && !spec_.pool_stopped->is_set();
  context_.tracer.Emit(trace::LoopStopped{id_, end_of_run});
  stopped_.Set();
  if (!end_of_run) {
    End();
    return;
  }
  state_ = State::kEndOfRun;
  flag_wait_.Start(*spec_.pool_stopped, [this] { AbandonEndOfRun(); });
  ticker_.Wait([this] { FirstTickAfterStop(); });
}

void ScrapeLoop::FirstTickAfterStop() {
  if (spec_.pool_stopped->is_set()) return;  // its wake-up is on the way
  stale_time_ = context_.time.clock->WallNow();
  ticker_.Wait([this] { SecondTickAfterStop(); });
}

void ScrapeLoop::SecondTickAfterStop() {
  if (spec_.pool_stopped->is_set()) return;
  // A target that came back has been scraped by now; wait a little longer to be safe (EOR-02).
  timer_ = context_.time.scheduler->ArmAt(context_.time.clock->MonotonicNow() + timing_.interval / 10, [this] {
    if (!spec_.pool_stopped->is_set()) WriteEndOfRun();
  });
}

void ScrapeLoop::WriteEndOfRun() {
  flag_wait_.Reset();
  scrape_ = Scrape{};
  scrape_.seq = context_.tracer.NextScrape();
  scrape_.t_ms = UnixMillis(stale_time_);
  context_.tracer.Emit(trace::EndOfRun{id_, scrape_.seq, false, scrape_.t_ms});
  appender_.BeginScrape(scrape_.seq);
  OpenAppender();
  if (appender_.AppendEmpty(*transaction_, scrape_.t_ms)) {
    RollBack();
    OpenAppender();
  }
  if (appender_.AppendReportStale(*transaction_, scrape_.t_ms)) {
    RollBack();
    End();
    return;
  }
  transaction_->Commit([this](const std::optional<std::string>& error) {
    context_.tracer.Emit(trace::TransactionEnded{scrape_.seq, true, error.value_or("")});
    End();
  });
}

void ScrapeLoop::AbandonEndOfRun() {
  ticker_.CancelWait();
  timer_.Reset();
  context_.tracer.Emit(trace::EndOfRun{id_, trace::ScrapeSeq{}, true, 0});
  End();
}

void ScrapeLoop::End() {
  flag_wait_.Reset();
  timer_ = context_.time.Post([this] {
    state_ = State::kEnded;
    on_ended_();
  });
}

// ---- one scrape ----

void ScrapeLoop::StartScrape(WallTime append_time) {
  const bool on_shutdown = state_ == State::kLeaving;
  if (!on_shutdown) state_ = State::kScraping;
  scrape_ = Scrape{};
  scrape_.seq = context_.tracer.NextScrape();
  scrape_.append_time = append_time;
  scrape_.t_ms = UnixMillis(append_time);
  scrape_.start = context_.time.clock->MonotonicNow();
  const Nanoseconds late = context_.time.clock->WallNow() - append_time;
  context_.tracer.Emit(trace::ScrapeStarted{id_, scrape_.seq, scrape_.t_ms, late.count(), on_shutdown,
                                            forced_error_ ? forced_error_->message : std::string_view()});
  ObserveInterval();
  appender_.BeginScrape(scrape_.seq);
  OpenAppender();
  if (!forced_error_) {
    StartFetch();
    return;
  }
  scrape_.error = forced_error_;
  if (appender_.AppendEmpty(*transaction_, scrape_.t_ms)) {
    RollBack();
    OpenAppender();
  }
  ReportAndCommit();
}

void ScrapeLoop::ObserveInterval() {
  if (last_start_) context_.metrics.ObserveInterval(kIntervalLength, timing_.interval, scrape_.start - *last_start_);
  last_start_ = scrape_.start;
}

void ScrapeLoop::StartFetch() {
  if (!scraper_) {
    ScrapeRequestOptions request;
    request.accept = AcceptHeader(config_->scrape_protocols, config_->metric_name_escaping_scheme);
    request.accept_encoding = config_->enable_compression ? ContentCoding::kGzip : ContentCoding::kIdentity;
    request.timeout = timing_.timeout;
    ScraperOptions options;
    options.body_size_limit = config_->body_size_limit;
    scraper_ = std::make_unique<TargetScraper>(context_.http, config_->http_client,
                                               NewScrapeRequest(spec_.target->ScrapeUrl().String(), request), options);
  }
  scraper_->Start(scrape_.start + timing_.timeout, *this);
}

void ScrapeLoop::OnRequest(int hop, const Url& url) {
  if (!context_.tracer.enabled()) return;
  context_.tracer.Emit(trace::RequestSent{scrape_.seq, static_cast<std::uint64_t>(hop), url.String()});
}

void ScrapeLoop::OnHead(int hop, const ResponseHead& head) {
  context_.tracer.Emit(trace::HeadReceived{scrape_.seq, static_cast<std::uint64_t>(hop), head.status_text});
}

void ScrapeLoop::OnBodyLimit() {
  context_.metrics.Add(ScrapeCounter::kExceededBodySizeLimit);
}

void ScrapeLoop::OnFetchDone(const FetchResult& result) {
  if (result.kind == FetchErrorKind::kNone) {
    scrape_.body_bytes = static_cast<std::int64_t>(result.body.size());
  } else {
    scrape_.error = ScrapeError{KindOf(result.kind), result.error};
    LogFailure(result);
  }
  if (result.kind == FetchErrorKind::kBodyLimit) scrape_.body_bytes = -1;
  if (context_.tracer.enabled()) TraceFetch(result);
  AppendFetched(result);
  scraper_->Release();
  ReportAndCommit();
}

void ScrapeLoop::SetFailureLog(std::weak_ptr<FailureLog> log) {
  failure_log_ = std::move(log);
  if (!failure_log_.expired()) failure_target_ = spec_.target->ScrapeUrl().String();
}

void ScrapeLoop::LogFailure(const FetchResult& result) {
  if (const std::shared_ptr<FailureLog> log = failure_log_.lock()) {
    log->Write({context_.time.clock->WallNow(), result.error, config_->job_name, failure_target_});
  }
}

void ScrapeLoop::TraceFetch(const FetchResult& result) {
  trace::FetchFinished event;
  event.scrape = scrape_.seq;
  event.error = result.error;
  event.content_type = result.content_type;
  event.body_bytes = scrape_.body_bytes;
  event.body_hash = trace::HashOf(result.body);
  event.body = result.body;
  context_.tracer.Emit(event);
}

void ScrapeLoop::AppendFetched(const FetchResult& result) {
  // A failed scrape is the same as an empty one: stale markers for all that was there (LOOP-32, LOOP-37).
  const bool empty = result.kind != FetchErrorKind::kNone || result.body.empty();
  std::optional<ScrapeError> error = empty ? appender_.AppendEmpty(*transaction_, scrape_.t_ms) : AppendBody(result);
  if (!error) return;
  if (!scrape_.error) scrape_.error = std::move(error);
  RollBack();
  OpenAppender();
  AppendAfterFailure();
}

std::optional<ScrapeError> ScrapeLoop::AppendBody(const FetchResult& result) {
  const FormatChoice choice = FormatOf(result.content_type, *config_);
  if (!choice.format) return ScrapeError{ScrapeErrorKind::kContentType, choice.message};
  Parser& parser = parsers_.Start(*choice.format, result.body);
  std::optional<ScrapeError> error = appender_.AppendBody(
      *transaction_, parser, static_cast<std::uint8_t>(*choice.format), scrape_.t_ms, &scrape_.counts);
  if (error && error->kind == ScrapeErrorKind::kParse) TraceParseError(parser.error(), result.body, *choice.format);
  return error;
}

void ScrapeLoop::TraceParseError(const Error& error, std::string_view body, ExpositionFormat format) {
  if (!context_.tracer.enabled() || error.offset == Error::kNoOffset) return;
  const BodyKind kind = format == ExpositionFormat::kProtobuf ? BodyKind::kBinary : BodyKind::kText;
  const BodyPlace place = PlaceInBody(body, error.offset, kind);
  context_.tracer.Emit(
      trace::ParseFailed{scrape_.seq, error.message, error.offset, place.line, place.column, place.bytes});
}

void ScrapeLoop::AppendAfterFailure() {
  if (!appender_.AppendEmpty(*transaction_, scrape_.t_ms)) return;
  RollBack();
  OpenAppender();
}

void ScrapeLoop::ReportAndCommit() {
  const Nanoseconds duration = context_.time.clock->MonotonicNow() - scrape_.start;
  spec_.target->Report(scrape_.append_time, duration, scrape_.error);
  const ScrapeReport report{!scrape_.error.has_value(), duration, scrape_.counts, scrape_.body_bytes};
  const std::optional<ScrapeError> failure = appender_.AppendReport(*transaction_, report, scrape_.t_ms);
  context_.tracer.Emit(trace::ScrapeFinished{
      id_, scrape_.seq, static_cast<std::uint8_t>(scrape_.error ? scrape_.error->kind : ScrapeErrorKind::kNone),
      scrape_.error ? scrape_.error->message : std::string_view(), duration.count(), scrape_.counts.total,
      scrape_.counts.added, scrape_.counts.series_added, appender_.stale_markers()});
  if (failure) {
    RollBack();
    ScrapeOver();
    return;
  }
  transaction_->Commit([this](const std::optional<std::string>& error) { OnCommitted(error); });
}

void ScrapeLoop::OnCommitted(const std::optional<std::string>& error) {
  context_.tracer.Emit(trace::TransactionEnded{scrape_.seq, true, error ? std::string_view(*error) : ""});
  if (config_->extra_scrape_metrics) {
    context_.metrics.ObserveScrapeDuration(context_.time.clock->MonotonicNow() - scrape_.start);
  }
  ScrapeOver();
}

void ScrapeLoop::ScrapeOver() {
  // Posted: Commit may call back from inside the call, and the appender must not die there.
  timer_ = context_.time.Post([this] {
    transaction_.reset();
    if (state_ == State::kLeaving) {
      FinishLeave();
    } else {
      Wait();
    }
  });
}

void ScrapeLoop::OpenAppender() {
  transaction_ = context_.storage.NewAppender(AppenderContext{&public_labels_});
}

void ScrapeLoop::RollBack() {
  transaction_->Rollback();
  context_.tracer.Emit(trace::TransactionEnded{scrape_.seq, false, ""});
}

}  // namespace stalemark
