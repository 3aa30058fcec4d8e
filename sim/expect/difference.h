// SPDX-License-Identifier: Apache-2.0
// Difference: two texts for the cells of a table. Of two histograms only the parts that differ are shown. Pure
// functions.
#pragma once

#include <string>

namespace stalemark::scenario {

struct Difference {
  std::string expected;
  std::string stored;
};

/// `{{schema:1 count:3 sum:4}}` and `{{schema:1 count:5 sum:4}}` become `{{.. count:3}}` and `{{.. count:5}}`. Other
/// texts stay as they are.
void ShortenHistograms(Difference* difference);

}  // namespace stalemark::scenario
