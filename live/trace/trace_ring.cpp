// SPDX-License-Identifier: Apache-2.0
#include "live/trace/trace_ring.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace stalemark {
namespace {

constexpr std::size_t kBytesWantedMin = std::size_t{1} << 16;

}  // namespace

TraceRing::TraceRing(std::size_t bytes_wanted)
    : bytes_wanted_(std::max(bytes_wanted, kBytesWantedMin)), newer_(Begin(MonotonicTime{})) {}

TraceRing::Generation TraceRing::Begin(MonotonicTime at) const {
  Generation generation;
  generation.writer = std::make_unique<trace::TraceWriter>(trace::Level::kDetail);
  generation.scrapes_before = last_scrape_;
  for (const auto& [id, loop] : loops_) {
    trace::LoopStarted started = loop.event;
    started.pool = loop.pool;
    started.labels = &loop.labels;
    started.url = loop.url;
    generation.writer->OnEvent(at, started);
  }
  return generation;
}

void TraceRing::OnEvent(MonotonicTime at, const trace::Event& event) {
  Note(event);
  if (older_.writer) Write(older_, at, event);
  Write(newer_, at, event);
  if (newer_.writer->bytes().size() <= bytes_wanted_ / 2) return;
  older_ = std::move(newer_);
  newer_ = Begin(at);
}

void TraceRing::Note(const trace::Event& event) {
  if (const auto* scrape = std::get_if<trace::ScrapeStarted>(&event)) {
    last_scrape_ = std::max(last_scrape_, static_cast<std::uint64_t>(scrape->scrape));
  } else if (const auto* started = std::get_if<trace::LoopStarted>(&event)) {
    loops_[started->loop] = {std::string(started->pool), *started->labels, std::string(started->url), *started};
  } else if (const auto* stopped = std::get_if<trace::LoopStopped>(&event)) {
    loops_.erase(stopped->loop);
  }
}

void TraceRing::Write(Generation& generation, MonotonicTime at, const trace::Event& event) const {
  std::visit(
      [&](auto copy) {
        using E = decltype(copy);
        if constexpr (requires { copy.scrape; }) {
          const auto scrape = static_cast<std::uint64_t>(copy.scrape);
          if (scrape != 0 && scrape <= generation.scrapes_before) return;
          if (scrape != 0) copy.scrape = trace::ScrapeSeq(scrape - generation.scrapes_before);
        }
        if constexpr (std::is_same_v<E, trace::FetchFinished>) {
          if (copy.body.size() > bytes_wanted_ / 8) copy.body = {};
        }
        generation.writer->OnEvent(at, copy);
      },
      event);
}

}  // namespace stalemark
