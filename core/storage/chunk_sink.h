// SPDX-License-Identifier: Apache-2.0
// ChunkSink: where full in-order chunks go when they leave the head. Mirrors the use that tsdb/head.go makes of
// tsdb/chunks/head_chunks.go. In memory in simulation; a file-backed one writes and maps files behind the same seam.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/seams/appendable.h"
#include "core/storage/chunk_encoding.h"

namespace stalemark {

/// One chunk. The bytes (count and stream) are valid during the call they are handed to.
struct ChunkView {
  ChunkEncoding encoding = ChunkEncoding::kXor;
  std::int64_t min_t_ms = 0;
  std::int64_t max_t_ms = 0;
  std::uint16_t count = 0;
  std::string_view bytes;
};

using ChunkVisitor = std::function<void(const ChunkView& chunk)>;

class ChunkSink {
 public:
  virtual ~ChunkSink() = default;
  /// Takes a copy. The chunks of one series come in the order of their times.
  virtual void Write(SeriesRef ref, const ChunkView& chunk) = 0;
  /// All chunks of a series, oldest first.
  virtual void Visit(SeriesRef ref, const ChunkVisitor& visit) const = 0;
};

/// Keeps everything until it is destroyed. References are expected to be dense, as the head's are.
class MemoryChunkSink final : public ChunkSink {
 public:
  void Write(SeriesRef ref, const ChunkView& chunk) override;
  void Visit(SeriesRef ref, const ChunkVisitor& visit) const override;
  std::size_t allocated_bytes() const;

 private:
  static constexpr std::size_t kSlabBytes = std::size_t{1} << 20;
  /// Followed by its bytes.
  struct Stored {
    Stored* next;
    ChunkView chunk;
  };
  struct Chain {
    Stored* first = nullptr;
    Stored* last = nullptr;
  };

  unsigned char* Allocate(std::size_t bytes);

  std::vector<std::unique_ptr<unsigned char[]>> slabs_;
  std::size_t slab_used_ = 0;
  std::size_t slab_size_ = 0;
  std::size_t allocated_bytes_ = 0;
  std::vector<Chain> chains_;
};

}  // namespace stalemark
