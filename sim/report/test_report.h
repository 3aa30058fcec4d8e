// SPDX-License-Identifier: Apache-2.0
// TestReport: what `stalemark test` found out about some scenario files, kept in parts. The renderers beside it
// (junit.h, github.h, test_json.h) turn it into text for a machine; the command prints it for people.
//
// Plain values, independent of the runs they tell about. Renderers are pure functions of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/expect/expect.h"

namespace stalemark::report {

struct TestResult {
  /// Path of the scenario, as it was asked for.
  std::string file;
  /// Of the scenario; empty when the file does not load.
  std::string name;
  enum class Outcome : std::uint8_t { kPassed, kFailed, kInvalid };
  Outcome outcome = Outcome::kPassed;
  /// Why it did not pass; empty when it did.
  std::vector<scenario::Failure> failures;
  /// What is odd and no failure, a sentence each.
  std::vector<std::string> notes;
  /// What the scenario expects, in the order in which it is judged.
  std::vector<scenario::ExpectationEntry> expectations;

  std::uint64_t sample_count = 0;
  std::size_t target_count = 0;
  std::size_t scrape_count = 0;
  /// Empty when the file does not load.
  std::string store_digest;
  std::string trace_digest;
  /// One for each seed it was played under; the two above are empty then.
  struct SeedDigests {
    std::uint64_t seed = 0;
    std::string store;
    std::string trace;
  };
  std::vector<SeedDigests> seed_digests;
  /// Real time of loading, running and judging.
  Nanoseconds took{0};
};

struct TestReport {
  /// In the order of the command's arguments.
  std::vector<TestResult> results;
  Nanoseconds took{0};

  std::size_t PassedCount() const;
  std::size_t FailedCount() const { return results.size() - PassedCount(); }
};

/// `passed`, `failed`, `invalid`.
std::string_view OutcomeText(TestResult::Outcome outcome);

/// The result of a scenario that was played. Whoever measures the time sets `took`.
TestResult ResultOf(const scenario::Scenario& scenario, const scenario::ScenarioResult& result);
/// The result of a file that does not load; each line of the error that starts with a place becomes a failure there.
TestResult InvalidResult(std::string_view file, std::string_view error);

/// Expectations with a failure: one of their kind in their line, or one of their kind elsewhere where an entry stands
/// for all of it.
std::size_t FailedExpectationCount(const TestResult& result);

/// What a reader calls the scenario: its name, or the file's where it has none.
const std::string& TitleOf(const TestResult& result);
/// `1.234` for 1,234 ms.
std::string SecondsText(Nanoseconds duration);

}  // namespace stalemark::report
