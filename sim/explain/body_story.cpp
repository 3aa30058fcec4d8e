// SPDX-License-Identifier: Apache-2.0
// From the line of a body to the labels of a series, and why a body has no line for one.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "sim/explain/inquiry.h"

namespace stalemark::scenario {
namespace {

using Rules = std::vector<RelabelRule>;

const BodySample* AtOffset(const BodyReading& reading, std::uint64_t offset) {
  const auto found = std::find_if(reading.samples.begin(), reading.samples.end(),
                                  [&](const BodySample& sample) { return sample.offset == offset; });
  return found == reading.samples.end() ? nullptr : &*found;
}

/// How the target's labels came in.
void TellTargetLabels(Inquiry& inquiry, const History::Scrape& scrape, const BodySample& sample, bool honor) {
  const Labels& target = *inquiry.history.LoopOf(scrape).labels;
  std::string added;
  for (const Label label : target) {
    const std::string_view exposed = sample.exposed.Get(label.name);
    if (exposed.empty()) {
      added += fmt::format("{}{}={}", added.empty() ? "" : ", ", label.name, text::GoQuote(label.value));
      continue;
    }
    const std::string both = fmt::format("{}={}", label.name, text::GoQuote(exposed));
    inquiry.Add(
        LinkKind::kRelabel, scrape,
        honor ? fmt::format("honor_labels is on: the exposed {} stays, the target's {} is not used", both, label.name)
              : fmt::format("honor_labels is off: the exposed {} becomes exported_{}, {} is the target's", both,
                            label.name, label.name));
  }
  if (!added.empty()) inquiry.Add(LinkKind::kRelabel, scrape, "labels of the target are added: " + added);
}

/// The labels after the first `count` rules.
Labels After(const Rules& rules, std::size_t count, const Labels& labels) {
  return ExplainRelabelRules(Rules(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(count)), labels).labels;
}

/// The other line, and where both became one series.
void TellCollision(Inquiry& inquiry, const History::Scrape& scrape, const BodySample& one, const BodySample& other,
                   const ScrapeConfig& job) {
  const Rules& rules = job.metric_relabel_configs;
  std::size_t rule = 0;
  std::string how;
  if (one.series == other.series) {
    how = "is exposed twice";
  } else if (one.exposed == other.exposed) {
    how = "is exposed twice, in two spellings";
  } else {
    while (rule < rules.size() && After(rules, rule, one.before) != After(rules, rule, other.before)) ++rule;
    for (const BodySample* sample : {&one, &other}) {
      for (const RelabelStep& step : ExplainRelabelRules(rules, sample->before).steps) {
        if (step.rule + 1 != rule) continue;
        for (const RelabelChange& change : step.changes) inquiry.decisive_labels.insert(change.name);
      }
    }
    how = rule == 0 ? fmt::format("became one when the target's labels were added (honor_labels is {})",
                                  job.honor_labels ? "on" : "off")
                    : fmt::format("became one after metric_relabel_configs rule {}", rule);
  }
  const BodySample& first = one.offset < other.offset ? one : other;
  const BodySample& second = one.offset < other.offset ? other : one;
  const std::string subject = one.exposed == other.exposed ? "this series" : "these two exposed series";
  Link& link = inquiry.Add(LinkKind::kBody, scrape,
                           fmt::format("{} {}: {} {} and {} {}; of samples with one time the first is kept", subject,
                                       how, inquiry.PlaceText(scrape, first.offset), first.series,
                                       inquiry.PlaceText(scrape, second.offset), second.series));
  const BodyPlace place = inquiry.PlaceOf(scrape, second.offset);
  link.line = place.line;
  link.column = place.column;
  link.rule = rule;
  link.series = second.series;
}

/// Who wrote the last marker of the subject before this scrape, if no sample followed; empty: nobody.
std::string StaleSince(const Inquiry& inquiry, const History::Scrape& before) {
  for (std::uint64_t seq = before.seq - 1; seq > 0; --seq) {
    const History::Scrape& scrape = *inquiry.history.FindScrape(seq);
    for (const History::Append& append : scrape.appends) {
      if (append.verdict != AppendCode::kOk) continue;
      if (append.origin != trace::Origin::kStaleMarker) return {};
      return fmt::format("{} wrote its stale marker at {}", inquiry.Name(scrape), inquiry.Since(append.t_ms));
    }
  }
  return {};
}

/// In the body, before metric relabelling or after it; null: not in it.
const BodySample* FindSubject(const Inquiry& inquiry, const BodyReading& reading) {
  const BodySample* before = nullptr;
  for (const BodySample& sample : reading.samples) {
    if (!sample.after.empty() && inquiry.IsSubject(sample.after)) return &sample;
    if (before == nullptr && inquiry.IsSubject(sample.before)) before = &sample;
  }
  return before;
}

/// The line of the body that has the metric's name and most labels in common.
const BodySample* NearestSample(const Inquiry& inquiry, const BodyReading& reading) {
  const BodySample* nearest = nullptr;
  std::size_t most = 0;
  for (const BodySample& sample : reading.samples) {
    if (sample.before.Get(kMetricName) != inquiry.subject.Get(kMetricName)) continue;
    std::size_t common = 1;
    for (const Label label : inquiry.subject) common += sample.before.Get(label.name) == label.value ? 1 : 0;
    if (common <= most) continue;
    most = common;
    nearest = &sample;
  }
  return nearest;
}

void ExplainFound(Inquiry& inquiry, const History::Scrape& scrape, const BodySample& sample,
                  const ServerHistory::Job& job) {
  TellBody(inquiry, scrape, sample.offset);
  const std::string place = inquiry.PlaceText(scrape, sample.offset);
  if (sample.after.empty()) {
    const RelabelExplanation explanation = ExplainRelabelRules(job->metric_relabel_configs, sample.before);
    const RelabelStep& step = explanation.steps.back();
    const std::string text = RelabelStepText(job->metric_relabel_configs[step.rule], step);
    inquiry.Conclude(Outcome::kNone, "dropped_by_relabelling",
                     fmt::format("no sample: rule {} of metric_relabel_configs dropped it: {}", step.rule + 1,
                                 text.substr(text.find(": ") + 2)));
  } else if (!inquiry.IsSubject(sample.after)) {
    for (const Label label : inquiry.subject) {
      if (sample.after.Get(label.name) != label.value) inquiry.decisive_labels.insert(std::string(label.name));
    }
    inquiry.Conclude(Outcome::kNone, "renamed_by_relabelling",
                     fmt::format("no sample: metric_relabel_configs made {} of {}", SeriesText(sample.after), place));
    inquiry.out.next = "ask for " + SeriesText(sample.after);
  } else {
    inquiry.Conclude(Outcome::kNone, "not_appended",
                     fmt::format("no sample: {} was read by {} and only counted", place, inquiry.Name(scrape)));
  }
}

/// Whether series with times of their own get stale markers, too.
bool TracksTimestamps(const Inquiry& inquiry, const History::Scrape& scrape) {
  const ServerHistory::Job job = inquiry.server.JobAt(inquiry.history.LoopOf(scrape).pool, scrape.begin);
  return job && job->track_timestamps_staleness;
}

}  // namespace

void TellBody(Inquiry& inquiry, const History::Scrape& scrape, std::uint64_t offset) {
  inquiry.AddLine(scrape, offset, "");
  const ServerHistory::Job job = inquiry.server.JobAt(inquiry.history.LoopOf(scrape).pool, scrape.begin);
  const BodyReading reading = inquiry.Read(scrape);
  const BodySample* sample = AtOffset(reading, offset);
  if (sample == nullptr || !job) return;
  if (!inquiry.is_complete) inquiry.out.subject = SeriesText(sample->after.empty() ? sample->before : sample->after);
  TellTargetLabels(inquiry, scrape, *sample, job->honor_labels);
  const Rules& rules = job->metric_relabel_configs;
  TellRules(inquiry, "metric_relabel_configs", rules, ExplainRelabelRules(rules, sample->before), &scrape);
  for (const BodySample& other : reading.samples) {
    if (other.offset == offset || other.after.empty() || other.after != sample->after) continue;
    TellCollision(inquiry, scrape, *sample, other, *job);
    break;
  }
}

void TellLastSeen(Inquiry& inquiry, const History::Scrape& scrape) {
  const History::Append* last = LastScraped(inquiry, scrape);
  if (last == nullptr) {
    inquiry.Add(LinkKind::kNote, "no scrape before had it");
    return;
  }
  const History::Scrape& before = *inquiry.history.FindScrape(last->scrape);
  inquiry.AddLine(before, last->offset, fmt::format("last seen by {}: ", inquiry.Name(before)));
  const std::string stale = StaleSince(inquiry, scrape);
  if (!stale.empty()) {
    inquiry.Add(LinkKind::kNote, stale);
  } else if (last->t_ms != before.t_ms && !TracksTimestamps(inquiry, scrape)) {
    inquiry.Add(
        LinkKind::kNote,
        "its samples had times of their own, so no stale marker is written (track_timestamps_staleness is off)");
  }
}

void ExplainNotAppended(Inquiry& inquiry, const History::Scrape& scrape) {
  if (scrape.end_of_run) {
    inquiry.Conclude(Outcome::kNone, "target_gone",
                     "no sample: the target is gone, and the series was stale or unknown when its loop ended");
    return;
  }
  if (!scrape.finished) {
    inquiry.Conclude(Outcome::kNone, "in_flight",
                     fmt::format("no sample: {} is not over when the run ends", inquiry.Name(scrape)));
    return;
  }
  const ServerHistory::Job job = inquiry.server.JobAt(inquiry.history.LoopOf(scrape).pool, scrape.begin);
  const BodyReading reading = inquiry.Read(scrape);
  const BodySample* found = scrape.fetch_error.empty() ? FindSubject(inquiry, reading) : nullptr;
  if (scrape.failed()) {
    if (found != nullptr) inquiry.AddLine(scrape, found->offset, "the series is at ");
    if (scrape.fetch_error.empty()) TellFailure(inquiry, scrape);
    TellLastSeen(inquiry, scrape);
    inquiry.Conclude(Outcome::kNone, FailureReason(scrape), "no sample: " + FailureSentence(inquiry, scrape));
    return;
  }
  if (found != nullptr && job) {
    ExplainFound(inquiry, scrape, *found, job);
    return;
  }
  if (const BodySample* nearest = NearestSample(inquiry, reading)) {
    inquiry.AddLine(scrape, nearest->offset, "nearest to it is ");
  }
  TellLastSeen(inquiry, scrape);
  if (LastScraped(inquiry, scrape) == nullptr) SuggestNearest(inquiry);
  inquiry.Conclude(Outcome::kNone, "not_exposed",
                   fmt::format("no sample: the body of {} does not have the series", inquiry.Name(scrape)));
}

}  // namespace stalemark::scenario
