// SPDX-License-Identifier: Apache-2.0
// What exporters had in mind: for each connection attempt the answer that was on its way, whether or not the scrape
// waited for it. Explanations of timeouts need it: the trace holds only what arrived.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/seams/time.h"
#include "sim/sim_response.h"

namespace stalemark::scenario {

struct PlannedAnswer {
  /// Of the connection attempt.
  MonotonicTime at{};
  std::string address;
  /// From the attempt to the head, from there to the body.
  Nanoseconds head_after{0};
  Nanoseconds body_after{0};
  SimFault fault = SimFault::kNone;
};

/// The same exporter; each of its answers is added to `log`, which must outlive it.
std::unique_ptr<Exporter> WithAnswerLog(std::unique_ptr<Exporter> exporter, std::string address,
                                        std::vector<PlannedAnswer>* log);

}  // namespace stalemark::scenario
