// SPDX-License-Identifier: Apache-2.0
#include "sim/run/grid.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/model/duration.h"

namespace stalemark::scenario {

std::int64_t Grid::SlotOf(std::int64_t t_ms) const {
  if (t_ms < g0_ms) return -1;
  // Unsigned: an exporter may say any time.
  const std::uint64_t since = static_cast<std::uint64_t>(t_ms) - static_cast<std::uint64_t>(g0_ms);
  const std::uint64_t slot = since / static_cast<std::uint64_t>(interval_ms);
  return static_cast<std::int64_t>(std::min<std::uint64_t>(slot, std::numeric_limits<std::int64_t>::max()));
}

Grid GridOf(const RunRecord::Loop& loop) {
  Grid grid;
  grid.g0_ms = UnixMillis(loop.first_scheduled);
  grid.interval_ms = std::max<std::int64_t>(1, loop.interval / std::chrono::milliseconds(1));
  return grid;
}

namespace {

/// Two loops of one name are told apart by what differs.
std::string NoCommonGrid(const RunRecord::Loop& one, const RunRecord::Loop& other) {
  if (one.subject != other.subject) {
    return fmt::format("{} and {} scrape it on different grids", one.subject, other.subject);
  }
  if (one.url != other.url || one.labels != other.labels) {
    const bool by_url = one.url != other.url;
    return fmt::format("two targets are named {}, {} and {}, and scrape it on different grids", one.subject,
                       by_url ? one.url : one.labels.ToString(), by_url ? other.url : other.labels.ToString());
  }
  if (one.interval != other.interval) {
    return fmt::format("{} is scraped every {}, later every {}", one.subject, FormatGoDuration(one.interval),
                       FormatGoDuration(other.interval));
  }
  return fmt::format("{} is scraped on one grid, later on another with the same interval", one.subject);
}

}  // namespace

Result<Grid> CommonGrid(const Scenario& scenario, const RunRecord& record, const std::vector<trace::LoopId>& loops,
                        std::string_view instead) {
  const RunRecord::Loop* first = nullptr;
  for (const trace::LoopId id : loops) {
    const RunRecord::Loop* loop = record.FindLoop(id);
    if (loop == nullptr) continue;
    if (first == nullptr) first = loop;
    const Nanoseconds apart = loop->first_scheduled - first->first_scheduled;
    if (loop->interval == first->interval && apart % first->interval == Nanoseconds(0)) continue;
    return Error{fmt::format("{}: {}", NoCommonGrid(*first, *loop), instead)};
  }
  if (first == nullptr) return Error{"no target stands behind it, so it has no slots"};
  Grid grid = GridOf(*first);
  const WallTime end = scenario.start + scenario.duration;
  if (end >= first->first_scheduled) {
    grid.slots = static_cast<std::uint64_t>((end - first->first_scheduled) / first->interval) + 1;
  }
  return grid;
}

std::optional<Nanoseconds> TimeOfRun(const Scenario& scenario, std::int64_t t_ms) {
  constexpr std::int64_t kMillisMax = std::numeric_limits<std::int64_t>::max() / 4'000'000;
  if (t_ms < -kMillisMax || t_ms > kMillisMax) return std::nullopt;
  return Nanoseconds(std::chrono::milliseconds(t_ms)) - scenario.start.time_since_epoch();
}

std::string SinceStart(const Scenario& scenario, std::int64_t t_ms) {
  const std::optional<Nanoseconds> time = TimeOfRun(scenario, t_ms);
  return time ? FormatGoDuration(*time) : fmt::format("{} ms", t_ms);
}

}  // namespace stalemark::scenario
