// SPDX-License-Identifier: Apache-2.0
// ScrapeLoop: scrapes one target at its interval until it is stopped, then ends its series. A state machine driven by
// timers, flags and the fetch (docs/design/loop-state-machine.md, spec sections 18.5 and 18.6). Mirrors scrapeLoop of
// scrape/scrape.go: goroutine, ticker and contexts are the states and waits here.
//
// A loop is used once: Start, perhaps Cancel, then it runs to its end by itself. It is owned by its pool, which may
// drop it when ended() and must not before. Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/exposition/parser_set.h"
#include "core/http/target_scraper.h"
#include "core/scrape/options.h"
#include "core/scrape/scrape_appender.h"
#include "core/scrape/target.h"

namespace stalemark {

/// What a loop is made of; frozen until it is rebuilt (spec section 18.4).
struct ScrapeLoopSpec {
  /// Shared: the pool shows it, and a loop that outlives its target's membership still reports on it.
  std::shared_ptr<Target> target;
  /// Shared: a loop that a reload replaced may be in flight when its successor has the cache already.
  std::shared_ptr<ScrapeCache> cache;
  /// The pool's configuration of the moment; outlives the loop.
  const CurrentConfig* pool_config = nullptr;
  /// The pool's context: set when its last loop has stopped. Outlives the loop.
  Flag* pool_stopped = nullptr;
  std::uint64_t offset_seed = 0;
  bool cache_reused = false;
};

class ScrapeLoop final : private FetchObserver {
 public:
  /// `on_ended` is called once, through the scheduler, when the loop may be dropped.
  ScrapeLoop(const ScrapeContext& context, ScrapeLoopSpec spec, std::function<void()> on_ended);
  ScrapeLoop(const ScrapeLoop&) = delete;
  ScrapeLoop& operator=(const ScrapeLoop&) = delete;

  enum class State : std::uint8_t { kNew, kOffset, kScraping, kWaiting, kLeaving, kEndOfRun, kEnded };

  /// Begins the offset wait. A loop that is never started must never be cancelled.
  void Start();
  /// Asks it to stop: a scrape in flight ends first (LOOP-21).
  void Cancel() { cancel_.Set(); }
  /// Set when it scrapes no more; end-of-run staleness may still follow.
  Flag& stopped() { return stopped_; }
  bool ended() const { return state_ == State::kEnded; }

  /// Every scrape fails with this error until it is replaced by nothing (LOOP-30).
  void SetForcedError(std::optional<ScrapeError> error) { forced_error_ = std::move(error); }
  /// Where failed fetches are noted from now on; an expired log takes nothing (FAIL-03).
  void SetFailureLog(std::weak_ptr<FailureLog> log);
  /// Sticky (EOR-06).
  void DisableEndOfRun() { end_of_run_disabled_ = true; }

  const std::shared_ptr<ScrapeCache>& cache() const { return appender_.cache(); }
  const std::shared_ptr<Target>& target() const { return spec_.target; }

  // For people who look; nothing is kept for it but the end of the offset.
  trace::LoopId id() const { return id_; }
  State state() const { return state_; }
  /// The configuration when the loop was built, and that of the pool now.
  const CurrentConfig& config() const { return config_; }
  const CurrentConfig& pool_config() const { return *spec_.pool_config; }
  const Labels& public_labels() const { return public_labels_; }
  /// When the next scrape is scheduled; past: as soon as the one in flight is over. Nothing: none is.
  std::optional<MonotonicTime> NextScrape() const;

 private:
  /// Of the scrape in flight.
  struct Scrape {
    trace::ScrapeSeq seq{};
    WallTime append_time{};
    std::int64_t t_ms = 0;
    MonotonicTime start{};
    ScrapeCounts counts;
    std::int64_t body_bytes = 0;
    std::optional<ScrapeError> error;
  };

  // Life cycle.
  void OffsetOver();
  void Top();
  WallTime AlignedNow();
  void Wait();
  void Leave();
  void FinishLeave();
  void FirstTickAfterStop();
  void SecondTickAfterStop();
  void WriteEndOfRun();
  void AbandonEndOfRun();
  void End();

  // One scrape.
  void StartScrape(WallTime append_time);
  void ObserveInterval();
  void StartFetch();
  void OnFetchDone(const FetchResult& result) override;
  void OnBodyLimit() override;
  void OnRequest(int hop, const Url& url) override;
  void OnHead(int hop, const ResponseHead& head) override;
  void LogFailure(const FetchResult& result);
  void TraceFetch(const FetchResult& result);
  void TraceParseError(const Error& error, std::string_view body, ExpositionFormat format);
  void AppendFetched(const FetchResult& result);
  std::optional<ScrapeError> AppendBody(const FetchResult& result);
  void AppendAfterFailure();
  void ReportAndCommit();
  void OnCommitted(const std::optional<std::string>& error);
  void ScrapeOver();
  void OpenAppender();
  void RollBack();

  const ScrapeContext& context_;
  const ScrapeLoopSpec spec_;
  const std::function<void()> on_ended_;
  const trace::LoopId id_;
  const Labels public_labels_;
  /// The pool's configuration when the loop was built.
  const CurrentConfig config_;
  const Target::Timing timing_;

  State state_ = State::kNew;
  bool end_of_run_disabled_ = false;
  std::optional<ScrapeError> forced_error_;
  std::weak_ptr<FailureLog> failure_log_;
  /// As the log shows it: the URL of the moment the log was set.
  std::string failure_target_;
  Flag cancel_;
  Flag stopped_;
  Ticker ticker_;
  MonotonicTime offset_end_{};
  FlagWait flag_wait_;
  Timer timer_;
  /// Grid of sample times (LOOP-05).
  WallTime aligned_{};
  /// When the previous scrape began (LOOP-39).
  std::optional<MonotonicTime> last_start_;
  WallTime stale_time_{};

  Scrape scrape_;
  ScrapeAppender appender_;
  ParserSet parsers_;
  /// Made by the first scrape, with the URL of that moment (HTTP-07).
  std::unique_ptr<TargetScraper> scraper_;
  std::unique_ptr<Appender> transaction_;
};

}  // namespace stalemark
