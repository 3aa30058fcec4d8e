// SPDX-License-Identifier: Apache-2.0
// RunRecord: what the trace of a run says about loops and scrapes, kept for expectations and the timeline: which loops
// feed a series, when a loop's first scrape was scheduled, what each scrape asked and how it ended.
//
// Fed with every event of the run and every request. Memory: one small entry per scrape, request, and series and loop;
// equal headers are kept once. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/model/labels.h"
#include "core/scrape/scrape_error.h"
#include "core/seams/time.h"
#include "core/seams/trace_event.h"
#include "core/seams/transport.h"

namespace stalemark::scenario {

class RunRecord {
 public:
  struct Loop {
    std::string pool;
    Labels labels;
    WallTime first_scheduled{};
    Nanoseconds interval{0};
    Nanoseconds wait{0};
    /// Pool and instance, for people.
    std::string subject;
    std::string url;
    /// The same for all loops with this pool and these labels.
    std::size_t target = 0;
  };
  /// One hop of a scrape.
  struct Request {
    std::uint64_t hop = 0;
    /// Index into header_sets; absent: no exporter has read the request.
    std::optional<std::size_t> headers;
    /// Of the response; 0: none.
    int status = 0;
  };
  struct Scrape {
    trace::LoopId loop{};
    /// Among those with the same pool and labels, from 1: the number that people are told. 0: the end of run.
    std::uint64_t number = 0;
    MonotonicTime at{};
    std::int64_t t_ms = 0;
    Nanoseconds late{0};
    bool end_of_run = false;
    ScrapeErrorKind error_kind = ScrapeErrorKind::kNone;
    std::string error;
    bool finished = false;
    std::string commit_error;
    Nanoseconds duration{0};
    std::uint64_t samples_scraped = 0;
    std::uint64_t samples_post_relabel = 0;
    std::uint64_t series_added = 0;
    std::uint64_t stale_markers = 0;
    std::vector<Request> requests;
  };

  void OnEvent(MonotonicTime at, WallTime wall, const trace::Event& event);
  /// An exporter has read the request of the last RequestSent.
  void OnRequest(const HopRequest& request);

  /// Null for an id that no event has shown.
  const Loop* FindLoop(trace::LoopId id) const;
  const Scrape* FindScrape(trace::ScrapeSeq id) const;
  const std::vector<Loop>& loops() const { return loops_; }
  const std::vector<Scrape>& scrapes() const { return scrapes_; }
  /// Host included, in front.
  const std::vector<std::vector<HttpHeader>>& header_sets() const { return header_sets_; }
  /// Loops that appended to the series, in order of id; by the hash of its labels.
  std::vector<trace::LoopId> LoopsOf(const Labels& series) const;

  struct PoolError {
    std::string pool;
    /// Of the first attempt; another one follows whenever targets are taken over.
    MonotonicTime at{};
    std::string error;
  };
  /// Pools that could not be created, each error once. A job that is in no configuration any more is none.
  const std::vector<PoolError>& pool_errors() const { return pool_errors_; }
  /// The last one of that pool, or null.
  const PoolError* FindPoolError(std::string_view pool) const;

  /// How a scrape ended, in a word of outcome_notation.h.
  static std::string_view OutcomeOf(const Scrape& scrape);

 private:
  void OnAppended(const trace::SampleAppended& event);
  void OnLoopStarted(WallTime wall, const trace::LoopStarted& event);
  void OnScrapeStarted(MonotonicTime at, const trace::ScrapeStarted& event);
  void OnScrapeFinished(const trace::ScrapeFinished& event);
  void OnPoolCreated(MonotonicTime at, const trace::PoolCreated& event);
  Scrape& ScrapeAt(trace::ScrapeSeq id);

  /// Index: id - 1; ids are given in order, without gaps.
  std::vector<Loop> loops_;
  std::vector<Scrape> scrapes_;
  /// By pool and encoded labels.
  std::map<std::pair<std::string, std::string>, std::size_t> targets_;
  /// By Loop::target.
  std::vector<std::uint64_t> scrapes_of_target_;
  std::vector<PoolError> pool_errors_;
  boost::unordered_flat_map<std::uint64_t, std::vector<trace::LoopId>> loops_of_series_;
  /// Index: cache entry - 1. The loop that appended it last, which loops_of_series_ has; 0: none.
  std::vector<trace::LoopId> loop_of_entry_;
  trace::ScrapeSeq requesting_{};
  std::vector<std::vector<HttpHeader>> header_sets_;
  std::map<std::string, std::size_t> header_set_index_;
};

}  // namespace stalemark::scenario
