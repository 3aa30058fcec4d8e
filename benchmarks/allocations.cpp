// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/allocations.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::uint64_t allocation_count = 0;
std::uint64_t allocated_bytes = 0;

void* Allocate(std::size_t bytes, std::size_t alignment) {
  ++allocation_count;
  allocated_bytes += bytes;
  if (bytes == 0) bytes = 1;
  // aligned_alloc wants a multiple of the alignment.
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* memory = alignment <= alignof(std::max_align_t) ? std::malloc(bytes) : std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

namespace stalemark {
std::uint64_t AllocationCount() {
  return allocation_count;
}
std::uint64_t AllocatedBytes() {
  return allocated_bytes;
}
}  // namespace stalemark

// The other forms (arrays, nothrow) call these.
void* operator new(std::size_t bytes) {
  return Allocate(bytes, 1);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return Allocate(bytes, static_cast<std::size_t>(alignment));
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
