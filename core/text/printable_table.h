// SPDX-License-Identifier: Apache-2.0
// Table behind IsPrintable; include go_quote.h instead.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stalemark::text {

struct CodePointRange {
  std::uint32_t first;
  std::uint32_t last;
};
/// Sorted, disjoint.
extern const CodePointRange kPrintableRanges[];
extern const std::size_t kPrintableRangeCount;

}  // namespace stalemark::text
