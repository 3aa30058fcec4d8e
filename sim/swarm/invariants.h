// SPDX-License-Identifier: Apache-2.0
// InvariantChecker: what is true of every run, whatever fails in it, checked while its events come.
//
// - One scrape of a loop at a time, none after the loop has stopped, each committed once at most (LOOP-04, LOOP-21).
// - The report series are appended once in a scrape, and `up` says how it ended (REP-01).
// - A series that a scrape appended and the loop's next one does not expose gets a stale marker there (STALE-02).
// - The samples of a stored series have ascending times (HEAD-03).
//
// Exempt from the third: samples with times of their own, what a failed attempt of the same scrape exposed (STALE-09),
// and scrapes in which storage refused something. Memory: the series of each loop. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/seams/trace_sink.h"
#include "core/storage/head.h"

namespace stalemark::scenario {

class InvariantChecker final : public TraceSink {
 public:
  static constexpr std::size_t kViolationsMax = 10;

  void OnEvent(MonotonicTime at, const trace::Event& event) override;
  /// The storage at the end.
  void CheckStored(const Head& head);
  /// A line each, at most kViolationsMax.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  /// What the scrape under way has appended; reports and markers of its transaction only.
  struct Transaction {
    std::set<std::uint64_t> tracked;  ///< by the hash of their labels, as the next two
    std::set<std::uint64_t> exposed;
    std::set<std::uint64_t> marked;
    std::map<std::string, int, std::less<>> reports;
    bool refused = false;
    bool up_is_1 = false;
  };
  struct Loop {
    std::string name;
    bool scraping = false;
    bool stopped = false;
    bool committed = false;
    /// Its next transaction is the last.
    bool finished = false;
    trace::ScrapeSeq scrape{};
    std::int64_t t_ms = 0;
    Transaction now;
    /// Of the scrape before, with their text.
    std::map<std::uint64_t, std::string> live;
    std::map<std::uint64_t, std::string> texts;
  };

  void On(const trace::LoopStarted& e);
  void On(const trace::LoopStopped& e);
  void On(const trace::ScrapeStarted& e);
  void On(const trace::EndOfRun& e);
  void On(const trace::SampleAppended& e);
  void On(const trace::ScrapeFinished& e);
  void On(const trace::TransactionEnded& e);
  template <class E>
  void On(const E&) {}

  Loop* LoopOf(trace::ScrapeSeq scrape);
  void Begin(Loop& loop, trace::ScrapeSeq scrape, std::int64_t t_ms);
  void CheckMarkers(Loop& loop);
  void CheckReports(Loop& loop, bool is_up);
  void Violate(const Loop& loop, const std::string& message);

  MonotonicTime at_{};
  std::map<trace::LoopId, Loop> loops_;
  std::map<trace::ScrapeSeq, trace::LoopId> scrapes_;
  std::vector<std::string> violations_;
};

}  // namespace stalemark::scenario
