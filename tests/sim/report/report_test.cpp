// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/report/github.h"
#include "sim/report/junit.h"
#include "sim/report/test_json.h"
#include "sim/report/test_report.h"

namespace stalemark::report {
namespace {

using scenario::Failure;

/// A scenario with one expectation, which it missed.
TestReport OneFailure(const std::string& message, const std::string& name = "s") {
  TestResult result;
  result.file = "a/s.yml";
  result.name = name;
  result.outcome = TestResult::Outcome::kFailed;
  result.expectations = {{"samples", "up", {7, 3}}};
  result.failures = {{"a/s.yml", {7, 3}, "samples", "up", message, {}, {}}};
  result.took = std::chrono::microseconds(1'234'567);
  TestReport report;
  report.results.push_back(result);
  report.took = result.took;
  return report;
}

std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "not there";
  const std::size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(lines_of_a_load_error_become_failures_where_they_stand) {
  struct {
    const char* name;
    const char* line;
    const char* file;
    std::uint32_t row;
    std::uint32_t column;
    const char* message;
  } const rows[] = {
      {"place in the scenario", "s.yml:3:5: found x", "s.yml", 3, 5, "found x"},
      {"place in another file", "d/p.yml:12:1: field y", "d/p.yml", 12, 1, "field y"},
      {"a path with colons", "c:1/p.yml:2:3: z", "c:1/p.yml", 2, 3, "z"},
      {"no place", "open s.yml: no such file", "s.yml", 0, 0, "open s.yml: no such file"},
      {"only the file", "s.yml: too long", "s.yml", 0, 0, "too long"},
      {"a line alone", "s.yml:3: x", "s.yml", 0, 0, "s.yml:3: x"},
      {"a number too long", "s.yml:12345678901:1: x", "s.yml", 0, 0, "s.yml:12345678901:1: x"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const TestResult result = InvalidResult("s.yml", row.line);
      BOOST_REQUIRE(result.failures.size() == 1u);
      const Failure& failure = result.failures.front();
      BOOST_TEST(failure.file == row.file);
      BOOST_TEST(failure.place.line == row.row);
      BOOST_TEST(failure.place.column == row.column);
      BOOST_TEST(failure.message == row.message);
    }
  }
}

BOOST_AUTO_TEST_CASE(lines_that_are_moved_in_go_on_with_the_one_before) {
  const TestResult result = InvalidResult("s.yml", "s.yml:1:1: a\n  b\n  c\np.yml:2:2: d\n");
  BOOST_REQUIRE(result.failures.size() == 2u);
  BOOST_TEST(result.failures[0].detail == "b\nc");
  BOOST_TEST(result.failures[1].file == "p.yml");
}

BOOST_AUTO_TEST_CASE(junit_is_xml_whatever_the_text_holds) {
  struct {
    const char* name;
    std::string message;
    const char* attribute;
    const char* text;
  } const rows[] = {
      {"markup", "<a href=\"x\">&amp;'", "&lt;a href=&quot;x&quot;&gt;&amp;amp;'", "&lt;a href=\"x\"&gt;&amp;amp;'"},
      {"end of CDATA", "]]>", "]]&gt;", "]]&gt;"},
      {"blanks", "a\tb\nc\rd", "a&#9;b&#10;c&#13;d", "a\tb\nc&#13;d"},
      {"control characters", std::string("a\0\x01\x1b[31m\x7f", 9), "a\uFFFD\uFFFD\uFFFD[31m\x7f",
       "a\uFFFD\uFFFD\uFFFD[31m\x7f"},
      {"no UTF-8", "a\xff\xc3", "a\uFFFD\uFFFD", "a\uFFFD\uFFFD"},
      {"no character of XML", "\xef\xbf\xbe\xef\xbf\xbf", "\uFFFD\uFFFD", "\uFFFD\uFFFD"},
      {"letters", "\u00e4\u20ac\U0001F600", "\u00e4\u20ac\U0001F600", "\u00e4\u20ac\U0001F600"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::string xml = JunitXml(OneFailure(row.message));
      BOOST_TEST(Between(xml, "message=\"", "\"") == row.attribute);
      BOOST_TEST(Between(xml, "type=\"samples\">a/s.yml:7:3: up: ", "</failure>") == row.text);
    }
  }
}

BOOST_AUTO_TEST_CASE(junit_gives_each_failure_to_its_expectation) {
  TestReport report = OneFailure("m");
  TestResult& result = report.results.front();
  result.expectations.push_back({"targets", {}, {}});
  result.expectations.push_back({"samples", "down", {9, 3}});
  result.failures.push_back({"a/s.yml", {20, 1}, "targets", {}, "one", {}, {}});
  result.failures.push_back({"a/s.yml", {}, "targets", {}, "two", {}, {}});
  result.failures.push_back({"p.yml", {1, 1}, "config", {}, "three", {}, {}});
  result.failures.push_back({"p.yml", {2, 1}, "config", {}, "four", {}, {}});
  const std::string xml = JunitXml(report);
  BOOST_TEST(Between(xml, "<testsuite name", "\n") ==
             "=\"s\" file=\"a/s.yml\" tests=\"5\" failures=\"3\" errors=\"0\" skipped=\"0\" time=\"1.234\">");
  BOOST_TEST(Between(xml, "type=\"targets\">", "</failure>") == "a/s.yml:20:1: one\na/s.yml: two");
  BOOST_TEST(Between(xml, "type=\"config\">", "</failure>") == "p.yml:1:1: three\np.yml:2:1: four");
  BOOST_TEST(Between(xml, "name=\"samples down\"", "\n") ==
             " classname=\"s\" file=\"a/s.yml\" line=\"9\" time=\"0.000\"/>");
}

BOOST_AUTO_TEST_CASE(junit_counts_a_file_that_does_not_load_as_an_error) {
  TestReport report;
  report.results.push_back(InvalidResult("s.yml", "s.yml:3:5: a\ns.yml:4:5: b"));
  const std::string xml = JunitXml(report);
  BOOST_TEST(Between(xml, "<testsuites ", ">") ==
             "name=\"stalemark\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0.000\"");
  BOOST_TEST(Between(xml, "type=\"scenario\">", "</error>") == "s.yml:3:5: a\ns.yml:4:5: b");
}

BOOST_AUTO_TEST_CASE(annotations_escape_what_commands_are_made_of) {
  BOOST_TEST(GithubAnnotations(OneFailure("50%:\r\n::error::x,y", "a,b:c%\nd"), "sub/dir") ==
             "::error file=sub/dir/a/s.yml,line=7,col=3,title=a%2Cb%3Ac%25%0Ad::up: 50%25:%0D%0A::error::x,y\n");
  TestReport report;
  report.results.push_back(InvalidResult("/abs/s.yml", "gone"));
  BOOST_TEST(GithubAnnotations(report, "sub") == "::error file=/abs/s.yml,title=/abs/s.yml::gone\n");
  BOOST_TEST(GithubAnnotations(OneFailure("m"), "sub/..").substr(0, 25) == "::error file=a/s.yml,line");
}

BOOST_AUTO_TEST_CASE(the_summary_is_markdown_whatever_the_text_holds) {
  const std::string text = GithubSummary(OneFailure("```\n<b>````", "a|b <i>&*_\n`x`"));
  BOOST_TEST(Between(text, "\n\n**", "** (") == "a\\|b &lt;i\\>&amp;\\*\\_ \\`x\\`");
  BOOST_TEST(Between(text, ")\n\n", "text\n") == "`````");
  BOOST_TEST(text.substr(0, 38) == "### stalemark: 0 passed, 1 failed\n\n**a");
}

BOOST_AUTO_TEST_CASE(the_summary_stays_below_what_github_takes) {
  TestReport report = OneFailure(std::string(200'000, 'x'));
  const TestResult result = report.results.front();
  report.results.resize(20, result);
  const std::string text = GithubSummary(report);
  BOOST_TEST(text.size() < 1'000'000u);
  BOOST_TEST(Between(text, "\nand ", ";") == "16 more");
}

BOOST_AUTO_TEST_CASE(json_replaces_what_is_no_utf8) {
  const std::string json = TestReportJson(OneFailure("a\xff\"\n\x01"));
  BOOST_TEST(Between(json, "\"message\":", ",\"detail\"") == "\"a\uFFFD\\\"\\u000a\\u0001\"");
  BOOST_TEST(Between(json, "{", ",\"scenarios\"") == "\"version\":1,\"passed\":0,\"failed\":1,\"seconds\":1.234");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::report
