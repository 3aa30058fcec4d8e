// SPDX-License-Identifier: Apache-2.0
// Scenario: a scenario file (docs/formats/scenario.md) read, checked and complete: what it names on disk (the
// configuration, target documents, recordings) has been read into it. RunScenario (scenario_run.h) plays it any number
// of times.
//
// A plain value; nobody changes it after loading. Times are relative to the start of the run. Errors of loading are
// lines of `FILE:LINE:COL: found X, expected Y (did you mean Z?)`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/config/config.h"
#include "core/scrape/options.h"
#include "core/scrape/scrape_manager.h"
#include "core/seams/files.h"
#include "core/seams/recording.h"
#include "core/seams/time.h"
#include "core/storage/head.h"
#include "sim/bundle_files.h"
#include "sim/faulty_storage.h"
#include "sim/scenario/body_template.h"
#include "sim/scenario/expect_server.h"
#include "sim/scenario/expected_samples.h"
#include "sim/scenario/exposed_series.h"
#include "sim/scenario/fault_kind.h"
#include "sim/scenario/latency.h"
#include "sim/scenario/place.h"
#include "sim/scenario/series_notation.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

/// A prometheus.yml and how its names are to be understood.
struct ConfigSource {
  std::string text;
  LoadOptions load;
};

/// A text whose places are filled in at each request.
struct TemplateAnswers {
  ScrapeProtocol format = ScrapeProtocol::kPrometheusText0_0_4;
  bool gzip = false;
  BodyTemplate body;
};

/// What an exporter answers: responses in the order of the requests, or what is made for each request.
using Answers = std::variant<std::vector<ScriptedExporter::Step>, ExposedFamilies, TemplateAnswers>;

struct ExporterSpec {
  std::string address;
  Answers answers;
  /// Before the head of an answer that has no delay of its own.
  Latency latency;
};

// ---- events ----

/// From now on the exporter answers like this. What a kind does not take (fault_kind.h) means nothing.
struct ExporterFault {
  std::string address;
  FaultKind kind = FaultKind::kRefuse;
  int status = 500;
  /// Absent: the kind's own idea of where.
  std::optional<std::uint64_t> after;
  std::uint64_t bytes = 0;
  std::uint8_t xor_mask = 255;
  Nanoseconds delay{0};
  /// The error, location or content type.
  std::string text;
};
/// Its process starts anew, and refuses connections until it is up.
struct ExporterRestart {
  std::string address;
  Nanoseconds down{0};
};
/// What discovery finds for these jobs from now on.
struct TargetsChange {
  TargetSets sets;
  /// Jobs that find again what they found at the start.
  std::vector<std::string> restored;
};
struct Reload {
  /// Absent: the configuration of the start.
  std::optional<ConfigSource> config;
  /// A part of the text of the error that it must end with; empty: it must not fail.
  std::string expect_error;
};
/// The wall clock jumps.
struct ClockStep {
  Nanoseconds step{0};
};
/// The wall clock gains so many millionths; 0: none any more.
struct ClockDrift {
  std::int64_t parts_per_million = 0;
};
/// The process stands still.
struct ProcessPause {
  Nanoseconds length{0};
};
/// Timers fire late for as long as the event lasts.
struct TimerJitter {
  Nanoseconds late_max{0};
};
/// Commits are slow or fail. Storage 0 is the primary, n the secondary of that number.
struct CommitTrouble {
  std::size_t storage = 0;
  CommitFault fault;
};
/// Appends fail.
struct AppendTrouble {
  std::size_t storage = 0;
  AppendFault fault;
};

using Action = std::variant<ExporterFault, TargetsChange, Reload, ClockStep, ProcessPause, TimerJitter, CommitTrouble,
                            AppendTrouble, ClockDrift, ExporterRestart>;

/// The parts of a scrape. Each begins at an instant that docs/formats/scenario.md names.
enum class ScrapePhase : std::uint8_t { kWaiting, kConnecting, kHead, kBody, kParse, kAppend, kCommit };
inline constexpr std::size_t kScrapePhases = 7;
/// `waiting`, `connecting`, ...
std::string_view ScrapePhaseText(ScrapePhase phase);

/// A part of one scrape of an exporter.
struct DuringScrape {
  std::string exporter;
  /// Empty: of any job.
  std::string job;
  /// From 1, counted over all loops that scrape it.
  std::uint64_t scrape = 1;
  ScrapePhase phase = ScrapePhase::kWaiting;
  /// Since the phase began.
  Nanoseconds after{0};
};

/// Requests to an exporter, from 1, the last included.
struct RequestSpan {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

struct ScenarioEvent {
  /// The start of the run for an event that waits for one of the next two.
  MonotonicTime at{};
  /// Of an exporter's fault: it concerns these requests only.
  std::optional<RequestSpan> requests;
  std::optional<DuringScrape> during;
  /// For a fault, jitter, slow or failing storage; absent: until the end of the run.
  std::optional<Nanoseconds> lasts;
  Action action;
  Place place;
};

// ---- faults drawn from the seed ----

/// Something that a random plan may hold: a fault of an exporter, or something else.
struct SwarmKind {
  enum class What : std::uint8_t {
    kFault,
    kPause,
    kClockStep,
    kClockDrift,
    kJitter,
    kCommitDelay,
    kCommitError,
    kAppendError,
    kReload,
    kTargets,
  };
  What what = What::kFault;
  FaultKind fault = FaultKind::kRefuse;
  /// Of the fault `status`; 0: any.
  int status = 0;
};

/// What is drawn, and how often: of each request, and of each scrape interval of the run.
struct Swarm {
  std::vector<SwarmKind> enabled;
  std::uint64_t rate = 1;
  std::uint64_t rate_of = 20;
  /// Nothing begins later; absent: until the end of the run.
  std::optional<Nanoseconds> until;
};

// ---- expectations ----

struct Expectations {
  std::vector<ExpectedSeries> samples;
  std::vector<ExpectedSelection> series;
  std::vector<ExpectedQuery> queries;
  ServerExpectations server;
  /// 16 hex digits; empty: any.
  std::string store_digest;
  Place store_digest_place;
  /// They hold whatever a seed draws: `--seeds` judges them too.
  bool under_seeds = false;
  /// When the server is looked at before the end, in order; what the other expectations name.
  std::vector<MonotonicTime> observed_at;
};

struct Scenario {
  /// Path of the file, for messages.
  std::string file;
  std::string name;
  WallTime start{};
  Nanoseconds duration{0};
  std::uint64_t seed = 1;

  ConfigSource config;
  std::string hostname;
  ScrapeOptions scrape;
  /// Of the primary storage and the secondaries.
  HeadOptions head;
  BundleFiles files;
  /// Jobs whose static_configs are not asked.
  TargetSets targets;
  std::vector<ExporterSpec> exporters;
  /// Late timers and exchanges of a live run, with the targets among the events; absent: it was written by hand.
  std::optional<Recording> recording;
  std::size_t secondaries = 0;
  /// In the order in which they happen; those of a plan behind those of the file.
  std::vector<ScenarioEvent> events;
  /// Drawn from the seed when the scenario is run (sim/faults); absent: nothing is, or it has been.
  std::optional<Swarm> swarm;
  /// What was drawn, in the words of the file; part of `events`.
  std::vector<std::string> planned;
  /// Arguments that a command needs beside the file to play the same: `--seed`, `8`.
  std::vector<std::string> replay_arguments;
  /// The seed answers what upstream leaves to chance.
  bool seeded_choices = false;
  Expectations expect;
};

/// Reads a scenario and what it names. Relative names are relative to the folder of `path`; recordings are looked for
/// under `fixtures/` in that folder and those above it.
Result<Scenario> LoadScenario(std::string_view path, const Files& files);

}  // namespace stalemark::scenario
