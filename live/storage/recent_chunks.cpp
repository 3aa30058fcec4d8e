// SPDX-License-Identifier: Apache-2.0
#include "live/storage/recent_chunks.h"

#include <algorithm>

namespace stalemark {

void RecentChunks::Write(SeriesRef ref, const ChunkView& chunk) {
  const auto slot = static_cast<std::size_t>(ref);
  if (slot >= chains_.size()) chains_.resize(slot + 1);
  chains_[slot].push_back({chunk, std::string(chunk.bytes)});
  written_.push_back(ref);
  bytes_ += chunk.bytes.size();
  newest_ms_ = std::max(newest_ms_, chunk.max_t_ms);
  DropOld();
}

void RecentChunks::DropOld() {
  while (!written_.empty()) {
    std::deque<Stored>& chain = chains_[static_cast<std::size_t>(written_.front())];
    if (chain.front().chunk.max_t_ms >= newest_ms_ - retention_ms_) return;
    bytes_ -= chain.front().bytes.size();
    chain.pop_front();
    // Most series of a fleet that changes are gone for good.
    if (chain.empty()) chain.shrink_to_fit();
    written_.pop_front();
  }
}

void RecentChunks::Visit(SeriesRef ref, const ChunkVisitor& visit) const {
  const auto slot = static_cast<std::size_t>(ref);
  if (slot >= chains_.size()) return;
  for (const Stored& stored : chains_[slot]) {
    ChunkView chunk = stored.chunk;
    chunk.bytes = stored.bytes;
    visit(chunk);
  }
}

}  // namespace stalemark
