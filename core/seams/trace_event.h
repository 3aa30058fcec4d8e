// SPDX-License-Identifier: Apache-2.0
// The events of a run: everything the engine decides, in the order it decides it. docs/formats/trace.md is the
// encoding.
//
// An event is a plain struct of views, valid during TraceSink::OnEvent only. Each lists its fields once, in `Fields`:
// the encoder, the decoder and the digests walk that list, so an event cannot be written and read differently. A new
// field goes to the end of its list and raises kTraceVersion. Times that are not the event's own are nanoseconds of the
// run.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "core/model/labels.h"
#include "core/seams/trace_ids.h"

namespace stalemark::trace {

inline constexpr std::uint32_t kTraceVersion = 3;

/// Where an appended sample comes from.
enum class Origin : std::uint8_t { kScraped, kStaleMarker, kReport };

struct ConfigApplied {
  std::string_view error;  ///< empty: applied
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.error);
  }
};

/// Discovery sent a target set; the reloader will see it.
struct TargetsReceived {
  std::uint64_t jobs = 0;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.jobs);
  }
};

struct PoolCreated {
  std::string_view pool;
  std::string_view error;  ///< empty: created
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.pool), v(e.error);
  }
};

struct PoolStopped {
  std::string_view pool;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.pool);
  }
};

struct PoolSynced {
  std::string_view pool;
  std::uint64_t active = 0;
  std::uint64_t dropped = 0;
  std::uint64_t failed = 0;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.pool), v(e.active), v(e.dropped), v(e.failed);
  }
};

/// A target could not be built (POOL-11), or relabelling dropped it (error empty).
struct TargetRefused {
  std::string_view pool;
  const Labels* discovered = nullptr;
  std::string_view error;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.pool), v(e.discovered), v(e.error);
  }
};

struct LoopStarted {
  LoopId loop{};
  std::string_view pool;
  const Labels* labels = nullptr;  ///< public labels of the target
  std::string_view url;
  std::int64_t interval_ns = 0;
  std::int64_t timeout_ns = 0;
  std::int64_t wait_ns = 0;  ///< until the first scrape
  bool cache_reused = false;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.loop), v(e.pool), v(e.labels), v(e.url), v(e.interval_ns), v(e.timeout_ns), v(e.wait_ns), v(e.cache_reused);
  }
};

/// The loop will scrape no more; end-of-run staleness may follow.
struct LoopStopped {
  LoopId loop{};
  bool end_of_run_pending = false;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.loop), v(e.end_of_run_pending);
  }
};

/// End-of-run staleness begins to be written, or (abandoned) never will be.
struct EndOfRun {
  LoopId loop{};
  ScrapeSeq scrape{};
  bool abandoned = false;
  std::int64_t t_ms = 0;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.loop), v(e.scrape), v(e.abandoned), v(e.t_ms);
  }
};

struct ScrapeStarted {
  LoopId loop{};
  ScrapeSeq scrape{};
  std::int64_t t_ms = 0;     ///< append time: aligned
  std::int64_t late_ns = 0;  ///< wall time minus the aligned time
  bool on_shutdown = false;
  std::string_view forced_error;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.loop), v(e.scrape), v(e.t_ms), v(e.late_ns), v(e.on_shutdown), v(e.forced_error);
  }
};

/// A request of a scrape is under way; hop 1 is the target's own, later ones follow redirects.
struct RequestSent {
  ScrapeSeq scrape{};
  std::uint64_t hop = 0;
  std::string_view url;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.hop), v(e.url);
  }
};

struct HeadReceived {
  ScrapeSeq scrape{};
  std::uint64_t hop = 0;
  std::string_view status;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.hop), v(e.status);
  }
};

/// The fetch is over. The body is stored once, by content: `body` is empty when `body_hash` was seen before in this
/// trace.
struct FetchFinished {
  ScrapeSeq scrape{};
  std::string_view error;
  std::string_view content_type;
  std::int64_t body_bytes = 0;
  std::uint64_t body_hash = 0;
  std::string_view body;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.error), v(e.content_type), v(e.body_bytes), v(e.body_hash), v(e.body);
  }
};

/// A series entered the scrape cache: the line that `entry` in later SampleAppended events stands for.
struct SeriesCached {
  ScrapeSeq scrape{};
  EntryId entry{};
  std::uint64_t offset = 0;  ///< of its line in the body
  bool dropped = false;      ///< by metric_relabel_configs
  const Labels* labels = nullptr;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.entry), v(e.offset), v(e.dropped), v(e.labels);
  }
};

/// One append that reached storage or a limit, with its verdict.
struct SampleAppended {
  ScrapeSeq scrape{};
  Origin origin = Origin::kScraped;
  EntryId entry{};
  std::uint64_t offset = 0;
  const Labels* labels = nullptr;
  std::int64_t t_ms = 0;
  std::uint64_t value_bits = 0;
  std::uint8_t verdict = 0;    ///< AppendCode
  std::string_view error;      ///< text of the verdict, empty when accepted; exemplars that were refused, a line each
  std::int64_t st_ms = 0;      ///< start time, 0: none
  std::string_view histogram;  ///< HistogramText; empty: a float sample
  std::string_view exemplars;  ///< one a line: `{labels} value_bits t_ms`
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.origin), v(e.entry), v(e.offset), v(e.labels), v(e.t_ms), v(e.value_bits), v(e.verdict),
        v(e.error), v(e.st_ms), v(e.histogram), v(e.exemplars);
  }
};

/// The body could not be read on: where, and the line's bytes.
struct ParseFailed {
  ScrapeSeq scrape{};
  std::string_view error;
  std::uint64_t offset = 0;  ///< of the body's byte the parser stood at
  std::uint64_t line = 0;    ///< from 1; 0: a binary format
  std::uint64_t column = 0;  ///< in bytes, from 1
  std::string_view bytes;    ///< around the offset: the line, or what follows in a binary format; at most 120 bytes
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.error), v(e.offset), v(e.line), v(e.column), v(e.bytes);
  }
};

/// A series that never reached storage: its labels after relabelling, and the check or label limit that it failed.
struct SeriesRefused {
  ScrapeSeq scrape{};
  std::uint64_t offset = 0;  ///< of its line in the body
  const Labels* labels = nullptr;
  std::string_view error;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.offset), v(e.labels), v(e.error);
  }
};

struct TransactionEnded {
  ScrapeSeq scrape{};
  bool committed = false;  ///< false: rolled back
  std::string_view error;  ///< what Commit returned
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.scrape), v(e.committed), v(e.error);
  }
};

/// A scrape is over but for its commit.
struct ScrapeFinished {
  LoopId loop{};
  ScrapeSeq scrape{};
  std::uint8_t error_kind = 0;  ///< ScrapeErrorKind; 0: the target is up
  std::string_view error;
  std::int64_t duration_ns = 0;
  std::uint64_t samples_scraped = 0;
  std::uint64_t samples_post_relabel = 0;
  std::uint64_t series_added = 0;
  std::uint64_t stale_markers = 0;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.loop), v(e.scrape), v(e.error_kind), v(e.error), v(e.duration_ns), v(e.samples_scraped),
        v(e.samples_post_relabel), v(e.series_added), v(e.stale_markers);
  }
};

/// A line of the scenario took effect (sim/): reload, targets, fault, step. Text as in the scenario.
struct ScenarioEvent {
  std::string_view text;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.text);
  }
};

/// A seed answered where upstream leaves the outcome to chance and there was more than one alternative. Never emitted
/// when the fixed answers are given.
struct ChoiceMade {
  std::uint8_t point = 0;  ///< ChoicePoint
  std::uint64_t alternatives = 0;
  std::uint64_t picked = 0;  ///< from 0; 0 is the fixed answer
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.point), v(e.alternatives), v(e.picked);
  }
};

/// An event of the scenario that was drawn from the seed before the run began, as a scenario file would say it.
struct EventPlanned {
  std::string_view text;
  template <class S, class V>
  static void Fields(S& e, V& v) {
    v(e.text);
  }
};

/// Kinds are numbered by position here: append only.
using Event = std::variant<ConfigApplied, TargetsReceived, PoolCreated, PoolStopped, PoolSynced, TargetRefused,
                           LoopStarted, LoopStopped, EndOfRun, ScrapeStarted, RequestSent, HeadReceived, FetchFinished,
                           SeriesCached, SampleAppended, TransactionEnded, ScrapeFinished, ScenarioEvent, ParseFailed,
                           ChoiceMade, EventPlanned, SeriesRefused>;

/// Detail events are left out of the digest and of traces of the level `outcome`.
template <class E>
inline constexpr bool kIsDetail = false;
template <>
inline constexpr bool kIsDetail<RequestSent> = true;
template <>
inline constexpr bool kIsDetail<HeadReceived> = true;

}  // namespace stalemark::trace
