// SPDX-License-Identifier: Apache-2.0
#include "sim/explain/explain.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/model/value.h"
#include "core/text/ascii.h"
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

bool IsSameTarget(const History::Loop& one, const History::Loop& other) {
  return one.pool == other.pool && *one.labels == *other.labels && one.url == other.url;
}

/// Which labels of the subject are those of the loop's target. Labels that the target does not have are the series'
/// own.
enum class Shared : std::uint8_t { kContradiction, kNone, kSome };

Shared SharedLabels(const Inquiry& inquiry, const History::Loop& loop) {
  Shared shared = Shared::kNone;
  for (const Label label : inquiry.subject) {
    const std::string_view own = loop.labels->Get(label.name);
    if (!own.empty() && own != label.value) return Shared::kContradiction;
    if (own == label.value) shared = Shared::kSome;
  }
  return shared;
}

bool HasAnswered(const Inquiry& inquiry, const History::Loop& loop) {
  return std::any_of(loop.scrapes.begin(), loop.scrapes.end(), [&](std::uint64_t seq) {
    const History::Scrape& scrape = *inquiry.history.FindScrape(seq);
    return scrape.finished && !scrape.failed();
  });
}

/// Of a subject that nobody ever appended to: the loops of the target whose labels it carries; or, if it carries only
/// some, of the one target that has them; or of the only target of the run, if that never answered.
std::vector<const History::Loop*> LoopsByLabels(const Inquiry& inquiry) {
  std::vector<const History::Loop*> carried;
  std::vector<const History::Loop*> possible;
  std::vector<const History::Loop*> mute;
  const std::vector<History::Loop>& all = inquiry.history.loops();
  for (const History::Loop& loop : all) {
    if (!loop.labels->empty() && HoldsAll(inquiry.subject, *loop.labels)) carried.push_back(&loop);
    const Shared shared = SharedLabels(inquiry, loop);
    if (shared == Shared::kSome) possible.push_back(&loop);
    if (shared == Shared::kNone && !HasAnswered(inquiry, loop)) mute.push_back(&loop);
  }
  if (!carried.empty()) return carried;
  if (possible.empty() && mute.size() == all.size()) possible = mute;
  const bool is_one = std::all_of(possible.begin(), possible.end(),
                                  [&](const History::Loop* loop) { return IsSameTarget(*loop, *possible.front()); });
  return is_one ? possible : std::vector<const History::Loop*>();
}

/// The loops that feed the subject, now or at other times.
std::vector<const History::Loop*> FindLoops(const Inquiry& inquiry) {
  std::vector<bool> feeds(inquiry.history.loops().size() + 1);
  bool any = false;
  for (const History::Scrape& scrape : inquiry.history.scrapes()) {
    if (!scrape.appends.empty() && scrape.loop != 0) feeds[static_cast<std::size_t>(scrape.loop)] = any = true;
  }
  if (!any) return LoopsByLabels(inquiry);
  std::vector<const History::Loop*> loops;
  for (const History::Loop& loop : inquiry.history.loops()) {
    bool is_ours = feeds[static_cast<std::size_t>(loop.id)];
    // The same target before or after a reload.
    for (const History::Loop& other : inquiry.history.loops()) {
      is_ours = is_ours ||
                (feeds[static_cast<std::size_t>(other.id)] && other.pool == loop.pool && *other.labels == *loop.labels);
    }
    if (is_ours) loops.push_back(&loop);
  }
  return loops;
}

/// How much a scrape has to say about the instant.
struct Claim {
  /// 0: nothing. See RankOf.
  int rank = 0;
  /// From the nearest sample of that rank to the instant; later ones lie behind all earlier ones.
  std::uint64_t distance_ms = 0;

  void Raise(int to, std::int64_t t_ms, std::int64_t at_ms) {
    constexpr std::uint64_t kLater = std::uint64_t{1} << 63U;
    // Unsigned: an exporter may say any time.
    const std::uint64_t distance =
        t_ms <= at_ms ? static_cast<std::uint64_t>(at_ms) - static_cast<std::uint64_t>(t_ms)
                      : kLater + (static_cast<std::uint64_t>(t_ms) - static_cast<std::uint64_t>(at_ms));
    if (to < rank || (to == rank && distance >= distance_ms)) return;
    rank = to;
    distance_ms = distance;
  }
};

/// Ranks: 6: took a sample of the instant; 5: a sample of its slot is stored; 4: one of the instant was refused, or one
/// of the slot was taken and is not stored; 3: one of the slot was refused; 2: a scrape of the slot; 1: the end of run.
Claim ClaimOf(const Inquiry& inquiry, const History::Scrape& scrape) {
  const std::int64_t at_ms = inquiry.at_ms();
  const History::Loop& loop = inquiry.history.LoopOf(scrape);
  const std::int64_t slot = loop.grid.SlotOf(at_ms);
  Claim claim;
  if (slot >= 0 && loop.grid.SlotOf(scrape.t_ms) == slot) claim.rank = scrape.end_of_run ? 1 : 2;
  for (const History::Append& append : scrape.appends) {
    const bool taken = append.verdict == AppendCode::kOk;
    if (append.t_ms == at_ms) claim.Raise(taken ? 6 : 4, append.t_ms, at_ms);
    if (slot < 0 || loop.grid.SlotOf(append.t_ms) != slot) continue;
    const int rank = !taken ? 3 : inquiry.StoredAt(append.t_ms) != nullptr ? 5 : 4;
    claim.Raise(rank, append.t_ms, at_ms);
  }
  return claim;
}

/// The scrape that decides what the subject has at the instant; null: none does.
const History::Scrape* FindScrape(const Inquiry& inquiry, const std::vector<const History::Loop*>& loops) {
  const History::Scrape* best = nullptr;
  Claim most;
  for (const History::Scrape& scrape : inquiry.history.scrapes()) {
    const bool ours =
        std::any_of(loops.begin(), loops.end(), [&](const History::Loop* loop) { return loop->id == scrape.loop; });
    if (!ours) continue;
    const Claim claim = ClaimOf(inquiry, scrape);
    if (claim.rank == 0 || claim.rank < most.rank) continue;
    // Of samples that one counts which a query sees, and of those with one time the first; of scrapes without a sample
    // the last.
    if (claim.rank == most.rank && claim.rank > 3 && claim.distance_ms >= most.distance_ms) continue;
    best = &scrape;
    most = claim;
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
                   fmt::format("no sample of that time: those of {} have the time {}", inquiry.Name(scrape), time));
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
  CutChain(inquiry);
  for (Link& link : inquiry.out.chain) {
    const History::Scrape* scrape = history->FindScrape(link.scrape);
    if (scrape != nullptr) link.number = scrape->number;
  }
  return std::move(inquiry.out);
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
  if (point != std::string_view::npos && point > 0 && ascii::IsDigit(text[point - 1]) && text.back() == 's' &&
      text.size() - point <= 11) {
    const std::string_view digits = text.substr(point + 1, text.size() - point - 2);
    const Result<Nanoseconds> whole = ParseDuration(std::string(text.substr(0, point)) + "s");
    const bool is_number = !digits.empty() && std::all_of(digits.begin(), digits.end(), ascii::IsDigit);
    if (whole.ok() && is_number) {
      std::int64_t fraction = 0;
      for (std::size_t i = 0; i < 9; ++i) fraction = fraction * 10 + (i < digits.size() ? digits[i] - '0' : 0);
      return *whole + Nanoseconds(fraction);
    }
  }
  return Error{fmt::format("found {}, expected a time: 1m18s, 78.139s or 2026-01-01T00:01:18Z", text)};
}

}  // namespace stalemark::scenario
