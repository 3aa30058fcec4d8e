// SPDX-License-Identifier: Apache-2.0
// Exemplars: examples of observations that come with a sample. Mirrors model/exemplar.
#pragma once

#include <cstdint>

#include "core/model/labels.h"

namespace stalemark {

/// Labels of one exemplar may hold this many code points, names and values summed (HEAD-33).
inline constexpr std::size_t kExemplarLabelRunesMax = 128;

struct Exemplar {
  Labels labels;
  /// IEEE-754 bits.
  std::uint64_t value_bits = 0;
  /// Whether it was exposed with a timestamp; without one it gets its sample's (APP-25).
  bool has_timestamp = false;
  std::int64_t t_ms = 0;
};

}  // namespace stalemark
