// SPDX-License-Identifier: Apache-2.0
// promtool's series notation.
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "sim/scenario/series_notation.h"

namespace stalemark::scenario {
namespace {

/// The values written out, at most 12.
std::string Expand(std::string_view text) {
  const Result<SeriesValues> values = ParseSeriesValues(text);
  if (!values.ok()) return "error at " + std::to_string(values.error().offset) + ": " + values.error().message;
  std::string out;
  SeriesValues::Cursor cursor(*values);
  SeriesValues::Value value;
  for (int i = 0; i < 12 && cursor.Next(&value); ++i) out += (i == 0 ? "" : " ") + ValueText(value);
  return out;
}

struct Row {
  const char* name;
  const char* text;
  const char* expected;
};

const Row kValues[] = {
    {"nothing", "", ""},
    {"one", "1", "1"},
    {"repeated once more than it says", "1x2", "1 1 1"},
    {"repeated no times", "7x0", "7"},
    {"counting up", "0+15x3", "0 15 30 45"},
    {"counting down", "1-2x2", "1 -1 -3"},
    {"negative start", "-2+1x3", "-2 -1 0 1"},
    {"gap", "1 _ 2", "1 _ 2"},
    {"gaps are as many as it says", "_x3 1", "_ _ _ 1"},
    {"no gap at all", "_x0 1", "1"},
    {"stale", "1 stale _", "1 stale _"},
    {"fractions add up as in Go", "0.1+0.1x2", "0.1 0.2 0.30000000000000004"},
    {"exponents", "1e3 1e+3 1e-3+1e+0x1", "1000 1000 0.001 1.001"},
    {"infinities and NaN", "+Inf -Inf NaN Inf", "+Inf -Inf NaN +Inf"},
    {"blanks of every kind", "  1\t2\n3 ", "1 2 3"},
    {"zero repeated, not hexadecimal", "0x2", "0 0 0"},
};

const Row kBadValues[] = {
    {"word", "1 2 three", "error at 4: no number, _ or stale in \"three\""},
    {"increment without count", "1+2", "error at 0: an increment needs xN in \"1+2\""},
    {"no count", "1x", "error at 0: bad number of repetitions in \"1x\""},
    {"count too long", "1x9999999999999999", "error at 0: bad number of repetitions in \"1x9999999999999999\""},
    {"negative count", "1x-1", "error at 0: bad number of repetitions in \"1x-1\""},
    {"bad gap", "_3", "error at 0: a gap is _ or _xN in \"_3\""},
    {"histogram", "{{schema:1}}", "error at 0: histograms are not supported in \"{{schema:1}}\""},
    {"underscore in a number", "1_000", "error at 0: no number, _ or stale in \"1_000\""},
    {"out of range", "1e400", "error at 0: no number, _ or stale in \"1e400\""},
    {"bad increment", "1+x3", "error at 0: bad increment in \"1+x3\""},
};

BOOST_AUTO_TEST_SUITE(scenario_notation)

BOOST_AUTO_TEST_CASE(values) {
  for (const Row& row : kValues) BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Expand(row.text) == row.expected);
    }
}

BOOST_AUTO_TEST_CASE(bad_values_name_their_place) {
  for (const Row& row : kBadValues) BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Expand(row.text) == row.expected);
    }
}

BOOST_AUTO_TEST_CASE(huge_repetitions_cost_nothing) {
  const Result<SeriesValues> values = ParseSeriesValues("1x999999999999 _x999999999999999");
  BOOST_REQUIRE(values.ok());
  BOOST_TEST(values->size() == 1'000'999'999'999'999u);
}

BOOST_AUTO_TEST_CASE(series_names) {
  const Row rows[] = {
      {"bare", "up", "up"},
      {"labels are sorted", "up{job=\"a\",b=\"c\"}", "up{b=\"c\",job=\"a\"}"},
      {"empty braces", "up{}", "up"},
      {"escapes", "up{a=\"x\\\"y\\\\\"}", "up{a=\"x\\\"y\\\\\"}"},
      {"quoted name", "{\"a.b\",c=\"d\"}", "a.b{c=\"d\"}"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const Result<Labels> labels = ParseSeriesName(row.text);
      BOOST_REQUIRE(labels.ok());
      BOOST_TEST(SeriesText(*labels) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_series_names) {
  const std::string with_nul("up\0", 3);
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("up{a=}"), std::string("up 1"), std::string("1up"),
        std::string("up\nup"), std::string("# HELP a b"), std::string("up{a=\"1\",a=\"2\"}"), with_nul,
        std::string("up{a=\"\xff\"}"), std::string(1'000'000, '{')}) {
    BOOST_TEST_CONTEXT(text.substr(0, 20)) {
      BOOST_TEST(!ParseSeriesName(text).ok());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
