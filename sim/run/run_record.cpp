// SPDX-License-Identifier: Apache-2.0
#include "sim/run/run_record.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "sim/scenario/outcome_notation.h"

namespace stalemark::scenario {
namespace {

std::string SubjectOf(std::string_view pool, const Labels& labels, std::string_view url) {
  const std::string_view instance = labels.Get("instance");
  return std::string(pool) + "/" + std::string(instance.empty() ? url : instance);
}

/// Targets of a job that a reload has just removed: nobody wants that pool.
constexpr std::string_view kNoSuchJob = "invalid config id:";

/// `503 Service Unavailable`: 503.
int StatusOf(std::string_view status) {
  int code = 0;
  for (const char c : status.substr(0, 3)) {
    if (c < '0' || c > '9') break;
    code = code * 10 + (c - '0');
  }
  return code;
}

}  // namespace

void RunRecord::OnEvent(MonotonicTime at, WallTime wall, const trace::Event& event) {
  if (const auto* append = std::get_if<trace::SampleAppended>(&event)) {
    OnAppended(*append);
  } else if (const auto* loop = std::get_if<trace::LoopStarted>(&event)) {
    OnLoopStarted(wall, *loop);
  } else if (const auto* start = std::get_if<trace::ScrapeStarted>(&event)) {
    OnScrapeStarted(at, *start);
  } else if (const auto* last = std::get_if<trace::EndOfRun>(&event)) {
    if (last->abandoned) return;
    Scrape& scrape = ScrapeAt(last->scrape);
    scrape.loop = last->loop;
    scrape.at = at;
    scrape.t_ms = last->t_ms;
    scrape.end_of_run = true;
  } else if (const auto* finish = std::get_if<trace::ScrapeFinished>(&event)) {
    OnScrapeFinished(*finish);
  } else if (const auto* request = std::get_if<trace::RequestSent>(&event)) {
    requesting_ = request->scrape;
    ScrapeAt(request->scrape).requests.push_back({request->hop, std::nullopt, 0});
  } else if (const auto* head = std::get_if<trace::HeadReceived>(&event)) {
    std::vector<Request>& requests = ScrapeAt(head->scrape).requests;
    if (!requests.empty()) requests.back().status = StatusOf(head->status);
  } else if (const auto* end = std::get_if<trace::TransactionEnded>(&event)) {
    if (end->committed) ScrapeAt(end->scrape).commit_error = end->error;
  } else if (const auto* pool = std::get_if<trace::PoolCreated>(&event)) {
    OnPoolCreated(at, *pool);
  }
}

/// A cache entry stands for one series: what it says a second time is known.
void RunRecord::OnAppended(const trace::SampleAppended& event) {
  const trace::LoopId loop = ScrapeAt(event.scrape).loop;
  if (event.entry != trace::EntryId{}) {
    const auto entry = static_cast<std::size_t>(event.entry);
    if (loop_of_entry_.size() < entry) loop_of_entry_.resize(entry);
    if (loop_of_entry_[entry - 1] == loop) return;
    loop_of_entry_[entry - 1] = loop;
  }
  std::vector<trace::LoopId>& loops = loops_of_series_[event.labels->Hash()];
  if (loops.empty() || loops.back() != loop) loops.push_back(loop);
}

void RunRecord::OnLoopStarted(WallTime wall, const trace::LoopStarted& event) {
  const auto index = static_cast<std::size_t>(event.loop);
  if (loops_.size() < index) loops_.resize(index);
  Loop& loop = loops_[index - 1];
  loop.pool = event.pool;
  loop.labels = *event.labels;
  loop.first_scheduled = wall + Nanoseconds(event.wait_ns);
  loop.interval = Nanoseconds(event.interval_ns);
  loop.wait = Nanoseconds(event.wait_ns);
  loop.subject = SubjectOf(event.pool, *event.labels, event.url);
  loop.url = event.url;
  loop.target = targets_.try_emplace({loop.pool, std::string(loop.labels.encoded())}, targets_.size()).first->second;
  scrapes_of_target_.resize(targets_.size());
}

void RunRecord::OnScrapeStarted(MonotonicTime at, const trace::ScrapeStarted& event) {
  Scrape& scrape = ScrapeAt(event.scrape);
  scrape.loop = event.loop;
  scrape.at = at;
  scrape.t_ms = event.t_ms;
  scrape.late = Nanoseconds(event.late_ns);
  if (const Loop* loop = FindLoop(event.loop)) scrape.number = ++scrapes_of_target_[loop->target];
}

void RunRecord::OnPoolCreated(MonotonicTime at, const trace::PoolCreated& event) {
  if (event.error.empty() || event.error.compare(0, kNoSuchJob.size(), kNoSuchJob) == 0) return;
  const bool known = std::any_of(pool_errors_.begin(), pool_errors_.end(), [&event](const PoolError& one) {
    return one.pool == event.pool && one.error == event.error;
  });
  if (!known) pool_errors_.push_back({std::string(event.pool), at, std::string(event.error)});
}

const RunRecord::PoolError* RunRecord::FindPoolError(std::string_view pool) const {
  const auto last = std::find_if(pool_errors_.rbegin(), pool_errors_.rend(),
                                 [pool](const PoolError& one) { return one.pool == pool; });
  return last == pool_errors_.rend() ? nullptr : &*last;
}

void RunRecord::OnScrapeFinished(const trace::ScrapeFinished& event) {
  Scrape& scrape = ScrapeAt(event.scrape);
  scrape.finished = true;
  scrape.error_kind = static_cast<ScrapeErrorKind>(event.error_kind);
  scrape.error = event.error;
  scrape.duration = Nanoseconds(event.duration_ns);
  scrape.samples_scraped = event.samples_scraped;
  scrape.samples_post_relabel = event.samples_post_relabel;
  scrape.series_added = event.series_added;
  scrape.stale_markers = event.stale_markers;
}

void RunRecord::OnRequest(const HopRequest& request) {
  std::vector<HttpHeader> headers = {{"Host", request.host}};
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  std::string text;
  for (const HttpHeader& header : headers) text += header.name + '\0' + header.value + '\n';
  const auto [known, is_new] = header_set_index_.emplace(std::move(text), header_sets_.size());
  if (is_new) header_sets_.push_back(std::move(headers));
  std::vector<Request>& requests = ScrapeAt(requesting_).requests;
  if (!requests.empty()) requests.back().headers = known->second;
}

std::string_view RunRecord::OutcomeOf(const Scrape& scrape) {
  if (!scrape.finished) return kOutcomePending;
  return scrape.error_kind == ScrapeErrorKind::kNone ? kOutcomeUp : ScrapeErrorKindText(scrape.error_kind);
}

RunRecord::Scrape& RunRecord::ScrapeAt(trace::ScrapeSeq id) {
  const auto index = static_cast<std::size_t>(id);
  if (scrapes_.size() < index) scrapes_.resize(index);
  return scrapes_[index - 1];
}

const RunRecord::Loop* RunRecord::FindLoop(trace::LoopId id) const {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index > loops_.size() ? nullptr : &loops_[index - 1];
}

const RunRecord::Scrape* RunRecord::FindScrape(trace::ScrapeSeq id) const {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index > scrapes_.size() ? nullptr : &scrapes_[index - 1];
}

std::vector<trace::LoopId> RunRecord::LoopsOf(const Labels& series) const {
  const auto found = loops_of_series_.find(series.Hash());
  if (found == loops_of_series_.end()) return {};
  std::vector<trace::LoopId> loops = found->second;
  std::sort(loops.begin(), loops.end());
  loops.erase(std::unique(loops.begin(), loops.end()), loops.end());
  return loops;
}

}  // namespace stalemark::scenario
