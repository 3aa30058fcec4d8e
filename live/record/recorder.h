// SPDX-License-Identifier: Apache-2.0
// Recorder: keeps what comes into an engine while it runs live (docs/design/record.md): configurations, target sets,
// timers, exchanges. The EngineGate of `stalemark record`.
//
// `transport` puts secrets back (secret_transport.h); what the engine gets has none. What is kept can be read when the
// run is over; bodies go to a sink as they end. Single-threaded; what it refers to outlives it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "live/record/engine_gate.h"
#include "live/record/frozen_clock.h"
#include "live/record/recording_transport.h"
#include "live/record/redactor.h"

namespace stalemark {

/// Files that remember the content they gave, after it went through a function, whose error is then theirs. The other
/// outlives it.
class KeptFiles final : public Files {
 public:
  using Change = std::function<Result<std::string>(std::string content)>;
  KeptFiles(const Files& files, Change change) : files_(files), change_(std::move(change)) {}
  Result<std::string> Read(std::string_view path) const override;
  std::vector<std::string> Glob(std::string_view pattern) const override { return files_.Glob(pattern); }
  /// By path, as it was asked for.
  const std::map<std::string, std::string>& read() const { return read_; }

 private:
  const Files& files_;
  const Change change_;
  mutable std::map<std::string, std::string> read_;
};

/// A configuration that was applied.
struct RecordedConfig {
  std::string text;
};

/// In the order of their instants.
struct RecordedEvent {
  MonotonicTime at{};
  std::variant<RecordedConfig, TargetSets, RecordedStep> what;
};

struct RecorderSeams {
  const Clock& clock;
  Scheduler& scheduler;
  Transport& transport;
  const Files& files;
  Redactor& redactor;
  /// The text of a configuration without its secrets.
  KeptFiles::Change redact_config;
  RecordingTransport::KeepBody keep_body;
};

class Recorder final : public EngineGate {
 public:
  explicit Recorder(const RecorderSeams& seams);

  Clock& clock() override { return clock_; }
  Scheduler& scheduler() override { return clock_; }
  Transport& transport() override { return transport_; }
  const Files& engine_files() override { return engine_files_; }
  const Files& config_files() override { return config_files_; }
  void Enter(const std::function<void()>& work) override { clock_.Enter(work); }
  void OnConfig(const std::string& text) override;
  TargetSets OnTargets(TargetSets targets) override;

  /// Ends the recording: its length, a whole number of milliseconds.
  Nanoseconds Finish();

  WallTime start() const { return clock_.start(); }
  std::size_t request_count() const { return transport_.exchanges().size(); }
  /// Steps of the wall clock included.
  std::vector<RecordedEvent> Events() const;
  /// Requires: Finish was called.
  Recording TakeRecording() const;
  const KeptFiles& kept_engine_files() const { return engine_files_; }
  const KeptFiles& kept_config_files() const { return config_files_; }

 private:
  Redactor& redactor_;
  FrozenClock clock_;
  RecordingTransport transport_;
  KeptFiles engine_files_;
  KeptFiles config_files_;
  std::vector<RecordedEvent> events_;
  MonotonicTime end_{};
};

}  // namespace stalemark
