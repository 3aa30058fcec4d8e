// SPDX-License-Identifier: Apache-2.0
// Targets and loops: why one is scraped, is not, is not any more, or not now.
#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/explain/inquiry.h"
#include "sim/run/action_text.h"
#include "sim/run/stored_series.h"

namespace stalemark::scenario {
namespace {

constexpr std::string_view kAddress = "__address__";

/// The query's labels are the target's, as discovered or as scraped.
bool Matches(const FoundTarget& found, const Labels& wanted) {
  for (const Label label : wanted) {
    const bool discovered = found.discovered.Get(label.name) == label.value;
    const bool scraped = found.target && found.target->labels().Get(label.name) == label.value;
    // What instance would be by default.
    const bool address = label.name == "instance" && found.discovered.Get(kAddress) == label.value && !found.target;
    if (!discovered && !scraped && !address) return false;
  }
  return true;
}

std::vector<FoundTarget> FindTargets(const Inquiry& inquiry, const Labels& wanted) {
  std::vector<FoundTarget> all;
  for (const ServerHistory::Job& job : inquiry.server.JobsAt(inquiry.at())) {
    for (FoundTarget& found : inquiry.server.TargetsAt(job->job_name, inquiry.at())) {
      if (Matches(found, wanted)) all.push_back(std::move(found));
    }
  }
  // Those that are scraped first.
  std::stable_partition(all.begin(), all.end(), [](const FoundTarget& found) { return found.target.has_value(); });
  return all;
}

std::string EventSince(const Inquiry& inquiry, const EventSpan* span) {
  if (span == nullptr) return {};
  const std::string at = InstantText(span->begin);
  const bool reload = std::holds_alternative<Reload>(inquiry.scenario.events[span->index].action);
  return (reload ? "the reload at " : "the change of targets at ") + at;
}

/// What relabel_configs did to it.
void TellRelabelling(Inquiry& inquiry, const FoundTarget& found) {
  const ServerHistory::Job job = inquiry.server.JobAt(found.job, inquiry.at());
  if (!job) return;
  TellRules(inquiry, "relabel_configs", job->relabel_configs, found.relabelling, nullptr);
}

/// `rule 3 of relabel_configs dropped it: env="dev" matches dev`.
std::string DropSentence(const Inquiry& inquiry, const FoundTarget& found, MonotonicTime at) {
  const ServerHistory::Job job = inquiry.server.JobAt(found.job, at);
  if (found.relabelling.verdict != RelabelVerdict::kDrop || !job || found.relabelling.steps.empty()) {
    return "relabelling left it no label";
  }
  const RelabelStep& step = found.relabelling.steps.back();
  const std::string text = RelabelStepText(job->relabel_configs[step.rule], step);
  return fmt::format("rule {} of relabel_configs dropped it: {}", step.rule + 1, text.substr(text.find(": ") + 2));
}

const History::Loop* LoopOf(const Inquiry& inquiry, const FoundTarget& found) {
  const Labels labels = found.target->PublicLabels();
  const std::string url = found.target->ScrapeUrl().String();
  const History::Loop* last = nullptr;
  for (const History::Loop& loop : inquiry.history.loops()) {
    const bool alive = loop.started <= inquiry.at() && (!loop.stopped || *loop.stopped > inquiry.at());
    if (alive && loop.pool == found.job && *loop.labels == labels && loop.url == url) last = &loop;
  }
  return last;
}

void ExplainActive(Inquiry& inquiry, const FoundTarget& found) {
  const History::Loop* loop = LoopOf(inquiry, found);
  if (loop == nullptr) {
    inquiry.Conclude(Outcome::kTargetAbsent, "not_started",
                     "not scraped yet: Prometheus has not taken over the targets of the job");
    return;
  }
  inquiry.told_loop = loop;
  inquiry.out.subject = SubjectText(*loop->labels);
  inquiry.Add(LinkKind::kTarget, loop->started,
              fmt::format("{} is scraped every {} from {} on, timeout {}", loop->url, LengthText(loop->interval),
                          inquiry.Since(loop->grid.g0_ms), LengthText(loop->timeout)));
  const History::Scrape* last = nullptr;
  for (const std::uint64_t seq : loop->scrapes) {
    const History::Scrape* scrape = inquiry.history.FindScrape(seq);
    if (scrape->begin <= inquiry.at() && scrape->finished) last = scrape;
  }
  if (last == nullptr) {
    inquiry.Conclude(Outcome::kTargetActive, "unknown",
                     fmt::format("scraped, first at {}", inquiry.Since(loop->grid.g0_ms)));
    return;
  }
  TellSchedule(inquiry, *last);
  TellResponse(inquiry, *last);
  if (last->failed() && last->fetch_error.empty()) TellFailure(inquiry, *last);
  inquiry.Conclude(Outcome::kTargetActive, last->failed() ? "down" : "up",
                   last->failed() ? "scraped, and down: " + FailureSentence(inquiry, *last)
                                  : fmt::format("scraped, and up: {} at {} succeeded", inquiry.Name(*last),
                                                inquiry.Since(last->t_ms)));
}

void ExplainFoundTarget(Inquiry& inquiry, const FoundTarget& found) {
  inquiry.out.subject = fmt::format("{{__address__={}, job={}}}", text::GoQuote(found.discovered.Get(kAddress)),
                                    text::GoQuote(found.job));
  const std::optional<MonotonicTime> sync = inquiry.server.LastSync(found.job, inquiry.at());
  const std::string address(found.discovered.Get(kAddress));
  inquiry.Add(LinkKind::kTarget, sync.value_or(MonotonicTime{}),
              fmt::format("discovery finds {} for job {}", address.empty() ? "a target" : address, found.job));
  TellRelabelling(inquiry, found);
  if (const std::string_view error = inquiry.server.PoolError(found.job, inquiry.at()); !error.empty()) {
    inquiry.Conclude(Outcome::kTargetAbsent, "pool_failed",
                     fmt::format("not scraped: the pool of job {} could not be created: {}", found.job, error));
  } else if (!sync) {
    inquiry.Conclude(Outcome::kTargetAbsent, "not_started",
                     "not scraped yet: Prometheus takes over targets every 5s at most, for the first time after 5s");
  } else if (!found.error.empty()) {
    inquiry.Conclude(Outcome::kTargetAbsent, "target_failed", "not scraped: " + found.error);
  } else if (!found.target) {
    inquiry.Conclude(Outcome::kTargetAbsent, "target_dropped", "not scraped: " + DropSentence(inquiry, found, *sync));
  } else {
    ExplainActive(inquiry, found);
  }
}

/// Those loops of other times that scrape what the labels name.
std::vector<const History::Loop*> LoopsNamed(const Inquiry& inquiry, const Labels& wanted) {
  std::vector<const History::Loop*> loops;
  for (const History::Loop& loop : inquiry.history.loops()) {
    bool named = true;
    for (const Label label : wanted) {
      const bool address = label.name == kAddress && loop.url.find(label.value) != std::string_view::npos;
      named = named && (address || loop.labels->Get(label.name) == label.value);
    }
    if (named) loops.push_back(&loop);
  }
  return loops;
}

std::string NearestAddress(const Inquiry& inquiry, std::string_view wanted) {
  std::vector<std::string> addresses;
  for (const ServerHistory::Job& job : inquiry.server.JobsAt(inquiry.at())) {
    for (const FoundTarget& found : inquiry.server.TargetsAt(job->job_name, inquiry.at())) {
      addresses.emplace_back(found.discovered.Get(kAddress));
    }
  }
  return std::string(text::NearestWord(wanted, {addresses.begin(), addresses.end()}));
}

/// Of the subject's labels those that name its target.
Labels TargetLabelsOf(const Labels& labels) {
  std::vector<Label> kept;
  for (const Label label : labels) {
    if (label.name == "job" || label.name == "instance") kept.push_back(label);
  }
  return Labels::FromSorted(kept);
}

/// The scrape of a loop in whose slot the instant lies; null: none.
const History::Scrape* ScrapeInSlot(const Inquiry& inquiry, const History::Loop& loop) {
  const std::int64_t slot = loop.grid.SlotOf(inquiry.at_ms());
  const History::Scrape* last = nullptr;
  for (const std::uint64_t seq : loop.scrapes) {
    const History::Scrape* scrape = inquiry.history.FindScrape(seq);
    if (slot >= 0 && loop.grid.SlotOf(scrape->t_ms) == slot) last = scrape;
  }
  return last;
}

/// Looks for the subject in the bodies of the instant: relabelling may have dropped it everywhere.
bool ExplainFromBodies(Inquiry& inquiry) {
  for (const History::Loop& loop : inquiry.history.loops()) {
    const History::Scrape* scrape = ScrapeInSlot(inquiry, loop);
    if (scrape == nullptr || !scrape->fetched) continue;
    for (const BodySample& sample : inquiry.Read(*scrape).samples) {
      if (!inquiry.IsSubject(sample.before) && !inquiry.IsSubject(sample.after)) continue;
      ExplainScrape(inquiry, *scrape);
      return true;
    }
  }
  return false;
}

/// What hung on chance when the loop or its pool was stopped.
void TellChoices(Inquiry& inquiry, const History::Loop& loop) {
  for (const History::Choice& choice : inquiry.history.choices()) {
    const bool concerns = choice.point == ChoicePoint::kStopOrder || choice.loop == loop.id;
    if (choice.at != *loop.stopped || choice.point == ChoicePoint::kStaleMarkerOrder || !concerns) continue;
    inquiry.Add(LinkKind::kNote, choice.at,
                fmt::format("this hung on chance: {}; the seed took number {} of {}", ChoicePointText(choice.point),
                            choice.picked + 1, choice.alternatives));
  }
}

/// The pause of the process in which that time lies, and its length; null: none.
const EventSpan* PauseAt(const Inquiry& inquiry, MonotonicTime at, Nanoseconds* length) {
  for (const EventSpan& span : inquiry.result.events) {
    const auto* pause = std::get_if<ProcessPause>(&inquiry.scenario.events[span.index].action);
    if (pause == nullptr || span.begin > at || at > span.begin + pause->length) continue;
    *length = pause->length;
    return &span;
  }
  return nullptr;
}

void ExplainLostTick(Inquiry& inquiry, const History::Loop& loop) {
  inquiry.told_loop = &loop;
  const std::int64_t slot = loop.grid.SlotOf(inquiry.at_ms());
  const std::int64_t due_ms = loop.grid.g0_ms + slot * loop.grid.interval_ms;
  const History::Scrape* before = nullptr;
  for (const std::uint64_t seq : loop.scrapes) {
    const History::Scrape* scrape = inquiry.history.FindScrape(seq);
    if (scrape->t_ms < due_ms) before = scrape;
  }
  const std::string due = inquiry.Since(due_ms);
  const std::string every = LengthText(loop.interval);
  if (before == nullptr) {
    TellEvents(inquiry, loop, loop.started, inquiry.at());
    inquiry.Conclude(Outcome::kNone, "lost_tick", fmt::format("no sample: the scrape due at {} did not begin", due));
    return;
  }
  TellSchedule(inquiry, *before);
  TellEvents(inquiry, loop, before->begin + Nanoseconds(1), inquiry.at() + Nanoseconds(1));
  TellResponse(inquiry, *before);
  const std::optional<MonotonicTime> end = before->end();
  const MonotonicTime due_at(std::chrono::milliseconds(due_ms) - inquiry.scenario.start.time_since_epoch());
  Nanoseconds length{0};
  const EventSpan* pause = PauseAt(inquiry, due_at, &length);
  if (!end || *end > due_at) {
    const std::string until = end ? "until " + SecondsText(*end) : "when the run ends";
    inquiry.Add(LinkKind::kCommit, end.value_or(inquiry.at()),
                end ? inquiry.Name(*before) + " is over: its commit has ended"
                    : inquiry.Name(*before) + " is not over when the run ends");
    inquiry.Add(LinkKind::kNote, "a loop has one scrape at a time, and keeps one tick at most for later");
    inquiry.Conclude(Outcome::kNone, "lost_tick",
                     fmt::format("no sample: no scrape began in the {} from {} on, because {} was running from {} {}",
                                 every, due, inquiry.Name(*before), SecondsText(before->begin), until));
  } else if (pause != nullptr) {
    inquiry.Conclude(
        Outcome::kNone, "lost_tick",
        fmt::format("no sample: no scrape began in the {} from {} on, because the process stood still from {} to {}",
                    every, due, SecondsText(pause->begin), SecondsText(pause->begin + length)));
  } else {
    inquiry.Conclude(Outcome::kNone, "lost_tick",
                     fmt::format("no sample: no scrape began in the {} from {} on", every, due));
  }
}

}  // namespace

std::string EndOfTarget(Inquiry& inquiry, const History::Loop& loop) {
  TellChoices(inquiry, loop);
  const std::string since = EventSince(inquiry, inquiry.server.LastTargetEvent(*loop.stopped));
  const auto told = [&](std::string text) {
    inquiry.Add(LinkKind::kTarget, *loop.stopped, fmt::format("{} is no longer scraped: {}", loop.subject, text));
    return since.empty() ? text : fmt::format("{}, since {}", text, since);
  };
  const MonotonicTime stopped = *loop.stopped;
  if (!inquiry.server.JobAt(loop.pool, stopped)) {
    return told(fmt::format("job {} is not in the configuration any more", loop.pool));
  }
  const std::optional<Target> target = inquiry.server.TargetOf(loop);
  const std::string address(target ? target->DiscoveredLabels().Get(kAddress) : loop.labels->Get("instance"));
  for (const FoundTarget& found : inquiry.server.TargetsAt(loop.pool, stopped)) {
    if (found.discovered.Get(kAddress) != address) continue;
    if (!found.error.empty()) return told(found.error);
    if (!found.target) return told(DropSentence(inquiry, found, stopped));
    const Labels labels = found.target->PublicLabels();
    if (labels != *loop.labels) {
      return told(fmt::format("relabelling gives the target other labels, {}", labels.ToString()));
    }
    return told("its loop was replaced by one with another configuration, which does not have the series");
  }
  return told(fmt::format("discovery does not find {} any more", address));
}

void ExplainNoScrape(Inquiry& inquiry, const std::vector<const History::Loop*>& loops) {
  const History::Loop* alive = nullptr;
  const History::Loop* past = nullptr;
  const History::Loop* next = nullptr;
  for (const History::Loop* loop : loops) {
    if (loop->started > inquiry.at()) {
      if (next == nullptr) next = loop;
    } else if (loop->stopped && *loop->stopped <= inquiry.at()) {
      past = loop;
    } else {
      alive = loop;
    }
  }
  if (alive != nullptr && inquiry.at_ms() >= alive->grid.g0_ms) {
    ExplainLostTick(inquiry, *alive);
    return;
  }
  if (alive != nullptr) {
    inquiry.Add(LinkKind::kTarget, alive->started,
                fmt::format("{} is known since {} and scraped every {}", alive->subject, SecondsText(alive->started),
                            LengthText(alive->interval)));
    inquiry.Conclude(Outcome::kNone, "before_first_scrape",
                     fmt::format("no sample: the first scrape of {} is due at {}", alive->subject,
                                 inquiry.Since(alive->grid.g0_ms)));
    return;
  }
  if (past != nullptr) {
    const std::string why = EndOfTarget(inquiry, *past);
    const Sample* newest = inquiry.NewestAt(inquiry.at_ms());
    if (newest != nullptr && IsStaleNaN(newest->bits)) {
      inquiry.Add(LinkKind::kNote, fmt::format("the series has its stale marker at {}", inquiry.Since(newest->t_ms)));
    } else if (past->end_of_run_abandoned || !past->end_of_run_pending) {
      inquiry.Add(LinkKind::kNote,
                  "no stale markers are written: the job is gone, or another loop goes on with the series");
    }
    inquiry.Conclude(
        Outcome::kNone, "target_gone",
        fmt::format("no sample: {} is not scraped since {}: {}", past->subject, SecondsText(*past->stopped), why));
    return;
  }
  inquiry.Conclude(
      Outcome::kNone, "target_not_there",
      fmt::format("no sample: {} is scraped only from {} on", next->subject, inquiry.Since(next->grid.g0_ms)));
}

void ExplainTarget(Inquiry& inquiry) {
  const std::vector<FoundTarget> found = FindTargets(inquiry, inquiry.subject);
  if (!found.empty()) {
    ExplainFoundTarget(inquiry, found.front());
    if (found.size() > 1) {
      std::string more = fmt::format("{} more with these labels", found.size() - 1);
      if (found[1].target) more += ": " + found[1].target->ScrapeUrl().String();
      if (found[1].target && found.size() > 2) more += ", ...";
      inquiry.Add(LinkKind::kNote, std::move(more));
    }
    return;
  }
  const std::vector<const History::Loop*> loops = LoopsNamed(inquiry, inquiry.subject);
  if (!loops.empty()) {
    ExplainNoScrape(inquiry, loops);
    inquiry.out.outcome = Outcome::kTargetAbsent;
    const std::string& headline = inquiry.out.headline;
    const std::size_t since = headline.find("not scraped since");
    inquiry.out.headline = since == std::string::npos ? "not scraped: " + headline.substr(headline.find(": ") + 2)
                                                      : headline.substr(since);
    return;
  }
  inquiry.Conclude(Outcome::kTargetAbsent, "target_unknown", "not scraped: discovery finds no such target for any job");
  std::string_view wanted = inquiry.subject.Get(kAddress);
  if (wanted.empty()) wanted = inquiry.subject.Get("instance");
  const std::string nearest = NearestAddress(inquiry, wanted);
  if (!nearest.empty()) inquiry.out.next = fmt::format("did you mean {}?", nearest);
}

void SuggestNearest(Inquiry& inquiry) {
  const Labels* nearest = StoredSeries(inquiry.head()).Nearest(inquiry.subject);
  if (nearest != nullptr) inquiry.out.next = fmt::format("did you mean {}?", SeriesText(*nearest));
}

void ExplainUnknown(Inquiry& inquiry) {
  if (ExplainFromBodies(inquiry)) return;
  const Labels target = TargetLabelsOf(inquiry.subject);
  for (const FoundTarget& found : target.empty() ? std::vector<FoundTarget>() : FindTargets(inquiry, target)) {
    const bool no_pool = !inquiry.server.PoolError(found.job, inquiry.at()).empty();
    // Without an address any target that was dropped would do.
    if (!no_pool && (found.target || target.Get("instance").empty())) continue;
    ExplainFoundTarget(inquiry, found);
    inquiry.out.subject = SubjectText(inquiry.subject);
    inquiry.out.outcome = Outcome::kNone;
    inquiry.out.headline = "no sample, because its target is " + inquiry.out.headline;
    return;
  }
  inquiry.Conclude(Outcome::kNone, "unknown_series", "no sample: no scrape of the run has this series");
  SuggestNearest(inquiry);
}

}  // namespace stalemark::scenario
