// SPDX-License-Identifier: Apache-2.0
// Tracer: hands events to the run's TraceSink with the time and numbers loops, scrapes and cache entries. One per
// manager. Emitting into no sink is one predictable branch.
#pragma once

#include <cstdint>

#include "core/seams/clock.h"
#include "core/seams/trace_sink.h"

namespace stalemark {

class Tracer {
 public:
  Tracer(const Clock& clock, TraceSink* sink) : clock_(clock), sink_(sink) {}

  bool enabled() const { return sink_ != nullptr; }
  template <class E>
  void Emit(const E& event) {
    if (sink_ != nullptr) sink_->OnEvent(clock_.MonotonicNow(), trace::Event(event));
  }

  trace::LoopId NextLoop() { return trace::LoopId{++loops_}; }
  trace::ScrapeSeq NextScrape() { return trace::ScrapeSeq{++scrapes_}; }
  trace::EntryId NextEntry() { return trace::EntryId{++entries_}; }

 private:
  const Clock& clock_;
  TraceSink* sink_;
  std::uint64_t loops_ = 0;
  std::uint64_t scrapes_ = 0;
  std::uint64_t entries_ = 0;
};

}  // namespace stalemark
