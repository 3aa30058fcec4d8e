// SPDX-License-Identifier: Apache-2.0
// Inquiry: one question on its way to an Explanation: what the parts of sim/explain share. Internal to the folder.
//
// Each Explain... function states outcome, reason and headline and adds links; the chain is cut to kChainMax at the
// end.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/relabel/relabel.h"
#include "core/storage/sample.h"
#include "sim/explain/body_reading.h"
#include "sim/explain/explain.h"
#include "sim/explain/history.h"
#include "sim/explain/server_history.h"

namespace stalemark::scenario {

struct Inquiry {
  const Scenario& scenario;
  const ScenarioResult& result;
  const ExplainQuery& query;
  const History& history;
  const ServerHistory& server;

  /// All labels of the series if the storage or the trace has it, else those of the query.
  Labels subject{};
  bool is_complete = false;
  /// Of the storage that is asked about; kNoSeries: not there.
  SeriesRef ref = kNoSeries;
  /// By time.
  std::vector<Sample> samples{};
  /// Whose scrapes need no name but their number. Null: none's.
  const History::Loop* told_loop = nullptr;
  /// Labels on which the headline hangs: rules that change them stay in the chain.
  std::set<std::string, std::less<>> decisive_labels{};
  Explanation out{};

  std::int64_t at_ms() const { return UnixMillis(out.wall); }
  /// Without steps of the wall clock the same instant.
  MonotonicTime at() const { return MonotonicTime(query.at); }
  const Head& head() const { return *result.storages[query.storage]; }

  /// The labels are those of the subject, or hold all that the query names.
  bool IsSubject(const Labels& labels) const;

  void Conclude(Outcome outcome, std::string_view reason, std::string headline);
  Link& Add(LinkKind kind, std::string text);
  Link& Add(LinkKind kind, MonotonicTime at, std::string text);
  Link& Add(LinkKind kind, const History::Scrape& scrape, std::string text);

  /// Sample time as seconds since the start: `78.139s`.
  std::string Since(std::int64_t t_ms) const;
  /// The stored sample with that time, or null.
  const Sample* StoredAt(std::int64_t t_ms) const;
  /// The last one up to that time, or null.
  const Sample* NewestAt(std::int64_t t_ms) const;
  /// `scrape 5`, counted among those of its target; `scrape 5 of app/b:80` of another target than that of told_loop.
  std::string Name(const History::Scrape& scrape) const;
  /// Reads the scrape's body again.
  BodyReading Read(const History::Scrape& scrape) const;
  /// Where a byte of a scrape's body lies.
  BodyPlace PlaceOf(const History::Scrape& scrape, std::uint64_t offset) const;
  /// `body 2:1`, or `body byte 17`.
  std::string PlaceText(const History::Scrape& scrape, std::uint64_t offset) const;
  /// The same and the line: `body 2:1: up 1`.
  Link& AddLine(const History::Scrape& scrape, std::uint64_t offset, std::string_view before);
};

/// `78.139s`.
std::string SecondsText(MonotonicTime at);
/// In Prometheus's notation, with what is finer than a millisecond: `10s`, `1.5ms`.
std::string LengthText(Nanoseconds length);
/// An instant as scenario files have it, `1m10s`, or, if it is no whole millisecond, `78.139s`.
std::string InstantText(MonotonicTime at);
/// The value of an append: `1`, `stale`, a histogram cut short.
std::string AppendedText(const History::Append& append);
std::string SampleText(const Sample& sample);
/// The labels as a series or, without a metric name, in braces.
std::string SubjectText(const Labels& labels);
bool HoldsAll(const Labels& labels, const Labels& wanted);

// ---- chain.cpp ----

/// Links for the rules of `key` that changed or dropped something; with `scrape` of that scrape. The source labels of a
/// rule that dropped become decisive.
void TellRules(Inquiry& inquiry, std::string_view key, const std::vector<RelabelRule>& rules,
               const RelabelExplanation& explanation, const History::Scrape* scrape);
/// Brings the chain down to kChainMax links: rules that say nothing about decisive labels become one link, then what
/// counts least goes, and a last link says how many went.
void CutChain(Inquiry& inquiry);

// ---- scrape_story.cpp ----

/// When the scrape was due, and the events of the scenario that were active meanwhile.
void TellSchedule(Inquiry& inquiry, const History::Scrape& scrape);
/// What came over the network, or why nothing did.
void TellResponse(Inquiry& inquiry, const History::Scrape& scrape);
/// Events of the scenario that were active between the two times and bear on the loop.
void TellEvents(Inquiry& inquiry, const History::Loop& loop, MonotonicTime from, MonotonicTime to);
/// Why the scrape failed: `scrape 20 was given up at 310.000s: timeout 10s, response head after 12s`.
std::string FailureSentence(const Inquiry& inquiry, const History::Scrape& scrape);
/// The same in a word.
std::string_view FailureReason(const History::Scrape& scrape);
/// Where a scrape that was answered failed: the line that does not parse, the limit that was hit.
void TellFailure(Inquiry& inquiry, const History::Scrape& scrape);

// ---- sample_story.cpp ----

/// What became of the subject in this scrape.
void ExplainScrape(Inquiry& inquiry, const History::Scrape& scrape);
/// The last sample of the subject that storage took from a body before this scrape, or null.
const History::Append* LastScraped(const Inquiry& inquiry, const History::Scrape& before);

// ---- body_story.cpp ----

/// The scrape got through and appended nothing for the subject.
void ExplainNotAppended(Inquiry& inquiry, const History::Scrape& scrape);
/// When the series was there last before this scrape, and who marked it since.
void TellLastSeen(Inquiry& inquiry, const History::Scrape& scrape);
/// From the body to the labels: the line of the sample and what relabelling did to it; and what else became the same
/// series.
void TellBody(Inquiry& inquiry, const History::Scrape& scrape, std::uint64_t offset);

// ---- target_story.cpp ----

/// The query names a target.
void ExplainTarget(Inquiry& inquiry);
/// No scrape of these loops, which feed the subject at other times, falls into the slot of the instant.
void ExplainNoScrape(Inquiry& inquiry, const std::vector<const History::Loop*>& loops);
/// Says which stored series is nearest to the subject.
void SuggestNearest(Inquiry& inquiry);
/// Nobody ever appended to the subject.
void ExplainUnknown(Inquiry& inquiry);
/// Why the loop was stopped, and what became of its target.
std::string EndOfTarget(Inquiry& inquiry, const History::Loop& loop);

}  // namespace stalemark::scenario
