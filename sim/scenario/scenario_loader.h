// SPDX-License-Identifier: Apache-2.0
// ScenarioLoader: reads one scenario file. Internal to LoadScenario; one source file per part of the format.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/exposed_families.h"
#include "sim/scenario/fixture.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/yaml_fields.h"

namespace stalemark::scenario {

class ScenarioLoader {
 public:
  ScenarioLoader(std::string_view path, const Files& files);
  Result<Scenario> Load();
  /// Reads a plan (event_text.h) for a scenario: its seed, and its events behind the scenario's own.
  Result<Scenario> LoadPlan(std::string_view text, const Scenario& scenario);

 private:
  // scenario_load.cpp: the file, prometheus, files
  void ReadRoot(const yaml::Node& root);
  void ReadPrometheus(const yaml::Node& node);
  void ReadFlags(const yaml::Node& node);
  void ReadFeatures(const yaml::Node& node);
  void ReadFiles(const yaml::Node& node);
  void ReadStorage(const yaml::Node& node);
  std::optional<ConfigSource> ReadConfig(const yaml::Node& node);

  // scenario_load_targets.cpp: targets, and what the configurations say about them
  void ReadTargets(const yaml::Node& node, TargetSets* out);
  void ReadInitialTargets(const yaml::Node& node);
  bool IsTimeline(const yaml::Node& node);
  void ReadTargetTimeline(const std::string& job, const yaml::Node& node);
  std::optional<std::vector<TargetGroup>> ReadTargetGroups(const yaml::Node& node);
  void CheckConfigs();
  void CheckInitialConfig();
  void ComplainAboutConfig(const Error& error);
  void AddJobsOf(const Config& config, const ConfigSource& source, const yaml::Node& node);
  void AddIncludedFiles(const Config& config);

  // scenario_load_exporters.cpp
  struct ExporterNodes;
  enum class Negotiable : std::uint8_t { kNo, kYes };
  void ReadExporters(const yaml::Node& node);
  void ReadExporter(const std::string& address, const yaml::Node& node);
  std::optional<Answers> ReadAnswers(const ExporterNodes& nodes);
  std::optional<std::vector<ScriptedExporter::Step>> ReadFixture(const yaml::Node& node, RecordedLatency latency);
  std::vector<ScriptedExporter::Step> ReadResponses(const yaml::Node& node);
  ScriptedExporter::Step ReadResponse(const yaml::Node& node);
  ExposedFormat ReadFormat(const yaml::Node& node, Negotiable negotiable);
  std::optional<Answers> ReadDirectory(const yaml::Node& node, ExposedFormat format, bool gzip);

  // scenario_load_recording.cpp
  void ReadRecording(const yaml::Node& node);

  // scenario_load_latency.cpp
  Latency ReadLatency(const yaml::Node& node);
  std::optional<PercentileLatency> ReadPercentiles(const yaml::Node& node);
  std::optional<PercentileLatency> ReadUniform(const yaml::Node& node);

  // scenario_load_series.cpp
  struct SeriesNodes;
  std::vector<ExposedFamily> ReadExposedSeries(const yaml::Node& node, ExposedFormat format);
  std::optional<ListedSeries> ReadListedSeries(const SeriesNodes& nodes);
  std::vector<ExposedExemplar> ReadExemplars(const yaml::Node& node);
  std::vector<ExposedCreated> ReadCreated(const yaml::Node& node);
  std::optional<std::int64_t> ReadUnixMillis(const yaml::Node& node);

  // scenario_load_events.cpp
  void ReadEvents(const yaml::Node& node);
  void ReadEvent(const yaml::Node& node);
  struct EventNodes;
  bool ReadWhen(const yaml::Node& node, const EventNodes& nodes, ScenarioEvent* event);
  std::optional<RequestSpan> ReadRequests(const yaml::Node& node);
  std::optional<DuringScrape> ReadDuring(const yaml::Node& node);
  std::optional<std::string> ReadExporterAddress(const yaml::Node& node);
  void AddTimeMoved(const yaml::Node& node, Nanoseconds moved);
  std::optional<Action> ReadAction(const yaml::Node& node, const EventNodes& nodes);
  std::optional<Action> ReadTargetsChange(const yaml::Node& node);
  std::optional<Action> ReadReload(const EventNodes& nodes);
  std::optional<Action> ReadClock(const yaml::Node& node);
  std::optional<Action> ReadJitter(const yaml::Node& node);
  std::optional<Action> ReadCommitTrouble(const yaml::Node& node);
  std::optional<Action> ReadAppendTrouble(const yaml::Node& node);

  // scenario_load_faults.cpp
  std::optional<Action> ReadExporterEvent(const EventNodes& nodes);
  std::optional<Action> ReadRestart(const std::string& address, const EventNodes& nodes);
  std::optional<Action> ReadFault(const std::string& address, const EventNodes& nodes);
  int ReadStatus(const yaml::Node& node);
  void ReadFaultKey(FaultKey key, const yaml::Node& node, ExporterFault* fault);
  void ReadFaults(const yaml::Node& node);
  void ReadSwarm(const yaml::Node& node);
  std::optional<SwarmKind> ReadSwarmKind(const yaml::Node& node);
  void ReadRate(const yaml::Node& node, Swarm* swarm);

  // scenario_load_expect.cpp
  void ReadExpect(const yaml::Node& node);

  // scenario_load_expect_server.cpp
  void ReadExpectedTargetSets(const yaml::Node& node);
  ExpectedTargetList ReadExpectedTargets(const yaml::Node& node);
  ExpectedTarget ReadExpectedTarget(const yaml::Node& node);
  LabelMap ReadLabels(const yaml::Node& node);
  void ReadExpectedScrapes(const yaml::Node& node);
  std::vector<OutcomeRun> ReadOutcomes(const yaml::Node& node);
  std::vector<ExpectedHeader> ReadExpectedHeaders(const yaml::Node& node);
  void ReadExpectedLimits(const yaml::Node& node);
  void ReadExpectedMetricSets(const yaml::Node& node);
  void ReadExpectedMetrics(const yaml::Node& node);
  void ReadExpectedPoolErrors(const yaml::Node& node);
  TargetSelector ReadTargetSelector(const yaml::Node& node);
  std::optional<Comparison> ReadComparison(const yaml::Node& node, Result<Comparison> (*parse)(std::string_view));
  /// When the server is to be looked at; the run does.
  std::optional<MonotonicTime> ReadObservedAt(const yaml::Node& node);

  // scenario_load_expect_samples.cpp
  void ReadExpectedSeries(const yaml::Node& node);
  void ReadExpectedSelection(const yaml::Node& node);
  void ReadExpectedQuery(const yaml::Node& node);
  Tolerance ReadTolerance(const yaml::Node& node);
  std::vector<ExpectedPoint> ReadPoints(const yaml::Node& node);
  std::optional<ExpectedPoint> ReadPointPair(const yaml::Node& node);
  std::optional<ExpectedPoint> ReadPointMapping(const yaml::Node& node);
  std::vector<ExpectedExemplar> ReadExpectedExemplars(const yaml::Node& node);
  ExpectedMetadata ReadExpectedMetadata(const yaml::Node& node);
  std::optional<ExpectedQuerySample> ReadExpectedQuerySample(const yaml::Node& node);
  /// A time of the wall clock, in milliseconds: a duration since the start, perhaps negative, or RFC 3339.
  std::optional<std::int64_t> ReadSampleTime(const yaml::Node& node);
  /// The same, not after the end of the run.
  std::optional<std::int64_t> ReadTimeOfRun(const yaml::Node& node);
  std::optional<SampleValue> ReadSampleValue(const yaml::Node& node);
  std::optional<Selector> ReadSelector(const yaml::Node& node);

  // Used by several parts.
  /// Since the start; a duration, or an instant of the run.
  std::optional<Nanoseconds> ReadTime(const yaml::Node& node);
  /// `primary`, `secondary 1`: 0, 1.
  std::size_t ReadStorageName(const yaml::Node& node);
  std::optional<Labels> ReadSeriesName(const yaml::Node& node);
  std::optional<SeriesValues> ReadSeriesValues(const yaml::Node& node);
  /// A complaint about a part of a text, at the error's offset.
  void ComplainInText(const yaml::Node& node, const Error& error);
  /// A file of the disk, relative to the scenario.
  std::optional<std::string> ReadDiskFile(const yaml::Node& node, const std::string& name);
  std::string OnDisk(std::string_view name) const;
  /// ` (did you mean "b.prom"?)`: a file beside it with nearly the same name; empty: there is none.
  std::string NearestFile(const std::string& name) const;
  /// Of a byte of a scalar's text: exact for a block of text (`|`) and for a text on one line without escapes.
  Place PlaceIn(const yaml::Node& node, std::size_t offset);
  static Place PlaceOf(const yaml::Node& node) { return {node.line, node.column}; }

  const Files& disk_;
  /// Of the file.
  std::string text_;
  std::string folder_;
  FieldReader reader_;
  Scenario scenario_;
  std::map<std::string, std::string> environment_;
  FeatureDefaults feature_defaults_;
  /// By all clock steps and pauses.
  Nanoseconds time_moved_{0};

  // For the checks at the end.
  const yaml::Node* config_node_ = nullptr;
  std::vector<std::pair<ConfigSource, const yaml::Node*>> reloads_;
  std::vector<std::pair<std::string, const yaml::Node*>> jobs_with_targets_;
  std::set<std::string> jobs_;
};

/// The folder of a path, `.` when it has none.
std::string FolderOf(std::string_view path);

}  // namespace stalemark::scenario
