// SPDX-License-Identifier: Apache-2.0
// History: a trace with all details, sorted into loops, scrapes and what happened to the pools. Of the appends those to
// the wanted series are kept.
//
// Texts, labels and bodies are views of the trace's bytes and of the history itself. Memory: a small entry per scrape.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/result.h"
#include "core/scrape/scrape_error.h"
#include "core/seams/appendable.h"
#include "core/seams/choices.h"
#include "core/seams/time.h"
#include "core/seams/trace_event.h"
#include "core/trace/trace_reader.h"
#include "sim/run/grid.h"
#include "sim/run/run_record.h"

namespace stalemark::scenario {

class History {
 public:
  struct Append {
    std::uint64_t scrape = 0;
    trace::Origin origin = trace::Origin::kScraped;
    std::uint64_t entry = 0;
    std::uint64_t offset = 0;
    const Labels* labels = nullptr;
    std::int64_t t_ms = 0;
    std::uint64_t value_bits = 0;
    AppendCode verdict = AppendCode::kOk;
    std::string_view error;
    std::string_view histogram;
    /// Index into the scrape's transactions; one behind them: it never ended.
    std::size_t transaction = 0;
  };
  struct Transaction {
    MonotonicTime at{};
    bool committed = false;
    std::string_view error;
  };
  struct Hop {
    MonotonicTime at{};
    std::string_view url;
    std::optional<MonotonicTime> head_at;
    std::string_view status;
  };
  struct Scrape {
    /// In the trace, from 1.
    std::uint64_t seq = 0;
    /// Of its target, as people count: RunRecord::Scrape::number. 0: the end of run.
    std::uint64_t number = 0;
    std::uint64_t loop = 0;
    MonotonicTime begin{};
    std::int64_t t_ms = 0;
    bool end_of_run = false;
    std::string_view forced_error;
    std::vector<Hop> hops;
    /// Absent: nothing was fetched, or the run ended before.
    std::optional<MonotonicTime> fetched;
    std::string_view fetch_error;
    std::string_view content_type;
    std::int64_t body_bytes = 0;
    std::uint64_t body_hash = 0;
    const trace::ParseFailed* parse_failed = nullptr;
    std::optional<trace::ScrapeFinished> finished;
    std::vector<Transaction> transactions;
    std::vector<Append> appends;

    bool failed() const { return finished && finished->error_kind != 0; }
    ScrapeErrorKind error_kind() const {
      return finished ? static_cast<ScrapeErrorKind>(finished->error_kind) : ScrapeErrorKind::kNone;
    }
    /// When the loop could go on; absent: not before the end of the run.
    std::optional<MonotonicTime> end() const;
    const Transaction* TransactionOf(const Append& append) const {
      return append.transaction < transactions.size() ? &transactions[append.transaction] : nullptr;
    }
  };
  struct Loop {
    std::uint64_t id = 0;
    std::string_view pool;
    /// `app/app-1:8080`, as the record has it. With ` at URL`, or with all labels, where another loop of that name runs
    /// at the same time.
    std::string subject;
    const Labels* labels = nullptr;
    std::string_view url;
    MonotonicTime started{};
    Nanoseconds interval{0};
    Nanoseconds timeout{0};
    /// Of its scrapes; without the number of slots.
    Grid grid{};
    std::optional<MonotonicTime> stopped;
    bool end_of_run_pending = false;
    bool end_of_run_abandoned = false;
    /// In order; the end of the run, if written, is the last.
    std::vector<std::uint64_t> scrapes;
  };
  struct Applied {
    MonotonicTime at{};
    std::string_view error;
  };
  struct Pool {
    /// Attempts to create it.
    std::vector<Applied> created;
    std::vector<MonotonicTime> synced;
  };
  /// A seed answered where upstream leaves the outcome to chance.
  struct Choice {
    MonotonicTime at{};
    ChoicePoint point = ChoicePoint::kStopOrder;
    std::uint64_t alternatives = 0;
    std::uint64_t picked = 0;
    /// Whose tick and cancellation they were; 0: of no loop.
    std::uint64_t loop = 0;
  };
  struct Cached {
    std::uint64_t scrape = 0;
    std::uint64_t offset = 0;
  };
  using Wanted = std::function<bool(const Labels& labels)>;

  /// `bytes` and `record` are a run's, and outlive the history.
  static Result<History> Read(std::string_view bytes, const RunRecord& record, const Wanted& wanted);

  /// In order of id, without gaps; ids count from 1.
  const std::vector<Loop>& loops() const { return loops_; }
  const std::vector<Scrape>& scrapes() const { return scrapes_; }
  const Loop* FindLoop(std::uint64_t id) const {
    return id == 0 || id > loops_.size() ? nullptr : &loops_[static_cast<std::size_t>(id) - 1];
  }
  const Scrape* FindScrape(std::uint64_t seq) const {
    return seq == 0 || seq > scrapes_.size() ? nullptr : &scrapes_[static_cast<std::size_t>(seq) - 1];
  }
  const Loop& LoopOf(const Scrape& scrape) const { return loops_[static_cast<std::size_t>(scrape.loop) - 1]; }
  const std::map<std::string_view, Pool>& pools() const { return pools_; }
  /// One for each configuration that was to be applied, in order.
  const std::vector<Applied>& applied() const { return applied_; }
  const std::vector<Choice>& choices() const { return choices_; }
  std::string_view BodyOf(const Scrape& scrape) const;
  /// Where a cache entry of a wanted series comes from.
  const Cached* FindCached(std::uint64_t entry) const;

 private:
  struct Reading;
  void TellApart();
  explicit History(trace::TraceReader reader) : reader_(std::make_unique<trace::TraceReader>(std::move(reader))) {}
  /// Label sets belong to it.
  std::unique_ptr<trace::TraceReader> reader_;
  std::vector<Loop> loops_;
  std::vector<Scrape> scrapes_;
  std::map<std::string_view, Pool> pools_;
  std::vector<Applied> applied_;
  std::vector<Choice> choices_;
  std::map<std::uint64_t, std::string_view> bodies_;
  std::map<std::uint64_t, Cached> cached_;
  /// Stable in memory.
  std::deque<trace::ParseFailed> parse_failures_;
};

}  // namespace stalemark::scenario
