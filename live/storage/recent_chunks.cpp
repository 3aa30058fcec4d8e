// SPDX-License-Identifier: Apache-2.0
#include "live/storage/recent_chunks.h"

#include <algorithm>

namespace stalemark {

void RecentChunks::Write(SeriesRef ref, const ChunkView& chunk) {
  const Number number = oldest_ + written_.size();
  written_.push_back({chunk, std::string(chunk.bytes), ref, 0});
  Chain& chain = chains_[static_cast<std::uint64_t>(ref)];
  if (chain.last == 0) {
    chain.first = number;
  } else {
    At(chain.last).next = number;
  }
  chain.last = number;
  bytes_ += chunk.bytes.size();
  newest_ms_ = std::max(newest_ms_, chunk.max_t_ms);
  DropOld();
}

void RecentChunks::DropOld() {
  while (!written_.empty()) {
    const Stored& oldest = written_.front();
    if (oldest.chunk.max_t_ms >= newest_ms_ - retention_ms_) return;
    const auto chain = chains_.find(static_cast<std::uint64_t>(oldest.ref));
    chain->second.first = oldest.next;
    if (oldest.next == 0) chains_.erase(chain);
    bytes_ -= oldest.bytes.size();
    written_.pop_front();
    ++oldest_;
  }
}

void RecentChunks::Visit(SeriesRef ref, const ChunkVisitor& visit) const {
  const auto chain = chains_.find(static_cast<std::uint64_t>(ref));
  if (chain == chains_.end()) return;
  for (Number number = chain->second.first; number != 0;) {
    const Stored& stored = At(number);
    ChunkView chunk = stored.chunk;
    chunk.bytes = stored.bytes;
    visit(chunk);
    number = stored.next;
  }
}

}  // namespace stalemark
