// SPDX-License-Identifier: Apache-2.0
// SampleExemplars: the exemplars of one entry of a body, as they are passed along with its sample (APP-30 to APP-32).
// Mirrors the exemplar part of scrapeLoopAppenderV2.append. Its memory is used again for the next entry.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/exposition/parser.h"
#include "core/model/exemplar.h"

namespace stalemark {

class SampleExemplars {
 public:
  enum class Entry : std::uint8_t { kFloat, kHistogram };
  /// All exemplars of the parser's current entry, in order. Without a time of its own an exemplar gets `t_ms`, one of a
  /// histogram is left out. Valid until the next call.
  std::span<const Exemplar> Collect(Parser& parser, Entry entry, std::int64_t t_ms);

 private:
  /// Kept for the memory of its labels; only those that Collect returns are of now.
  std::vector<Exemplar> exemplars_;
  ExemplarEntry exposed_;
};

}  // namespace stalemark
