// SPDX-License-Identifier: Apache-2.0
// CommitLog: the WAL records of the transactions that were committed at the last instant at which one was, for people
// who look. A record belongs to the scrape whose end of transaction comes next in the trace.
//
// Memory: the records of one instant. Refuses nothing. Single-threaded.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/seams/trace_event.h"
#include "core/storage/wal.h"

namespace stalemark::scenario {

class CommitLog final : public WalSink {
 public:
  struct Commit {
    trace::ScrapeSeq scrape{};
    MonotonicTime at{};
    std::vector<std::string> records;
  };

  Status Log(std::string_view record) override {
    open_.emplace_back(record);
    return {};
  }

  void OnEvent(MonotonicTime at, const trace::Event& event) {
    const auto* end = std::get_if<trace::TransactionEnded>(&event);
    if (end == nullptr) return;
    if (!commits_.empty() && commits_.back().at != at) commits_.clear();
    if (end->committed) commits_.push_back({end->scrape, at, std::move(open_)});
    open_.clear();
  }

  /// In their order; a scrape may have two: its body's and its report's.
  const std::vector<Commit>& commits() const { return commits_; }

 private:
  std::vector<std::string> open_;
  std::vector<Commit> commits_;
};

}  // namespace stalemark::scenario
