// SPDX-License-Identifier: Apache-2.0
#include "sim/run/phase_watch.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/http/request_headers.h"
#include "core/model/url.h"

namespace stalemark::scenario {
namespace {

std::string AddressOf(std::string_view url) {
  const Result<Url> parsed = Url::Parse(url);
  return parsed.ok() ? HopTo(*parsed).address : std::string();
}

}  // namespace

PhaseWatch::PhaseWatch(const std::vector<ScenarioEvent>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].during) watches_.push_back({i, &*events[i].during});
  }
  open_ = watches_.size();
}

void PhaseWatch::OnEvent(const trace::Event& event) {
  if (open_ == 0) return;
  if (const auto* loop = std::get_if<trace::LoopStarted>(&event)) {
    loops_[loop->loop] = {AddressOf(loop->url), std::string(loop->pool)};
    for (Watch& watch : watches_) {
      const bool waits = watch.during->phase == ScrapePhase::kWaiting && watch.during->scrape == 1;
      if (waits && Concerns(watch, loop->loop)) Reach(watch);
    }
  } else if (const auto* scrape = std::get_if<trace::ScrapeStarted>(&event)) {
    OnScrape(scrape->loop, scrape->scrape);
    Reach(ScrapePhase::kConnecting, scrape->scrape);
  } else if (const auto* request = std::get_if<trace::RequestSent>(&event)) {
    if (request->hop == 1) Reach(ScrapePhase::kHead, request->scrape);
  } else if (const auto* head = std::get_if<trace::HeadReceived>(&event)) {
    if (head->hop == 1) Reach(ScrapePhase::kBody, head->scrape);
  } else if (const auto* fetch = std::get_if<trace::FetchFinished>(&event)) {
    if (!fetch->error.empty()) return;
    Reach(ScrapePhase::kParse, fetch->scrape);
    Reach(ScrapePhase::kAppend, fetch->scrape);
  } else if (const auto* finish = std::get_if<trace::ScrapeFinished>(&event)) {
    for (Watch& watch : watches_) watch.finished = watch.finished || watch.scrape == finish->scrape;
    Reach(ScrapePhase::kCommit, finish->scrape);
  } else if (const auto* end = std::get_if<trace::TransactionEnded>(&event)) {
    for (Watch& watch : watches_) {
      const bool over = watch.finished && watch.scrape == end->scrape;
      if (over && watch.during->phase == ScrapePhase::kWaiting) Reach(watch);
    }
  }
}

bool PhaseWatch::Concerns(const Watch& watch, trace::LoopId id) const {
  const auto loop = loops_.find(id);
  if (loop == loops_.end() || loop->second.address != watch.during->exporter) return false;
  return watch.during->job.empty() || watch.during->job == loop->second.pool;
}

void PhaseWatch::OnScrape(trace::LoopId loop, trace::ScrapeSeq scrape) {
  for (Watch& watch : watches_) {
    if (!Concerns(watch, loop)) continue;
    const std::uint64_t wanted = watch.during->scrape - (watch.during->phase == ScrapePhase::kWaiting ? 1 : 0);
    if (++watch.scrapes == wanted) watch.scrape = scrape;
  }
}

void PhaseWatch::Reach(ScrapePhase phase, trace::ScrapeSeq scrape) {
  for (Watch& watch : watches_) {
    if (watch.during->phase == phase && watch.scrape == scrape) Reach(watch);
  }
}

void PhaseWatch::Reach(Watch& watch) {
  if (std::exchange(watch.reached, true)) return;
  --open_;
  reached_.push_back(watch.event);
}

std::vector<std::size_t> PhaseWatch::TakeReached() {
  std::vector<std::size_t> reached = std::move(reached_);
  reached_.clear();
  std::sort(reached.begin(), reached.end());
  return reached;
}

std::uint64_t PhaseWatch::ScrapesSeen(std::size_t event) const {
  for (const Watch& watch : watches_) {
    if (watch.event == event) return watch.scrapes;
  }
  return 0;
}

}  // namespace stalemark::scenario
