// SPDX-License-Identifier: Apache-2.0
// Heap allocations of a program: operator new is replaced once, in allocations.cpp, which the program links. Not in
// sanitizer builds, whose operator new is their own.
#pragma once

#include <cstdint>

namespace stalemark {

/// Calls of operator new so far, in all forms.
std::uint64_t AllocationCount();
/// Bytes that they asked for, given back or not: no less than what was ever held at once, and no less than the work of
/// filling it.
std::uint64_t AllocatedBytes();

}  // namespace stalemark
