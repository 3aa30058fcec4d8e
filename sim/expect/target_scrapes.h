// SPDX-License-Identifier: Apache-2.0
// The scrapes of one target, all its loops: what expectations about targets start from. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "sim/run/run_record.h"
#include "sim/scenario/expect_server.h"

namespace stalemark::scenario {

struct TargetScrapes {
  /// As `run` prints it: job/instance.
  std::string subject;
  /// Its series `up`, for explanations.
  Labels up;
  std::vector<trace::LoopId> loops;
  /// In the order in which they began, without end-of-run staleness.
  std::vector<const RunRecord::Scrape*> scrapes;
};

/// As the scenario writes it.
std::string SelectorText(const TargetSelector& selector);

/// The error: no target, with the nearest one, or several. Valid as long as the record.
Result<TargetScrapes> ScrapesOf(const RunRecord& record, const TargetSelector& selector);

}  // namespace stalemark::scenario
