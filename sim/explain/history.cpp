// SPDX-License-Identifier: Apache-2.0
#include "sim/explain/history.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

namespace stalemark::scenario {
namespace {

bool RunTogether(const History::Loop& one, const History::Loop& other) {
  return (!one.stopped || other.started < *one.stopped) && (!other.stopped || one.started < *other.stopped);
}

}  // namespace

std::optional<MonotonicTime> History::Scrape::end() const {
  if (transactions.empty()) return std::nullopt;
  return transactions.back().at;
}

/// Takes the events one by one.
struct History::Reading {
  History& out;
  const RunRecord& record;
  const Wanted& wanted;
  MonotonicTime at{};
  /// Label sets that were asked about.
  std::map<const Labels*, bool> known{};

  bool IsWanted(const Labels* labels) {
    if (labels == nullptr) return false;
    const auto [found, is_new] = known.try_emplace(labels, false);
    if (is_new) found->second = wanted(*labels);
    return found->second;
  }
  Loop& LoopAt(trace::LoopId id) {
    const auto index = static_cast<std::size_t>(id);
    while (out.loops_.size() < index) {
      Loop loop;
      loop.id = out.loops_.size() + 1;
      out.loops_.push_back(loop);
    }
    return out.loops_[index - 1];
  }
  Scrape& ScrapeAt(trace::ScrapeSeq seq) {
    const auto index = static_cast<std::size_t>(seq);
    while (out.scrapes_.size() < index) {
      Scrape scrape;
      scrape.seq = out.scrapes_.size() + 1;
      out.scrapes_.push_back(std::move(scrape));
    }
    return out.scrapes_[index - 1];
  }
  Scrape& Begin(trace::ScrapeSeq seq, trace::LoopId loop, std::int64_t t_ms) {
    Scrape& scrape = ScrapeAt(seq);
    scrape.loop = static_cast<std::uint64_t>(loop);
    scrape.begin = at;
    scrape.t_ms = t_ms;
    const RunRecord::Scrape* seen = record.FindScrape(seq);
    if (seen != nullptr) scrape.number = seen->number;
    LoopAt(loop).scrapes.push_back(scrape.seq);
    return scrape;
  }

  void Take(const trace::ConfigApplied& e) { out.applied_.push_back({at, e.error}); }
  void Take(const trace::PoolCreated& e) { out.pools_[e.pool].created.push_back({at, e.error}); }
  void Take(const trace::PoolSynced& e) { out.pools_[e.pool].synced.push_back(at); }
  void Take(const trace::LoopStarted& e) {
    Loop& loop = LoopAt(e.loop);
    loop.pool = e.pool;
    loop.labels = e.labels;
    loop.url = e.url;
    loop.started = at;
    loop.interval = Nanoseconds(e.interval_ns);
    loop.timeout = Nanoseconds(e.timeout_ns);
    const RunRecord::Loop* seen = record.FindLoop(e.loop);
    if (seen == nullptr) return;
    loop.subject = seen->subject;
    loop.grid = GridOf(*seen);
  }
  void Take(const trace::LoopStopped& e) {
    Loop& loop = LoopAt(e.loop);
    loop.stopped = at;
    loop.end_of_run_pending = e.end_of_run_pending;
    TakeChoice(e.loop);
  }
  void Take(const trace::EndOfRun& e) {
    if (e.abandoned) {
      LoopAt(e.loop).end_of_run_abandoned = true;
    } else {
      Begin(e.scrape, e.loop, e.t_ms).end_of_run = true;
    }
  }
  void Take(const trace::ScrapeStarted& e) { Begin(e.scrape, e.loop, e.t_ms).forced_error = e.forced_error; }
  void Take(const trace::RequestSent& e) { ScrapeAt(e.scrape).hops.push_back({at, e.url, {}, {}}); }
  void Take(const trace::HeadReceived& e) {
    Scrape& scrape = ScrapeAt(e.scrape);
    if (scrape.hops.empty()) return;
    scrape.hops.back().head_at = at;
    scrape.hops.back().status = e.status;
  }
  void Take(const trace::FetchFinished& e) {
    Scrape& scrape = ScrapeAt(e.scrape);
    scrape.fetched = at;
    scrape.fetch_error = e.error;
    scrape.content_type = e.content_type;
    scrape.body_bytes = e.body_bytes;
    scrape.body_hash = e.body_hash;
    if (!e.body.empty()) out.bodies_[e.body_hash] = e.body;
  }
  void Take(const trace::SeriesCached& e) {
    if (!IsWanted(e.labels)) return;
    out.cached_[static_cast<std::uint64_t>(e.entry)] = {static_cast<std::uint64_t>(e.scrape), e.offset};
  }
  void Take(const trace::SampleAppended& e) {
    if (!IsWanted(e.labels)) return;
    Scrape& scrape = ScrapeAt(e.scrape);
    Append append;
    append.scrape = scrape.seq;
    append.origin = e.origin;
    append.entry = static_cast<std::uint64_t>(e.entry);
    append.offset = e.offset;
    append.labels = e.labels;
    append.t_ms = e.t_ms;
    append.value_bits = e.value_bits;
    append.verdict = static_cast<AppendCode>(e.verdict);
    append.error = e.error;
    append.histogram = e.histogram;
    append.transaction = scrape.transactions.size();
    scrape.appends.push_back(append);
  }
  void Take(const trace::TransactionEnded& e) { ScrapeAt(e.scrape).transactions.push_back({at, e.committed, e.error}); }
  void Take(const trace::ScrapeFinished& e) { ScrapeAt(e.scrape).finished = e; }
  void Take(const trace::ParseFailed& e) {
    out.parse_failures_.push_back(e);
    ScrapeAt(e.scrape).parse_failed = &out.parse_failures_.back();
  }
  void Take(const trace::ChoiceMade& e) {
    out.choices_.push_back({at, static_cast<ChoicePoint>(e.point), e.alternatives, e.picked});
  }
  /// A loop that has chosen between a tick and its cancellation leaves at once.
  void TakeChoice(trace::LoopId loop) {
    if (out.choices_.empty() || out.choices_.back().point != ChoicePoint::kTickOrCancel) return;
    Choice& choice = out.choices_.back();
    if (choice.loop == 0 && choice.at == at) choice.loop = static_cast<std::uint64_t>(loop);
  }
  /// What no explanation needs.
  template <class E>
  void Take(const E&) {}
};

Result<History> History::Read(std::string_view bytes, const RunRecord& record, const Wanted& wanted) {
  Result<trace::TraceReader> reader = trace::TraceReader::Open(bytes);
  if (!reader.ok()) return reader.error();
  History history(std::move(reader).value());
  Reading reading{history, record, wanted};
  for (;;) {
    const Result<std::optional<trace::TimedEvent>> next = history.reader_->Next();
    if (!next.ok()) return next.error();
    if (!next->has_value()) break;
    reading.at = (*next)->at;
    std::visit([&reading](const auto& event) { reading.Take(event); }, (*next)->event);
  }
  history.TellApart();
  return history;
}

void History::TellApart() {
  std::map<std::string, std::vector<const Loop*>> named;
  for (const Loop& loop : loops_) named[loop.subject].push_back(&loop);
  std::vector<std::string> subjects;
  for (const Loop& loop : loops_) {
    bool by_url = false;
    bool by_labels = false;
    for (const Loop* other : named[loop.subject]) {
      if (!RunTogether(loop, *other)) continue;
      by_url = by_url || other->url != loop.url;
      by_labels = by_labels || *other->labels != *loop.labels;
    }
    std::string subject = loop.subject;
    if (by_url) {
      subject += fmt::format(" at {}", loop.url);
    } else if (by_labels) {
      subject += " " + loop.labels->ToString();
    }
    subjects.push_back(std::move(subject));
  }
  for (std::size_t i = 0; i < loops_.size(); ++i) loops_[i].subject = std::move(subjects[i]);
}

std::string_view History::BodyOf(const Scrape& scrape) const {
  const auto found = bodies_.find(scrape.body_hash);
  return found == bodies_.end() || !scrape.fetched ? std::string_view() : found->second;
}

const History::Cached* History::FindCached(std::uint64_t entry) const {
  const auto found = cached_.find(entry);
  return found == cached_.end() ? nullptr : &found->second;
}

}  // namespace stalemark::scenario
