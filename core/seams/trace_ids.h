// SPDX-License-Identifier: Apache-2.0
// What the events of a trace number: loops, scrapes, cache entries.
#pragma once

#include <cstdint>

namespace stalemark::trace {

/// Numbers a ScrapeLoop within a run, from 1.
enum class LoopId : std::uint64_t {};
/// Numbers a scrape within a run, from 1; 0: none.
enum class ScrapeSeq : std::uint64_t {};
/// Numbers a cache entry within a run, from 1; 0: none (an uncached series).
enum class EntryId : std::uint64_t {};

}  // namespace stalemark::trace
