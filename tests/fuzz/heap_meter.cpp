// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/heap_meter.h"

#ifdef STALEMARK_METERS_HEAP
#include <cstddef>
#include <cstdlib>
#include <new>
#endif

namespace {
std::uint64_t heap_bytes_asked_for = 0;
}  // namespace

namespace stalemark::fuzz {
std::uint64_t HeapBytesAskedFor() {
  return heap_bytes_asked_for;
}
}  // namespace stalemark::fuzz

#ifdef STALEMARK_METERS_HEAP
// The other forms (arrays, nothrow) call these.
void* operator new(std::size_t bytes) {
  heap_bytes_asked_for += bytes;
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  heap_bytes_asked_for += bytes;
  const auto unit = static_cast<std::size_t>(alignment);
  void* memory = std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
#endif
