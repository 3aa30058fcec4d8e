// SPDX-License-Identifier: Apache-2.0
// Place: where something stands in a scenario file.
#pragma once

#include <cstdint>

namespace stalemark::scenario {

/// From 1; columns in bytes. Line 0: nowhere.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

}  // namespace stalemark::scenario
