// SPDX-License-Identifier: Apache-2.0
// What an event of a scenario file consists of, before it is understood. Internal to ScenarioLoader.
#pragma once

#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {

/// Null: the key is not there.
struct ScenarioLoader::EventNodes {
  const yaml::Node *at = nullptr, *request = nullptr, *during = nullptr, *lasts = nullptr;
  const yaml::Node *exporter = nullptr, *targets = nullptr, *reload = nullptr, *clock = nullptr, *pause = nullptr;
  const yaml::Node *jitter = nullptr, *commit = nullptr, *append = nullptr;
  // Of a reload.
  const yaml::Node* expect_error = nullptr;
  // Of an exporter.
  const yaml::Node* restart = nullptr;
  // Of a fault.
  const yaml::Node* fault = nullptr;
  /// By FaultKey.
  const yaml::Node* fault_keys[kFaultKeys] = {};
};

}  // namespace stalemark::scenario
