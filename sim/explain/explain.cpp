// SPDX-License-Identifier: Apache-2.0
#include "sim/explain/explain.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/model/value.h"
#include "sim/explain/inquiry.h"
#include "sim/faults/plan.h"
#include "sim/run/stored_series.h"
#include "sim/scenario/yaml_fields.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kShownMax = 5;

/// What the query's labels stand for among the series of the run.
struct Subject {
  Labels labels;
  bool is_complete = false;
};

Result<Subject> FindSubject(const ScenarioResult& result, const ExplainQuery& query) {
  std::vector<const Labels*> candidates;
  for (const auto& storage : result.storages) {
    for (const SeriesRef ref : storage->SeriesByLabels()) {
      const Labels& labels = storage->LabelsOf(ref);
      if (labels == query.labels) return Subject{labels, true};
      const bool known =
          std::any_of(candidates.begin(), candidates.end(), [&](const Labels* one) { return *one == labels; });
      if (HoldsAll(labels, query.labels) && !known) candidates.push_back(&labels);
    }
  }
  if (candidates.empty()) return Subject{query.labels, false};
  if (candidates.size() == 1) return Subject{*candidates.front(), true};
  std::string message = fmt::format("{} are {} series: give more labels", SeriesText(query.labels), candidates.size());
  for (std::size_t i = 0; i < std::min(candidates.size(), kShownMax); ++i) {
    message += "\n  " + SeriesText(*candidates[i]);
  }
  if (candidates.size() > kShownMax) message += fmt::format("\n  and {} more", candidates.size() - kShownMax);
  return Error{message};
}

void FindStored(Inquiry& inquiry) {
  for (const SeriesRef ref : inquiry.head().SeriesByLabels()) {
    if (inquiry.head().LabelsOf(ref) != inquiry.subject) continue;
    inquiry.ref = ref;
    inquiry.samples = inquiry.head().Samples(ref);
  }
}

/// The loops that feed the subject, now or at other times: those that appended to it, or whose labels it carries.
std::vector<const History::Loop*> FindLoops(const Inquiry& inquiry) {
  std::vector<bool> feeds(inquiry.history.loops().size() + 1);
  bool any = false;
  for (const History::Scrape& scrape : inquiry.history.scrapes()) {
    if (!scrape.appends.empty() && scrape.loop != 0) feeds[static_cast<std::size_t>(scrape.loop)] = any = true;
  }
  std::vector<const History::Loop*> loops;
  for (const History::Loop& loop : inquiry.history.loops()) {
    bool is_ours = feeds[static_cast<std::size_t>(loop.id)];
    if (any && !is_ours) {
      // The same target before or after a reload.
      for (const History::Loop& other : inquiry.history.loops()) {
        is_ours = is_ours || (feeds[static_cast<std::size_t>(other.id)] && other.pool == loop.pool &&
                              *other.labels == *loop.labels);
      }
    } else if (!any) {
      is_ours = !loop.labels->empty() && HoldsAll(inquiry.subject, *loop.labels);
    }
    if (is_ours) loops.push_back(&loop);
  }
  return loops;
}

/// The scrape that decides what the subject has at the instant; null: none does.
const History::Scrape* FindScrape(const Inquiry& inquiry, const std::vector<const History::Loop*>& loops) {
  const History::Scrape* best = nullptr;
  int best_rank = 0;
  for (const History::Scrape& scrape : inquiry.history.scrapes()) {
    const bool ours =
        std::any_of(loops.begin(), loops.end(), [&](const History::Loop* loop) { return loop->id == scrape.loop; });
    if (!ours) continue;
    const History::Loop& loop = inquiry.history.LoopOf(scrape);
    const std::int64_t slot = loop.grid.SlotOf(inquiry.at_ms());
    int rank = 0;
    if (slot >= 0 && loop.grid.SlotOf(scrape.t_ms) == slot) rank = scrape.end_of_run ? 1 : 2;
    for (const History::Append& append : scrape.appends) {
      const bool taken = append.verdict == AppendCode::kOk;
      if (append.t_ms == inquiry.at_ms()) rank = std::max(rank, taken ? 6 : 4);
      if (slot < 0 || loop.grid.SlotOf(append.t_ms) != slot) continue;
      rank = std::max(rank, !taken ? 3 : inquiry.StoredAt(append.t_ms) != nullptr ? 5 : 4);
    }
    // What was appended first counts; of scrapes without an append the last.
    if (rank == 0 || rank < best_rank || (rank == best_rank && rank > 3)) continue;
    best = &scrape;
    best_rank = rank;
  }
  return best;
}

/// The last scrape that began within an interval before the instant, if a step of the wall clock put its time
/// elsewhere; null: there is none.
const History::Scrape* FindDisplaced(const Inquiry& inquiry, const std::vector<const History::Loop*>& loops) {
  const History::Scrape* last = nullptr;
  for (const History::Scrape& scrape : inquiry.history.scrapes()) {
    const bool ours =
        std::any_of(loops.begin(), loops.end(), [&](const History::Loop* loop) { return loop->id == scrape.loop; });
    if (!ours || scrape.end_of_run) continue;
    const Nanoseconds interval = inquiry.history.LoopOf(scrape).interval;
    const Nanoseconds ago = inquiry.at() - scrape.begin;
    const std::int64_t undisturbed_ms = UnixMillis(inquiry.scenario.start + scrape.begin.time_since_epoch());
    const bool displaced = std::chrono::milliseconds(std::abs(scrape.t_ms - undisturbed_ms)) >= interval;
    if (displaced && ago >= Nanoseconds(0) && ago < interval) last = &scrape;
  }
  return last;
}

void ExplainDisplaced(Inquiry& inquiry, const History::Scrape& scrape) {
  const std::string time = inquiry.Since(scrape.t_ms);
  inquiry.Add(LinkKind::kTime, scrape.begin, fmt::format("the wall clock was set: its samples have the time {}", time));
  ExplainScrape(inquiry, scrape);
  if (inquiry.out.outcome == Outcome::kNone) return;
  inquiry.Conclude(Outcome::kNone, "other_time",
                   fmt::format("no sample of that time: those of scrape {} have the time {}", scrape.seq, time));
}

InstantView ViewAt(const Inquiry& inquiry) {
  const std::string at = SecondsText(inquiry.at());
  const Sample* newest = inquiry.NewestAt(inquiry.at_ms());
  InstantView view;
  if (newest == nullptr) {
    view.text = fmt::format("an instant query at {} sees nothing: there is no sample up to then", at);
    return view;
  }
  const std::string of = inquiry.Since(newest->t_ms);
  if (inquiry.at_ms() - newest->t_ms >= kLookbackMs) {
    view.text =
        fmt::format("an instant query at {} sees nothing: the newest sample, of {}, is 5m old or older", at, of);
  } else if (IsStaleNaN(newest->bits)) {
    view.text = fmt::format("an instant query at {} sees nothing: the newest sample is the stale marker of {}", at, of);
  } else {
    view.t_ms = newest->t_ms;
    view.value = SampleText(*newest);
    view.text = fmt::format("an instant query at {} sees {}, of {}", at, view.value, of);
  }
  return view;
}

/// Notes go first, then what stands in the middle.
void CutChain(std::vector<Link>& chain) {
  while (chain.size() > kChainMax) {
    const auto note =
        std::find_if(chain.rbegin(), chain.rend(), [](const Link& link) { return link.kind == LinkKind::kNote; });
    chain.erase(note == chain.rend() ? chain.begin() + static_cast<std::ptrdiff_t>(chain.size() / 2)
                                     : std::next(note).base());
  }
}

void Answer(Inquiry& inquiry) {
  if (!inquiry.subject.Has(kMetricName)) {
    ExplainTarget(inquiry);
    return;
  }
  const std::vector<const History::Loop*> loops = FindLoops(inquiry);
  const History::Scrape* scrape = FindScrape(inquiry, loops);
  const History::Scrape* displaced = scrape == nullptr ? FindDisplaced(inquiry, loops) : nullptr;
  if (scrape != nullptr) {
    ExplainScrape(inquiry, *scrape);
  } else if (displaced != nullptr) {
    ExplainDisplaced(inquiry, *displaced);
  } else if (!loops.empty()) {
    ExplainNoScrape(inquiry, loops);
  } else {
    ExplainUnknown(inquiry);
  }
  inquiry.out.query = ViewAt(inquiry);
}

}  // namespace

Result<Explanation> Explain(const Scenario& unplanned, const ScenarioResult& result, const ExplainQuery& query) {
  const Scenario scenario = WithPlan(unplanned);
  if (query.storage >= result.storages.size()) {
    return Error{fmt::format("there is no secondary {}: the scenario has {}", query.storage, scenario.secondaries)};
  }
  if (query.at < Nanoseconds(0) || query.at > scenario.duration) {
    return Error{fmt::format("the run lasts {}, from {}", FormatDuration(scenario.duration), "0s")};
  }
  Subject subject{query.labels, true};
  if (query.labels.Has(kMetricName)) {
    Result<Subject> found = FindSubject(result, query);
    if (!found.ok()) return found.error();
    subject = std::move(found).value();
  }
  const auto wanted = [&subject](const Labels& labels) {
    return subject.is_complete ? labels == subject.labels : HoldsAll(labels, subject.labels);
  };
  const Result<History> history = History::Read(result.trace, result.record, wanted);
  if (!history.ok()) return history.error();
  const ServerHistory server(scenario, result, *history);
  Inquiry inquiry{scenario, result, query, *history, server};
  inquiry.subject = subject.labels;
  inquiry.is_complete = subject.is_complete;
  inquiry.out.subject = SubjectText(subject.labels);
  inquiry.out.at = query.at;
  inquiry.out.wall = scenario.start + query.at;
  FindStored(inquiry);
  Answer(inquiry);
  CutChain(inquiry.out.chain);
  return std::move(inquiry.out);
}

std::string ExplainShort(const Scenario& scenario, const ScenarioResult& result, const ExplainQuery& query) {
  const Result<Explanation> explanation = Explain(scenario, result, query);
  return explanation.ok() ? explanation->headline : std::string();
}

Result<Labels> ParseExplainSubject(std::string_view text) {
  Result<Labels> series = ParseSeriesName(text);
  if (series.ok() || text.empty() || text[0] != '{') return series;
  // Labels of a target: no metric has them, so one is lent.
  const Result<Labels> lent = ParseSeriesName("target" + std::string(text));
  if (!lent.ok()) return series;
  LabelsBuilder builder(*lent);
  builder.Del(kMetricName);
  Labels labels = builder.Build();
  if (labels.empty()) return series;
  return labels;
}

Result<Nanoseconds> ParseExplainTime(std::string_view text, WallTime start) {
  if (const std::optional<WallTime> instant = ParseInstant(text)) return *instant - start;
  const Result<Nanoseconds> duration = ParseDuration(text);
  if (duration.ok()) return duration;
  // As reports print it: whole units, the last with a fraction of seconds.
  const std::size_t point = text.rfind('.');
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (point != std::string_view::npos && point > 0 && is_digit(text[point - 1]) && text.back() == 's' &&
      text.size() - point <= 11) {
    const std::string_view digits = text.substr(point + 1, text.size() - point - 2);
    const Result<Nanoseconds> whole = ParseDuration(std::string(text.substr(0, point)) + "s");
    const bool is_number = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
    if (whole.ok() && is_number) {
      std::int64_t fraction = 0;
      for (std::size_t i = 0; i < 9; ++i) fraction = fraction * 10 + (i < digits.size() ? digits[i] - '0' : 0);
      return *whole + Nanoseconds(fraction);
    }
  }
  return Error{fmt::format("found {}, expected a time: 1m18s, 78.139s or 2026-01-01T00:01:18Z", text)};
}

}  // namespace stalemark::scenario
