// SPDX-License-Identifier: Apache-2.0
#include "core/storage/chunk_sink.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace stalemark {

unsigned char* MemoryChunkSink::Allocate(std::size_t bytes) {
  bytes = (bytes + alignof(Stored) - 1) / alignof(Stored) * alignof(Stored);
  if (slab_size_ - slab_used_ < bytes) {
    slab_size_ = std::max(kSlabBytes, bytes);
    slab_used_ = 0;
    slabs_.push_back(std::unique_ptr<unsigned char[]>(new unsigned char[slab_size_]));
    allocated_bytes_ += slab_size_;
  }
  unsigned char* result = slabs_.back().get() + slab_used_;
  slab_used_ += bytes;
  return result;
}

void MemoryChunkSink::Write(SeriesRef ref, const ChunkView& chunk) {
  const auto slot = static_cast<std::size_t>(ref);
  if (slot >= chains_.size()) chains_.resize(slot + 1);
  unsigned char* memory = Allocate(sizeof(Stored) + chunk.bytes.size());
  unsigned char* bytes = memory + sizeof(Stored);
  std::memcpy(bytes, chunk.bytes.data(), chunk.bytes.size());
  auto* stored = new (memory) Stored{nullptr, chunk};
  stored->chunk.bytes = std::string_view(reinterpret_cast<const char*>(bytes), chunk.bytes.size());
  Chain& chain = chains_[slot];
  (chain.last == nullptr ? chain.first : chain.last->next) = stored;
  chain.last = stored;
}

void MemoryChunkSink::Visit(SeriesRef ref, const ChunkVisitor& visit) const {
  const auto slot = static_cast<std::size_t>(ref);
  if (slot >= chains_.size()) return;
  for (const Stored* at = chains_[slot].first; at != nullptr; at = at->next) visit(at->chunk);
}

std::size_t MemoryChunkSink::allocated_bytes() const {
  return allocated_bytes_ + chains_.capacity() * sizeof(Chain);
}

}  // namespace stalemark
