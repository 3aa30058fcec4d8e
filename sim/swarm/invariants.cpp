// SPDX-License-Identifier: Apache-2.0
#include "sim/swarm/invariants.h"

#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/model/value.h"
#include "core/seams/appendable.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::scenario {
namespace {

constexpr std::string_view kReports[] = {"up", "scrape_duration_seconds", "scrape_samples_scraped",
                                         "scrape_samples_post_metric_relabeling", "scrape_series_added"};

}  // namespace

void InvariantChecker::OnEvent(MonotonicTime at, const trace::Event& event) {
  at_ = at;
  std::visit([this](const auto& e) { On(e); }, event);
}

InvariantChecker::Loop* InvariantChecker::LoopOf(trace::ScrapeSeq scrape) {
  const auto found = scrapes_.find(scrape);
  return found == scrapes_.end() ? nullptr : &loops_[found->second];
}

void InvariantChecker::Violate(const Loop& loop, const std::string& message) {
  if (violations_.size() == kViolationsMax) return;
  violations_.push_back(fmt::format("{} at {}: {}", loop.name, FormatGoDuration(at_.time_since_epoch()), message));
}

void InvariantChecker::On(const trace::LoopStarted& e) {
  loops_[e.loop].name = fmt::format("{}/{}", e.pool, e.labels->Get("instance"));
}

void InvariantChecker::On(const trace::LoopStopped& e) {
  loops_[e.loop].stopped = true;
}

void InvariantChecker::Begin(Loop& loop, trace::ScrapeSeq scrape, std::int64_t t_ms) {
  loop.scrape = scrape;
  loop.t_ms = t_ms;
  loop.committed = false;
  loop.finished = false;
  loop.now = {};
  loop.texts.clear();
}

void InvariantChecker::On(const trace::ScrapeStarted& e) {
  scrapes_[e.scrape] = e.loop;
  Loop& loop = loops_[e.loop];
  if (loop.scraping) Violate(loop, "a scrape begins before the one before has ended");
  if (loop.stopped && !e.on_shutdown) Violate(loop, "a scrape begins after the loop has stopped");
  loop.scraping = true;
  Begin(loop, e.scrape, e.t_ms);
}

void InvariantChecker::On(const trace::EndOfRun& e) {
  Loop& loop = loops_[e.loop];
  if (e.abandoned) return;
  scrapes_[e.scrape] = e.loop;
  Begin(loop, e.scrape, e.t_ms);
  loop.finished = true;
}

void InvariantChecker::On(const trace::SampleAppended& e) {
  Loop* loop = LoopOf(e.scrape);
  if (loop == nullptr) return;
  Transaction& now = loop->now;
  const std::uint64_t series = e.labels->Hash();
  const bool accepted = e.verdict == static_cast<std::uint8_t>(AppendCode::kOk);
  now.refused = now.refused || !accepted;
  switch (e.origin) {
    case trace::Origin::kScraped:
      now.exposed.insert(series);
      if (!accepted || e.t_ms != loop->t_ms) break;
      now.tracked.insert(series);
      if (loop->live.count(series) == 0) loop->texts[series] = SeriesText(*e.labels);
      break;
    case trace::Origin::kStaleMarker:
      now.marked.insert(series);
      break;
    case trace::Origin::kReport: {
      const std::string_view name = e.labels->Get("__name__");
      ++now.reports[std::string(name)];
      if (name == "up") now.up_is_1 = e.value_bits == BitsOf(1.0);
      break;
    }
  }
}

void InvariantChecker::On(const trace::ScrapeFinished& e) {
  Loop& loop = loops_[e.loop];
  CheckReports(loop, e.error_kind == 0);
  loop.scraping = false;
  loop.finished = true;
}

void InvariantChecker::CheckReports(Loop& loop, bool is_up) {
  const Transaction& now = loop.now;
  for (const auto& [name, count] : now.reports) {
    if (count > 1) Violate(loop, fmt::format("{} is appended {} times in a scrape", name, count));
  }
  // A refused report sample ends the report.
  if (now.refused) return;
  for (const std::string_view name : kReports) {
    if (now.reports.count(name) == 0) Violate(loop, fmt::format("{} is not appended", name));
  }
  if (now.up_is_1 != is_up)
    Violate(loop, fmt::format("up is {} after a scrape that {}", now.up_is_1, is_up ? "succeeded" : "failed"));
}

void InvariantChecker::On(const trace::TransactionEnded& e) {
  Loop* loop = LoopOf(e.scrape);
  if (loop == nullptr) return;
  if (!loop->finished) {
    // An attempt failed; the next one follows. What the first one exposed counts as seen all the same (STALE-09).
    loop->now.marked.clear();
    loop->now.reports.clear();
    return;
  }
  if (e.committed) {
    if (std::exchange(loop->committed, true)) Violate(*loop, "a scrape is committed twice");
    CheckMarkers(*loop);
  }
  std::map<std::uint64_t, std::string> live;
  for (const std::uint64_t series : loop->now.tracked) {
    const auto known = loop->live.find(series);
    live.emplace(series, known != loop->live.end() ? std::move(known->second) : std::move(loop->texts[series]));
  }
  loop->live = std::move(live);
}

void InvariantChecker::CheckMarkers(Loop& loop) {
  if (loop.now.refused) return;
  for (const auto& [series, text] : loop.live) {
    if (loop.now.exposed.count(series) > 0 || loop.now.marked.count(series) > 0) continue;
    Violate(loop, text + " is gone without a stale marker");
  }
}

void InvariantChecker::CheckStored(const Head& head) {
  for (const SeriesRef ref : head.SeriesByLabels()) {
    std::int64_t before = 0;
    bool first = true;
    for (const Sample& sample : head.Samples(ref)) {
      if (!first && sample.t_ms <= before && violations_.size() < kViolationsMax) {
        violations_.push_back(fmt::format("{}: a sample at {} stands behind one at {}", SeriesText(head.LabelsOf(ref)),
                                          sample.t_ms, before));
        break;
      }
      before = sample.t_ms;
      first = false;
    }
  }
}

}  // namespace stalemark::scenario
