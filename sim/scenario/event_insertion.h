// SPDX-License-Identifier: Apache-2.0
// InsertEvent: another event at the end of a scenario file's `events`, for events that are injected into a run: the
// file that plays the run again. Every other byte stays as it is. Pure; what the event says is for LoadScenario to
// judge.
#pragma once

#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/seams/time.h"

namespace stalemark::scenario {

struct InsertedEvent {
  /// The whole file.
  std::string scenario;
  /// The event as it stands there, with its time.
  std::string event;
};

/// `event`: a mapping in flow style on one line, such as a JSON object, without `at`. The time is written as an
/// instant: durations have no nanoseconds. Errors: a file that is no YAML mapping in block style, an event with `at`.
Result<InsertedEvent> InsertEvent(std::string_view scenario, std::string_view file, WallTime start, MonotonicTime at,
                                  std::string_view event);

}  // namespace stalemark::scenario
