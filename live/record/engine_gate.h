// SPDX-License-Identifier: Apache-2.0
// EngineGate: what stands between a live process and its engine when what comes in is to be kept. LiveServer hands the
// engine the gate's clock, scheduler, transport and files in the place of its own, and calls the engine from outside
// only through Enter.
//
// Single-threaded; outlives the server.
#pragma once

#include <functional>
#include <string>

#include "core/config/config.h"
#include "core/scrape/scrape_manager.h"
#include "core/seams/clock.h"
#include "core/seams/files.h"
#include "core/seams/scheduler.h"
#include "core/seams/transport.h"

namespace stalemark {

class EngineGate {
 public:
  virtual ~EngineGate() = default;
  virtual Clock& clock() = 0;
  virtual Scheduler& scheduler() = 0;
  virtual Transport& transport() = 0;
  /// What the engine itself reads: credentials.
  virtual const Files& engine_files() = 0;
  /// The configuration and what it includes.
  virtual const Files& config_files() = 0;
  /// Runs `work`, which calls the engine.
  virtual void Enter(const std::function<void()>& work) = 0;
  /// Inside Enter: this text, which has loaded, is about to be applied.
  virtual void OnConfig(const std::string& text) = 0;
  /// Inside Enter: discovery sends these; what the engine is to get.
  virtual TargetSets OnTargets(TargetSets targets) = 0;
};

}  // namespace stalemark
