// SPDX-License-Identifier: Apache-2.0
#include "sim/run/run_record.h"

#include <algorithm>
#include <cstddef>
#include <variant>

namespace stalemark::scenario {
namespace {

std::string SubjectOf(std::string_view pool, const Labels& labels, std::string_view url) {
  const std::string_view instance = labels.Get("instance");
  return std::string(pool) + "/" + std::string(instance.empty() ? url : instance);
}

}  // namespace

void RunRecord::OnEvent(MonotonicTime at, WallTime wall, const trace::Event& event) {
  if (const auto* append = std::get_if<trace::SampleAppended>(&event)) {
    const trace::LoopId loop = ScrapeAt(append->scrape).loop;
    std::vector<trace::LoopId>& loops = loops_of_series_[append->labels->Hash()];
    if (loops.empty() || loops.back() != loop) loops.push_back(loop);
  } else if (const auto* loop = std::get_if<trace::LoopStarted>(&event)) {
    const auto index = static_cast<std::size_t>(loop->loop);
    if (loops_.size() < index) loops_.resize(index);
    loops_[index - 1] = Loop{std::string(loop->pool),           *loop->labels,
                             wall + Nanoseconds(loop->wait_ns), Nanoseconds(loop->interval_ns),
                             Nanoseconds(loop->wait_ns),        SubjectOf(loop->pool, *loop->labels, loop->url)};
  } else if (const auto* start = std::get_if<trace::ScrapeStarted>(&event)) {
    Scrape& scrape = ScrapeAt(start->scrape);
    scrape.loop = start->loop;
    scrape.at = at;
    scrape.t_ms = start->t_ms;
    scrape.late = Nanoseconds(start->late_ns);
  } else if (const auto* last = std::get_if<trace::EndOfRun>(&event)) {
    if (last->abandoned) return;
    Scrape& scrape = ScrapeAt(last->scrape);
    scrape.loop = last->loop;
    scrape.at = at;
    scrape.t_ms = last->t_ms;
    scrape.end_of_run = true;
  } else if (const auto* finish = std::get_if<trace::ScrapeFinished>(&event)) {
    Scrape& scrape = ScrapeAt(finish->scrape);
    scrape.finished = true;
    scrape.error_kind = static_cast<ScrapeErrorKind>(finish->error_kind);
    scrape.error = finish->error;
  } else if (const auto* end = std::get_if<trace::TransactionEnded>(&event)) {
    if (end->committed) ScrapeAt(end->scrape).commit_error = end->error;
  }
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
