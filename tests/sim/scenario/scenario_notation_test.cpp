// SPDX-License-Identifier: Apache-2.0
// promtool's series notation.
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
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
    {"minus zero stays", "-0x1", "-0 -0"},
    {"underscores and octals as Go reads them", "1_000 010 08", "1000 8 8"},
    {"NaN repeated", "NaN+0x2", "NaN NaN NaN"},
    {"histogram",
     "{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 n_buckets:[4.1 5] "
     "n_offset:-5 counter_reset_hint:gauge}}",
     "{{schema:1 count:3.1 sum:-0.3 z_bucket:7.1 z_bucket_w:0.05 offset:-3 buckets:[5.1 10 7] n_offset:-5 "
     "n_buckets:[4.1 5] "
     "counter_reset_hint:gauge}}"},
    {"custom buckets", "{{schema:-53 custom_values:[0.5 1] buckets:[1 2 3]}}",
     "{{schema:-53 custom_values:[0.5 1] buckets:[1 2 3]}}"},
    {"empty buckets at the ends", "{{buckets:[0 0 2 0 1 0] offset:-1}}", "{{offset:1 buckets:[2 0 1]}}"},
    {"histogram repeated", "{{count:1}}x1 _ {{}}", "{{count:1}} {{count:1}} _ {{}}"},
    {"histogram growing", "{{schema:1 count:1 buckets:[1]}}+{{schema:2 count:1 buckets:[0 1]}}x2",
     "{{schema:1 count:1 buckets:[1]}} {{schema:1 count:2 buckets:[1 1]}} {{schema:1 count:3 buckets:[1 2]}}"},
    {"histogram shrinking", "{{count:3 buckets:[3]}}-{{count:1 buckets:[1]}}x3",
     "{{count:3 buckets:[3]}} {{count:2 buckets:[2]}} {{count:1 buckets:[1]}} {{}}"},
    {"keys in any case, blanks before the end", "{{SUM:Inf  count:nan }}", "{{count:NaN sum:Inf}}"},
};

const Row kWritten[] = {
    {"nothing", "", ""},
    {"equal ones", "1 1 1 1", "1x3"},
    {"two are not repeated", "1 1 2 2", "1 1 2 2"},
    {"counting", "0 15 30 45 7", "0+15x3 7"},
    {"a reset", "10 15 20 stale _ _ 0 5 10", "10+5x2 stale _x2 0+5x2"},
    {"down", "3 2 1", "3-1x2"},
    {"no even steps", "1 2 4 8 16", "1 2 4 8 16"},
    {"a false start", "1 2 2 2 2", "1 2x3"},
    {"words", "NaN NaN NaN +Inf +Inf +Inf stale stale stale", "NaN+0x2 +Inf+0x2 stale stale stale"},
    {"rounded sums", "0.1 0.2 0.30000000000000004 0.4", "0.1+0.1x3"},
    {"minus zero", "-0 -0 -0 0", "-0x2 0"},
    {"histograms", "{{count:1}} {{count:1}} {{count:1}} {{count:2}}", "{{count:1}}x2 {{count:2}}"},
};

const Row kBadValues[] = {
    {"word", "1 2 three", "error at 4: no number, _, stale or histogram in \"three\""},
    {"increment without count", "1+2", "error at 0: an increment needs xN in \"1+2\""},
    {"no count", "1x", "error at 0: bad number of repetitions in \"1x\""},
    {"count too long", "1x9999999999999999", "error at 0: bad number of repetitions in \"1x9999999999999999\""},
    {"negative count", "1x-1", "error at 0: bad number of repetitions in \"1x-1\""},
    {"bad gap", "_3", "error at 0: a gap is _ or _xN in \"_3\""},
    {"underscores without digits between", "1__0", "error at 0: no number, _, stale or histogram in \"1__0\""},
    {"out of range", "1e400", "error at 0: no number, _, stale or histogram in \"1e400\""},
    {"a word swallows the x", "NaNx3", "error at 0: NaN is repeated as NaN+0xN in \"NaNx3\""},
    {"two values without a blank", "1 2{{}}", "error at 3: no blank before the next value in \"{{}}\""},
    {"open histogram", "{{sum:1", "error at 7: no }} in \"\""},
    {"key of histogram", "{{sum:1 bucket:[1]}}",
     "error at 8: \"bucket\" is no key of a histogram (did you mean buckets?) in \"bucket:[1]}}\""},
    {"key twice", "{{sum:1 sum:2}}", "error at 8: the key sum a second time in \"sum:2}}\""},
    {"blank in front", "{{ sum:1}}", "error at 3: a blank behind {{ in \"sum:1}}\""},
    {"empty list", "{{buckets:[]}}", "error at 2: buckets needs numbers such as [1 2.5] in \"buckets:[]}}\""},
    {"index with a point", "{{offset:1.5}}", "error at 10: no blank before the next key in \".5}}\""},
    {"finer increment", "{{schema:2}}+{{schema:1}}x3",
     "error at 0: error combining histograms: cannot merge from schema 1 to 2 in \"{{schema:2}}+{{schema:1}}x3\""},
    {"mixed kinds", "{{schema:-53}}-{{}}x1",
     "error at 0: cannot apply this operation on histograms with a mix of exponential and custom bucket schemas in "
     "\"{{schema:-53}}-{{}}x1\""},
    {"number as increment", "{{}}+1x3", "error at 0: the increment of a histogram is one too in \"{{}}+1x3\""},
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

BOOST_AUTO_TEST_CASE(what_is_written_reads_the_same) {
  for (const Row& row : kWritten) BOOST_TEST_CONTEXT(row.name) {
      const Result<SeriesValues> values = ParseSeriesValues(row.text);
      BOOST_REQUIRE(values.ok());
      ValuesWriter writer(100);
      SeriesValues::Cursor cursor(*values);
      for (SeriesValues::Value value; cursor.Next(&value);) writer.Add(value);
      const std::string written = writer.Take();
      BOOST_TEST(written == row.expected);
      BOOST_TEST(Expand(written) == Expand(row.text));
    }
}

BOOST_AUTO_TEST_CASE(writing_stops) {
  ValuesWriter writer(2);
  for (const std::uint64_t bits : {BitsOf(1), BitsOf(2), BitsOf(4), BitsOf(8)}) writer.Add(SampleValue{bits});
  BOOST_TEST(writer.Take() == "1 2 ...");
  BOOST_TEST(writer.cut());
}

BOOST_AUTO_TEST_CASE(buckets_far_apart_have_their_spans) {
  FloatHistogram histogram;
  histogram.positive_spans = {{0, 1}, {5000, 1}};
  histogram.positive_buckets = {1, 2};
  BOOST_TEST(HistogramNotation(histogram, HintShown::kAlways) ==
             "{{kind:float schema:0 spans:[0:1 5000:1] buckets:[1 2]}}");
  BOOST_TEST(!HasNotation(histogram));
}

BOOST_AUTO_TEST_CASE(bounds_that_no_list_can_have) {
  FloatHistogram histogram;
  histogram.schema = kCustomBucketsSchema;
  histogram.custom_values = {0.5, 1};
  BOOST_TEST(HasNotation(histogram));
  histogram.custom_values.insert(histogram.custom_values.begin(), -std::numeric_limits<double>::infinity());
  BOOST_TEST(!HasNotation(histogram));
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
      {"quoted label", "up{\"a.b\"=\"c\"}", "up{\"a.b\"=\"c\"}"},
      {"quoted name", "{\"a.b\",c=\"d\"}", "{\"a.b\",c=\"d\"}"},
      {"name among the labels", "{job=\"a\",__name__=\"up\"}", "up{job=\"a\"}"},
      {"a word that is a number to PromQL", "inf", "{\"inf\"}"},
      {"a word of PromQL", "Group_Left{c=\"d\"}", "{\"Group_Left\",c=\"d\"}"},
      {"a word that may be a name", "sum{c=\"d\"}", "sum{c=\"d\"}"},
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
        std::string("{a=\"1\"}"), std::string("{__name__=\"a\",__name__=\"b\"}"), std::string("up{__name__=\"b\"}"),
        std::string("up{a=\"\xff\"}"), std::string(1'000'000, '{')}) {
    BOOST_TEST_CONTEXT(text.substr(0, 20)) {
      BOOST_TEST(!ParseSeriesName(text).ok());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
