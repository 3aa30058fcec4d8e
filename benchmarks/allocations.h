// SPDX-License-Identifier: Apache-2.0
// Heap allocations of the benchmark program: operator new is replaced once, in allocations.cpp.
#pragma once

#include <cstdint>

namespace stalemark {

/// Calls of operator new so far, in all forms.
std::uint64_t AllocationCount();

}  // namespace stalemark
