// SPDX-License-Identifier: Apache-2.0
// TraceSink: receives the events of a run. A null sink costs one predictable branch a sample.
#pragma once

#include "core/seams/time.h"
#include "core/seams/trace_event.h"

namespace stalemark {

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  /// `at`: when it happened. Views in the event are valid during the call.
  virtual void OnEvent(MonotonicTime at, const trace::Event& event) = 0;
};

}  // namespace stalemark
