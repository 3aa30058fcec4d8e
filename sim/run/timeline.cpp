// SPDX-License-Identifier: Apache-2.0
#include "sim/run/timeline.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/seams/choices.h"
#include "core/text/go_quote.h"

namespace stalemark::scenario {
namespace {

std::string Count(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string ShortSeconds(std::int64_t ns) {
  return FormatGoDuration(Nanoseconds(ns));
}

}  // namespace

std::string TimeOfDay(WallTime time) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::int64_t ms = (UnixMillis(time) % kDayMs + kDayMs) % kDayMs;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

std::string TimelineText(const TimelineLine& line) {
  const std::int64_t ms = line.at.time_since_epoch().count() / 1'000'000;
  const std::string since = fmt::format("{}.{:03}s", ms / 1000, ms % 1000);
  return fmt::format("{:>10}  {}  {:<20}  {:<9}  {}", since, TimeOfDay(line.wall), line.subject, line.event,
                     line.detail);
}

void Timeline::OnEvent(MonotonicTime at, WallTime wall, const trace::Event& event) {
  at_ = at;
  wall_ = wall;
  std::visit([this](const auto& e) { Describe(e); }, event);
}

void Timeline::Line(std::string subject, std::string event, std::string detail, Tone tone) {
  lines_.push_back({at_, wall_, std::move(subject), std::move(event), std::move(detail), tone});
}

std::string Timeline::SubjectOf(trace::LoopId loop) const {
  const RunRecord::Loop* known = record_.FindLoop(loop);
  return known == nullptr ? "-" : known->subject;
}

std::string Timeline::SubjectOf(trace::ScrapeSeq scrape) const {
  const RunRecord::Scrape* known = record_.FindScrape(scrape);
  return known == nullptr ? "-" : SubjectOf(known->loop);
}

void Timeline::Describe(const trace::ConfigApplied& e) {
  if (e.error.empty()) {
    Line("-", "config", "applied", Tone::kNote);
  } else {
    Line("-", "config", fmt::format("failed: {}", e.error), Tone::kBad);
  }
}

void Timeline::Describe(const trace::TargetsReceived& e) {
  Line("-", "discovery", fmt::format("targets of {} received", Count(e.jobs, "job", "jobs")));
}

void Timeline::Describe(const trace::PoolCreated& e) {
  const std::string pool(e.pool);
  if (e.error.empty()) {
    Line(pool, "pool", "created");
  } else {
    Line(pool, "pool", fmt::format("not created: {}", e.error), Tone::kBad);
  }
}

void Timeline::Describe(const trace::PoolStopped& e) {
  Line(std::string(e.pool), "pool", "stopped", Tone::kNote);
}

void Timeline::Describe(const trace::PoolSynced& e) {
  std::string detail = fmt::format("{} active, {} dropped", e.active, e.dropped);
  if (e.failed > 0) detail += fmt::format(", {} failed", e.failed);
  Line(std::string(e.pool), "targets", std::move(detail), Tone::kNote);
}

void Timeline::Describe(const trace::TargetRefused& e) {
  const std::string address(e.discovered == nullptr ? "" : e.discovered->Get("__address__"));
  if (e.error.empty()) {
    Line(std::string(e.pool), "target", fmt::format("{} dropped by relabelling", address));
  } else {
    Line(std::string(e.pool), "target", fmt::format("{} failed: {}", address, e.error), Tone::kBad);
  }
}

void Timeline::Describe(const trace::LoopStarted& e) {
  std::string detail =
      fmt::format("started: every {}, first scrape in {}", ShortSeconds(e.interval_ns), ShortSeconds(e.wait_ns));
  if (e.cache_reused) detail += ", cache kept";
  Line(SubjectOf(e.loop), "loop", std::move(detail), Tone::kNote);
}

void Timeline::Describe(const trace::LoopStopped& e) {
  Line(SubjectOf(e.loop), "loop", e.end_of_run_pending ? "stopped, stale markers follow" : "stopped", Tone::kNote);
}

void Timeline::Describe(const trace::EndOfRun& e) {
  if (e.abandoned) {
    Line(SubjectOf(e.loop), "end", "no stale markers: the pool stopped");
  } else {
    Line(SubjectOf(e.loop), "end",
         fmt::format("stale markers at {}", TimeOfDay(WallTime(std::chrono::milliseconds(e.t_ms)))), Tone::kNote);
  }
}

void Timeline::Describe(const trace::ScrapeFinished& e) {
  const bool up = e.error_kind == 0;
  std::string detail = up ? "up    " : "down  ";
  detail += Count(e.samples_scraped, "sample", "samples");
  if (e.samples_post_relabel != e.samples_scraped) detail += fmt::format(", {} kept", e.samples_post_relabel);
  if (e.series_added > 0) detail += fmt::format(", {} new", e.series_added);
  if (e.stale_markers > 0) detail += fmt::format(", {} stale", e.stale_markers);
  detail += ", " + ShortSeconds(e.duration_ns);
  const RunRecord::Scrape* scrape = record_.FindScrape(e.scrape);
  if (scrape != nullptr && scrape->late != Nanoseconds(0)) {
    detail += fmt::format(", {} off the grid, aligned", FormatGoDuration(scrape->late));
  }
  if (!up) detail += fmt::format(": {}", e.error);
  Line(SubjectOf(e.loop), "scrape", std::move(detail), up ? Tone::kGood : Tone::kBad);
}

void Timeline::Describe(const trace::ParseFailed& e) {
  const std::string place = e.line == 0 ? fmt::format("byte {}", e.offset) : fmt::format("{}:{}", e.line, e.column);
  Line(SubjectOf(e.scrape), "parse", fmt::format("body {}: {}", place, text::GoQuote(e.bytes)), Tone::kBad);
}

void Timeline::Describe(const trace::ChoiceMade& e) {
  const auto point = static_cast<ChoicePoint>(e.point);
  // One for each marker would hide everything else.
  if (point == ChoicePoint::kStaleMarkerOrder) return;
  Line("-", "choice", fmt::format("{}: {} of {}", ChoicePointText(point), e.picked + 1, e.alternatives));
}

void Timeline::Describe(const trace::EventPlanned& e) {
  Line("-", "plan", std::string(e.text), Tone::kNote);
}

void Timeline::Describe(const trace::TransactionEnded& e) {
  if (!e.committed) {
    Line(SubjectOf(e.scrape), "rollback", "the samples appended so far are dropped", Tone::kBad);
  } else if (!e.error.empty()) {
    Line(SubjectOf(e.scrape), "commit", fmt::format("failed: {}", e.error), Tone::kBad);
  }
}

void Timeline::Describe(const trace::ScenarioEvent& e) {
  Line("-", "event", std::string(e.text), Tone::kNote);
}

}  // namespace stalemark::scenario
