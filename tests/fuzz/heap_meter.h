// SPDX-License-Identifier: Apache-2.0
// How much heap memory was asked for: operator new is replaced once, in heap_meter.cpp. Not in sanitizer builds, whose
// operator new is their own; the count stays 0 there.
#pragma once

#include <cstdint>

namespace stalemark::fuzz {

/// Bytes asked of operator new so far, given back or not: no less than what was ever held at once, and no less than the
/// work of filling it.
std::uint64_t HeapBytesAskedFor();

}  // namespace stalemark::fuzz
