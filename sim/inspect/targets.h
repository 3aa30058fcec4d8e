// SPDX-License-Identifier: Apache-2.0
// The targets of a run in the order of the state's list: by pool; active ones by hash, then dropped ones, then those
// that have gone and whose loop has not ended. Internal to sim/inspect. Valid until the run goes on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/scrape/scrape_manager.h"

namespace stalemark::inspect {

struct SeenTarget {
  const std::string* pool = nullptr;
  const ScrapePool* in = nullptr;
  const Target* target = nullptr;
  /// Null: dropped.
  const ScrapeLoop* loop = nullptr;
};

std::vector<SeenTarget> TargetsOf(const ScrapeManager& manager);
/// Null: no loop has that number, or it has ended.
const ScrapeLoop* FindLoop(const ScrapeManager& manager, trace::LoopId id);
/// `offset`, `scraping`, ...
std::string_view LoopStateText(ScrapeLoop::State state);

}  // namespace stalemark::inspect
