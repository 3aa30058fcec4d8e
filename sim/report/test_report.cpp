// SPDX-License-Identifier: Apache-2.0
#include "sim/report/test_report.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace stalemark::report {
namespace {

using scenario::Failure;

/// Takes `:NUMBER` from the front.
std::optional<std::uint32_t> TakeNumber(std::string_view* text) {
  constexpr std::size_t kDigitsMax = 9;
  if (text->substr(0, 1) != ":") return {};
  const std::size_t end = std::min(text->find_first_not_of("0123456789", 1), text->size());
  if (end < 2 || end > kDigitsMax + 1) return {};
  std::uint32_t number = 0;
  for (const char digit : text->substr(1, end - 1)) number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  text->remove_prefix(end);
  return number;
}

/// Takes `FILE:LINE:COL: ` apart.
Failure FailureAt(std::string_view kind, std::string_view file, std::string_view line) {
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos; colon = line.find(':', colon + 1)) {
    std::string_view rest = line.substr(colon);
    const auto row = TakeNumber(&rest);
    const auto column = row ? TakeNumber(&rest) : std::nullopt;
    if (!column || rest.substr(0, 2) != ": ") continue;
    return {std::string(line.substr(0, colon)), {*row, *column}, kind, {}, std::string(rest.substr(2)), {}, {}};
  }
  const std::string lead = std::string(file) + ": ";
  const bool is_ours = line.substr(0, lead.size()) == lead;
  return {std::string(file), {}, kind, {}, std::string(is_ours ? line.substr(lead.size()) : line), {}, {}};
}

/// Errors of loading are text, because each of their lines may stand in another file: a failure each.
void AddPlaced(std::string_view kind, std::string_view file, std::string_view text, std::vector<Failure>* failures) {
  const std::size_t begin = failures->size();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent > 0 && failures->size() > begin) {
      // It goes on with the line before.
      std::string& detail = failures->back().detail;
      if (!detail.empty()) detail += '\n';
      detail += line.substr(indent);
    } else if (!line.empty()) {
      failures->push_back(FailureAt(kind, file, line));
    }
  }
}

}  // namespace

std::size_t TestReport::PassedCount() const {
  return static_cast<std::size_t>(std::count_if(results.begin(), results.end(), [](const TestResult& result) {
    return result.outcome == TestResult::Outcome::kPassed;
  }));
}

std::string_view OutcomeText(TestResult::Outcome outcome) {
  switch (outcome) {
    case TestResult::Outcome::kPassed:
      return "passed";
    case TestResult::Outcome::kFailed:
      return "failed";
    case TestResult::Outcome::kInvalid:
      break;
  }
  return "invalid";
}

TestResult ResultOf(const scenario::Scenario& scenario, const scenario::ScenarioResult& result) {
  TestResult test;
  test.file = scenario.file;
  test.name = scenario.name;
  test.outcome = result.failures.empty() ? TestResult::Outcome::kPassed : TestResult::Outcome::kFailed;
  for (const Failure& failure : result.failures) {
    if (failure.file.empty()) {
      AddPlaced(failure.kind, scenario.file, failure.message, &test.failures);
    } else {
      test.failures.push_back(failure);
    }
  }
  for (const std::string& address : result.unasked_exporters) {
    test.notes.push_back(fmt::format("exporter {} was never asked: no target has this address", address));
  }
  test.expectations = scenario::EntriesOf(scenario.expect);
  test.sample_count = result.sample_count;
  test.target_count = result.target_count;
  test.scrape_count = result.scrape_count;
  test.store_digest = result.store_digest;
  test.trace_digest = result.trace_digest;
  return test;
}

TestResult InvalidResult(std::string_view file, std::string_view error) {
  TestResult test;
  test.file = file;
  test.outcome = TestResult::Outcome::kInvalid;
  AddPlaced("scenario", file, error, &test.failures);
  return test;
}

std::size_t FailedExpectationCount(const TestResult& result) {
  const auto has_failed = [&](const scenario::ExpectationEntry& entry) {
    return std::any_of(result.failures.begin(), result.failures.end(), [&](const Failure& failure) {
      return failure.kind == entry.kind && (entry.subject.empty() || failure.place.line == entry.place.line);
    });
  };
  return static_cast<std::size_t>(std::count_if(result.expectations.begin(), result.expectations.end(), has_failed));
}

const std::string& TitleOf(const TestResult& result) {
  return result.name.empty() ? result.file : result.name;
}

std::string SecondsText(Nanoseconds duration) {
  const std::int64_t ms = duration / std::chrono::milliseconds(1);
  return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

}  // namespace stalemark::report
