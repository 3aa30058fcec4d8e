// SPDX-License-Identifier: Apache-2.0
// Session: one run of a scenario, asked in JSON (docs/design/visualizer.md has the requests and answers). What
// wasm/api.h exports, without anything of Emscripten.
//
// A judge keeps the trace with all details, gives the verdicts, the stored samples and explanations. A player keeps
// none and answers what the state is; it may be copied with all of its memory. Each call answers JSON (Trace: bytes of
// a trace), or an error: a sentence, for scenarios lines of `FILE:LINE:COL: ...`. After an error the session is as it
// was before. Single-threaded; nothing lies outside of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "sim/bundle_files.h"
#include "sim/run/stepwise_run.h"
#include "sim/scenario/scenario.h"
#include "wasm/request.h"

namespace stalemark::wasm {

class Session {
 public:
  using Answer = Result<std::string>;

  // ---- the scenario ----
  Answer Create(std::string_view request);
  /// Loads a bundle and forgets it.
  Answer Check(std::string_view request);

  // ---- time ----
  Answer RunTo(std::string_view request);
  Answer Step(std::string_view request);

  // ---- the judge ----
  Answer Trace(std::string_view request);
  Answer Verdict(std::string_view request);
  Answer Explain(std::string_view request);

  // ---- the player ----
  Answer State(std::string_view request);
  Answer Relabel(std::string_view request);
  Answer Inject(std::string_view request);

  // ---- what is stored, now ----
  Answer Series(std::string_view request);
  Answer Samples(std::string_view request);
  /// What injected events have changed of the bundle.
  Answer Files(std::string_view request);

 private:
  enum class Role : std::uint8_t { kJudge, kPlayer };

  /// The error: there is no run, or the request is no JSON object.
  Result<Request> Open(std::string_view request) const;
  std::string WhereText() const;
  /// Takes the result of a run that is over; the verdicts of the expectations are part of it.
  Status Finish();
  const std::vector<std::unique_ptr<Head>>& storages() const;

  /// The error: it is a judge, which has no state to look at when it is done.
  Result<Request> OpenPlayer(std::string_view request) const;

  Role role_ = Role::kJudge;
  /// As it was loaded, but for injected events: the scenario's file has them.
  BundleFiles files_;
  bool files_changed_ = false;
  std::unique_ptr<scenario::Scenario> scenario_;
  std::unique_ptr<scenario::ScenarioRun> run_;
  /// Once the judge is done; it has no run any more.
  std::optional<scenario::ScenarioResult> result_;
  /// Of the trace.
  std::size_t bytes_taken_ = 0;
};

}  // namespace stalemark::wasm
