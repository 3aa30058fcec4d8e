// SPDX-License-Identifier: Apache-2.0
// BoundTexts: the texts of bounds and quantiles, as labels show them (PARSE-TEXT-33), kept by their place in the
// metric.
//
// The metrics of a family have the same bounds in the same order, and to write a float costs more than all the rest of
// a bucket. A bound is known by its bits. Bounded memory; views are valid until the next call.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/value.h"
#include "core/text/go_float.h"

namespace stalemark {

class BoundTexts {
 public:
  /// The text of `bound`, which is the position-th of its metric.
  std::string_view Text(std::size_t position, double bound) {
    Kept& kept = kept_[position % kept_.size()];
    if (kept.text.empty() || kept.bits != BitsOf(bound)) {
      kept.bits = BitsOf(bound);
      kept.text.clear();
      text::AppendOpenMetricsFloat(kept.text, bound);
    }
    return kept.text;
  }

 private:
  struct Kept {
    std::uint64_t bits = 0;
    std::string text;
  };
  std::array<Kept, 64> kept_;
};

}  // namespace stalemark
