// SPDX-License-Identifier: Apache-2.0
#include "sim/report/junit.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text/utf8.h"

namespace stalemark::report {
namespace {

using scenario::ExpectationEntry;
using scenario::Failure;
using scenario::Place;

constexpr std::string_view kRunCase = "run";

struct Case {
  std::string name;
  std::string_view kind;
  Place place;
  /// Whether failures of the kind belong here wherever they stand.
  bool takes_all_of_kind = false;
  std::vector<const Failure*> failures;
};

enum class Where : std::uint8_t { kText, kAttribute };

bool IsXmlChar(std::uint32_t rune) {
  return rune == '\t' || rune == '\n' || rune == '\r' || (rune >= 0x20 && rune != 0xFFFE && rune != 0xFFFF);
}

void AppendEscaped(std::string& out, std::string_view text, Where where) {
  while (!text.empty()) {
    const text::DecodedRune rune = text::DecodeRune(text);
    text.remove_prefix(rune.width);
    const bool is_blank = rune.rune == '\t' || rune.rune == '\n' || rune.rune == '\r';
    if (rune.rune == '&') {
      out += "&amp;";
    } else if (rune.rune == '<') {
      out += "&lt;";
    } else if (rune.rune == '>') {
      out += "&gt;";  // for the end of CDATA
    } else if (rune.rune == '"' && where == Where::kAttribute) {
      out += "&quot;";
    } else if (is_blank && (where == Where::kAttribute || rune.rune == '\r')) {
      out += fmt::format("&#{};", rune.rune);  // a reader makes a blank, or a newline, of the bare one
    } else {
      text::AppendRune(out, IsXmlChar(rune.rune) ? rune.rune : text::kReplacementRune);
    }
  }
}

class Element {
 public:
  Element(std::string& out, std::size_t depth, std::string_view name) : out_(out) {
    out_.append(2 * depth, ' ');
    out_ += '<';
    out_ += name;
  }
  Element& With(std::string_view name, std::string_view value) {
    out_ += fmt::format(" {}=\"", name);
    AppendEscaped(out_, value, Where::kAttribute);
    out_ += '"';
    return *this;
  }
  Element& With(std::string_view name, std::size_t value) { return With(name, std::to_string(value)); }
  void Open() { out_ += ">\n"; }
  void Empty() { out_ += "/>\n"; }
  void Close(std::string_view text, std::string_view name) {
    out_ += '>';
    AppendEscaped(out_, text, Where::kText);
    out_ += fmt::format("</{}>\n", name);
  }

 private:
  std::string& out_;
};

std::string CaseName(std::string_view kind, std::string_view subject) {
  return subject.empty() ? std::string(kind) : fmt::format("{} {}", kind, subject);
}

/// The case that the failure belongs to; a new one when no expectation is behind it.
Case& CaseOf(const Failure& failure, std::vector<Case>* cases) {
  const auto at = [&](const Case& candidate) {
    return candidate.kind == failure.kind && candidate.place.line > 0 && candidate.place.line == failure.place.line &&
           candidate.place.column == failure.place.column;
  };
  const auto takes = [&](const Case& candidate) {
    return candidate.kind == failure.kind && candidate.takes_all_of_kind;
  };
  auto found = std::find_if(cases->begin(), cases->end(), at);
  if (found == cases->end()) found = std::find_if(cases->begin(), cases->end(), takes);
  if (found != cases->end()) return *found;
  const std::string name = CaseName(failure.kind, failure.subject);
  found = std::find_if(cases->begin(), cases->end(), [&](const Case& candidate) { return candidate.name == name; });
  if (found != cases->end()) return *found;
  cases->push_back({name, failure.kind, failure.place, false, {}});
  return cases->back();
}

std::vector<Case> CasesOf(const TestResult& result) {
  std::vector<Case> cases;
  cases.push_back({std::string(kRunCase), {}, {1, 1}, false, {}});
  for (const ExpectationEntry& entry : result.expectations) {
    cases.push_back({CaseName(entry.kind, entry.subject), entry.kind, entry.place, entry.subject.empty(), {}});
  }
  for (const Failure& failure : result.failures) {
    // A file that does not load was not run.
    const bool invalid = result.outcome == TestResult::Outcome::kInvalid;
    (invalid ? cases.front() : CaseOf(failure, &cases)).failures.push_back(&failure);
  }
  return cases;
}

void WriteCase(std::string& out, const TestResult& result, const Case& c) {
  Element element(out, 2, "testcase");
  element.With("name", c.name).With("classname", TitleOf(result)).With("file", result.file);
  if (c.place.line > 0) element.With("line", c.place.line);
  // The time of a scenario is spent by running it.
  element.With("time", c.name == kRunCase ? SecondsText(result.took) : "0.000");
  if (c.failures.empty()) {
    element.Empty();
    return;
  }
  element.Open();
  const bool invalid = result.outcome == TestResult::Outcome::kInvalid;
  const std::string_view name = invalid ? "error" : "failure";
  std::string text;
  for (const Failure* failure : c.failures) text += (text.empty() ? "" : "\n") + FailureText(*failure);
  Element(out, 3, name)
      .With("message", c.failures.front()->message)
      .With("type", c.failures.front()->kind)
      .Close(text, name);
  out += "    </testcase>\n";
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
};

Counts CountOf(const TestResult& result, const std::vector<Case>& cases) {
  const auto bad = static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(), [](const Case& c) { return !c.failures.empty(); }));
  const bool invalid = result.outcome == TestResult::Outcome::kInvalid;
  return {cases.size(), invalid ? 0 : bad, invalid ? bad : 0};
}

Element& WithCounts(Element& element, const Counts& counts, Nanoseconds took) {
  return element.With("tests", counts.tests)
      .With("failures", counts.failures)
      .With("errors", counts.errors)
      .With("skipped", std::size_t{0})
      .With("time", SecondsText(took));
}

}  // namespace

std::string JunitXml(const TestReport& report) {
  std::string suites;
  Counts all;
  for (const TestResult& result : report.results) {
    const std::vector<Case> cases = CasesOf(result);
    const Counts counts = CountOf(result, cases);
    all.tests += counts.tests;
    all.failures += counts.failures;
    all.errors += counts.errors;
    Element suite(suites, 1, "testsuite");
    WithCounts(suite.With("name", TitleOf(result)).With("file", result.file), counts, result.took).Open();
    for (const Case& c : cases) WriteCase(suites, result, c);
    suites += "  </testsuite>\n";
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  Element root(out, 0, "testsuites");
  WithCounts(root.With("name", "stalemark"), all, report.took).Open();
  return out + suites + "</testsuites>\n";
}

}  // namespace stalemark::report
