// SPDX-License-Identifier: Apache-2.0
// TraceRing: the last part of a trace that never ends, as the bytes of a trace of its own (docs/formats/trace.md), for
// the visualizer to follow.
//
// Two writers take the events. When the newer one has half of what is wanted it takes the older one's place and a fresh
// one begins: with the loops that run, and with the scrapes that start from then on, numbered from 1. What is given is
// thus between half and all of what is wanted, and what is held up to half as much again. Times stay those of the run.
// A body too large for the ring is left out; its size and hash are there. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/trace/trace_writer.h"

namespace stalemark {

class TraceRing final : public TraceSink {
 public:
  explicit TraceRing(std::size_t bytes_wanted);

  void OnEvent(MonotonicTime at, const trace::Event& event) override;
  /// A whole trace. Valid until the next event.
  const std::string& bytes() const { return (older_.writer ? older_ : newer_).writer->bytes(); }

 private:
  struct Generation {
    std::unique_ptr<trace::TraceWriter> writer;
    /// The last scrape before it began; those that were under way are left out.
    std::uint64_t scrapes_before = 0;
  };
  /// What LoopStarted said of a loop that runs.
  struct Loop {
    std::string pool;
    Labels labels;
    std::string url;
    trace::LoopStarted event;
  };

  void Note(const trace::Event& event);
  void Write(Generation& generation, MonotonicTime at, const trace::Event& event) const;
  Generation Begin(MonotonicTime at) const;

  const std::size_t bytes_wanted_;
  std::uint64_t last_scrape_ = 0;
  std::map<trace::LoopId, Loop> loops_;
  Generation older_;
  Generation newer_;
};

}  // namespace stalemark
