// SPDX-License-Identifier: Apache-2.0
// READ-01 to READ-08: matchers, ranges, and reading from several storages at once.
#include "core/storage/querier.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/storage/fanout.h"
#include "tests/core/storage/head_helpers.h"

namespace stalemark {
namespace {

using namespace testing;

constexpr TimeRange kAlways{};

Matcher Make(MatchType type, const std::string& name, const std::string& value) {
  Result<Matcher> matcher = Matcher::Make(type, name, value);
  BOOST_REQUIRE(matcher.ok());
  return std::move(matcher).value();
}

void Store(Head& head, const Labels& labels, const std::vector<std::pair<std::int64_t, double>>& samples) {
  Transaction tx(head, labels);
  for (const auto& [t_ms, value] : samples) BOOST_REQUIRE(tx.Float(t_ms, value) == "");
  tx.Commit();
}

std::string Show(const SelectResult& result) {
  std::string out;
  for (const SelectedSeries& series : result.series) {
    out += (out.empty() ? "" : "; ") + series.labels.ToString() + " " + testing::Show(series.samples);
  }
  return out;
}

/// Answers what it was told to.
class ScriptedQueryable final : public Queryable {
 public:
  SelectResult Select(const TimeRange&, const std::vector<Matcher>&) const override { return result; }
  SelectResult result;
};

BOOST_AUTO_TEST_CASE(READ_01_READ_02_matchers_and_labels_that_are_not_there) {
  struct Row {
    const char* name;
    MatchType type;
    const char* label;
    const char* value;
    const char* selected;
  };
  const Row rows[] = {
      {"equal", MatchType::kEqual, "x", "ab", "b"},
      {"equal to nothing", MatchType::kEqual, "x", "", "a c"},
      {"not equal", MatchType::kNotEqual, "x", "ab", "a c"},
      {"not empty", MatchType::kNotEqual, "x", "", "b"},
      {"anchored", MatchType::kRegex, "x", "a", ""},
      {"alternatives with the empty one", MatchType::kRegex, "x", "ab|", "a b c"},
      {"not anything", MatchType::kNotRegex, "x", ".+", "a c"},
      {"not everything", MatchType::kNotRegex, "x", ".*", ""},
      {"flags", MatchType::kRegex, "x", "(?i)AB", "b"},
      {"a label that nobody has", MatchType::kRegex, "y", ".*", "a b c"},
  };
  Head head;
  Store(head, Named("a"), {{1, 1}});
  Store(head, Labels::FromSorted({{"__name__", "b"}, {"x", "ab"}}), {{1, 1}});
  Store(head, Named("c"), {{1, 1}});
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      std::string selected;
      for (const SelectedSeries& series : head.Select(kAlways, {Make(row.type, row.label, row.value)}).series) {
        selected += (selected.empty() ? "" : " ") + std::string(series.labels.Get("__name__"));
      }
      BOOST_TEST(selected == row.selected);
    }
  }
  BOOST_TEST(head.Select(kAlways, {}).series.size() == 3u);
  const std::vector<Matcher> both = {Make(MatchType::kNotEqual, "__name__", "a"), Make(MatchType::kEqual, "x", "")};
  BOOST_TEST(Show(head.Select(kAlways, both)) == "{__name__=\"c\"} 1=1");
}

BOOST_AUTO_TEST_CASE(READ_01_expressions_are_read_without_their_anchors) {
  const auto error = [](const char* value) {
    const Result<Matcher> matcher = Matcher::Make(MatchType::kRegex, "x", value);
    return matcher ? std::string() : matcher.error().message;
  };
  BOOST_TEST(error("a(") == "error parsing regexp: missing closing ): `a(`");
  BOOST_TEST(error("a)(b") == "error parsing regexp: unexpected ): `a)(b`");
  BOOST_TEST(error("a|b") == "");
}

BOOST_AUTO_TEST_CASE(READ_03_READ_04_ranges) {
  struct Row {
    const char* name;
    TimeRange range;
    const char* selected;
  };
  const Row rows[] = {
      {"both ends belong to it", {20, 30}, "{__name__=\"m\"} 20=2 30=3"},
      {"between two samples", {21, 29}, "{__name__=\"m\"} "},
      {"behind the last", {41, 99}, ""},
      {"before the first", {0, 9}, ""},
      {"the wrong way round", {30, 20}, ""},
  };
  Head head;
  Store(head, Named("m"), {{10, 1}, {20, 2}, {30, 3}, {40, 4}});
  {
    Transaction empty(head, Named("without_samples"));
    empty.Float(50, 1);
    empty.Rollback();
  }
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Show(head.Select(row.range, {})) == row.selected);
    }
  }
}

BOOST_AUTO_TEST_CASE(READ_05_hints_are_those_of_the_chunk) {
  Head head;
  Transaction tx(head);
  for (int i = 1; i <= 3; ++i) tx.Add(i * 10, Buckets({i}));
  tx.Commit();
  // The sample before is out of the range, but it was seen.
  BOOST_TEST(Show(head.Select({20, 30}, {})) == "{__name__=\"m\"} 20=h2+ 30=h3+");
}

BOOST_AUTO_TEST_CASE(READ_06_equal_series_are_merged) {
  Head primary;
  Head secondary;
  Store(primary, Named("a"), {{10, 1}, {30, 3}});
  Store(primary, Named("c"), {{10, 1}});
  Store(secondary, Named("b"), {{10, 9}});
  Store(secondary, Named("a"), {{20, 8}, {30, 8}});
  {
    Transaction histograms(primary, Named("h"));
    histograms.Add(10, Buckets({1}));
    histograms.Add(30, Buckets({2}));
    histograms.Commit();
    Transaction others(secondary, Named("h"));
    others.Add(20, Buckets({1}));
    others.Commit();
  }
  const FanoutQueryable fanout(primary, {&secondary});
  BOOST_TEST(Show(fanout.Select(kAlways, {})) ==
             "{__name__=\"a\"} 10=1 20=8 30=3; {__name__=\"b\"} 10=9; {__name__=\"c\"} 10=1; "
             "{__name__=\"h\"} 10=h1? 20=h1? 30=h2?");
}

BOOST_AUTO_TEST_CASE(READ_07_errors_of_secondaries_are_warnings) {
  ScriptedQueryable primary;
  ScriptedQueryable good;
  ScriptedQueryable bad;
  primary.result.series = {{Named("a"), {{1, 0}}}};
  primary.result.warnings = {"own"};
  good.result.series = {{Named("b"), {{1, 0}}}};
  bad.result.series = {{Named("c"), {{1, 0}}}};
  bad.result.warnings = {"slow"};
  bad.result.error = Error{"gone"};
  const FanoutQueryable fanout(primary, {&bad, &good});
  const SelectResult result = fanout.Select(kAlways, {});
  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(Show(result) == "{__name__=\"a\"} 1=0; {__name__=\"b\"} 1=0");
  BOOST_TEST((result.warnings == std::vector<std::string>{"own", "slow", "gone"}));
}

BOOST_AUTO_TEST_CASE(READ_08_an_error_of_the_primary_fails_the_read) {
  ScriptedQueryable primary;
  ScriptedQueryable good;
  primary.result.error = Error{"broken"};
  good.result.series = {{Named("b"), {{1, 0}}}};
  const SelectResult result = FanoutQueryable(primary, {&good}).Select(kAlways, {});
  BOOST_REQUIRE(result.error.has_value());
  BOOST_TEST(result.error->message == "broken");
  BOOST_TEST(result.series.empty());
}

}  // namespace
}  // namespace stalemark
