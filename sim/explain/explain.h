// SPDX-License-Identifier: Apache-2.0
// Explain: why a series has, at an instant of a run, a sample, none, or a stale marker; why a target is scraped, or is
// not. The answer is a causal chain from the bytes of a body to the chunk, of at most kChainMax links.
//
// Reads a result whose trace has all details (RunOptions::trace = kDetail), and runs parsing and relabelling again for
// the bodies in question: nothing is kept per sample for it. Times are those of the run; an instant is given as sample
// time. Pure: same scenario and result, same explanation. Errors: a question that has no one answer (no such storage,
// several series), in a sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/seams/time.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

struct ExplainQuery {
  /// All labels of a series, or those that tell it from others. Without a metric name: labels of a target, as it is
  /// scraped or as discovery found it.
  Labels labels;
  /// 0: the primary, n: the secondary of that number.
  std::size_t storage = 0;
  /// Sample time, since the start of the run.
  Nanoseconds at{0};
};

enum class Outcome : std::uint8_t { kSample, kStaleMarker, kNone, kTargetActive, kTargetAbsent };
/// `sample`, `stale_marker`, `none`, `target_active`, `target_absent`.
std::string_view OutcomeText(Outcome outcome);

enum class LinkKind : std::uint8_t {
  kTarget,    ///< discovery, relabel_configs, the loop
  kEvent,     ///< of the scenario
  kScrape,    ///< its schedule
  kResponse,  ///< what came over the network, or did not
  kBody,      ///< a line of a body
  kRelabel,   ///< labels on their way: honor_labels, metric_relabel_configs
  kTime,      ///< where the sample's time comes from
  kLimit,     ///< a limit that was hit
  kAppend,    ///< the verdict of the storage, and the scrape's cache
  kCommit,    ///< the end of the transaction
  kChunk,     ///< where the sample lies
  kNote,      ///< anything else worth knowing
};
/// `target`, `event`, ...
std::string_view LinkKindText(LinkKind kind);

/// One link of the chain: a sentence, and what it is about in typed form; 0 and empty: nothing.
struct Link {
  LinkKind kind = LinkKind::kNote;
  std::string text;
  std::optional<MonotonicTime> at{};
  /// In the trace, from 1.
  std::uint64_t scrape = 0;
  /// The same scrape among those of its target, as texts count it; 0: the end of run.
  std::uint64_t number = 0;
  /// Of the scrape's body; from 1.
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  /// Of relabel_configs or metric_relabel_configs; from 1.
  std::size_t rule = 0;
  /// A link that stands for several rules: the last of them.
  std::size_t last_rule = 0;
  std::string series{};
  /// Labels that the rules changed.
  std::vector<std::string> labels{};
  /// Stays in the chain as long as others can go.
  bool is_decisive = false;
};

inline constexpr std::size_t kChainMax = 12;

/// What an instant query with the default lookback of 5 minutes sees.
struct InstantView {
  /// Absent: nothing.
  std::optional<std::int64_t> t_ms;
  std::string value;
  /// A sentence.
  std::string text;
};

struct Explanation {
  /// The series or the target that was found.
  std::string subject;
  /// Sample time, since the start.
  Nanoseconds at{0};
  WallTime wall{};
  Outcome outcome = Outcome::kNone;
  /// One word for programs: docs/formats/explain.md lists them.
  std::string_view reason;
  /// The decisive sentence, without a full stop.
  std::string headline;
  std::vector<Link> chain;
  /// Of a series.
  std::optional<InstantView> query;
  /// What else to ask or do. May be empty.
  std::string next;
};

Result<Explanation> Explain(const Scenario& scenario, const ScenarioResult& result, const ExplainQuery& query);

/// For people: lines of at most kChainMax links.
std::string ExplanationText(const Explanation& explanation);
/// docs/formats/explain.md.
std::string ExplanationJson(const Explanation& explanation);

/// Reads what an explanation is asked for: a series, or labels in braces.
Result<Labels> ParseExplainSubject(std::string_view text);
/// Reads an instant of `--at`: a duration since the start in Prometheus's notation or as reports print it (`1m18.139s`,
/// `78.139s`), or RFC 3339.
Result<Nanoseconds> ParseExplainTime(std::string_view text, WallTime start);

}  // namespace stalemark::scenario
