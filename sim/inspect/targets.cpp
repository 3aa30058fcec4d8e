// SPDX-License-Identifier: Apache-2.0
#include "sim/inspect/targets.h"

#include <algorithm>

namespace stalemark::inspect {
namespace {

/// By ScrapeLoop::State.
constexpr std::string_view kStates[] = {"new", "offset", "scraping", "waiting", "leaving", "end_of_run", "ended"};

}  // namespace

std::vector<SeenTarget> TargetsOf(const ScrapeManager& manager) {
  std::vector<SeenTarget> seen;
  for (const auto& [name, pool] : manager.pools()) {
    const std::size_t begin = seen.size();
    for (const Target* target : pool->ActiveTargets()) {
      seen.push_back({&name, pool.get(), target, pool->LoopOf(*target)});
    }
    const std::size_t end = seen.size();
    for (const Target& target : pool->dropped_targets()) seen.push_back({&name, pool.get(), &target, nullptr});
    for (const auto& loop : pool->loops()) {
      const bool is_active = std::any_of(seen.begin() + static_cast<std::ptrdiff_t>(begin),
                                         seen.begin() + static_cast<std::ptrdiff_t>(end),
                                         [&](const SeenTarget& other) { return other.loop == loop.get(); });
      if (!is_active) seen.push_back({&name, pool.get(), loop->target().get(), loop.get()});
    }
  }
  return seen;
}

const ScrapeLoop* FindLoop(const ScrapeManager& manager, trace::LoopId id) {
  for (const auto& [name, pool] : manager.pools()) {
    for (const auto& loop : pool->loops()) {
      if (loop->id() == id) return loop.get();
    }
  }
  return nullptr;
}

std::string_view LoopStateText(ScrapeLoop::State state) {
  return kStates[static_cast<std::size_t>(state)];
}

}  // namespace stalemark::inspect
