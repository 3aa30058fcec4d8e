// SPDX-License-Identifier: Apache-2.0
// Expected against stored samples: bits, tolerance, histograms by value; and how differences are shortened.
#include "sim/expect/sample_value.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "sim/expect/difference.h"

namespace stalemark::scenario {
namespace {

/// Deltas, as a protobuf scrape stores them: buckets 1 2 0 4 from index -1 on, and 7 at index 5; negative 3 at 0.
Histogram Integers() {
  Histogram histogram;
  histogram.schema = 1;
  histogram.count = 22;
  histogram.sum = -0.3;
  histogram.zero_count = 5;
  histogram.zero_threshold = 0.001;
  histogram.positive_spans = {{-1, 4}, {2, 1}};
  histogram.positive_buckets = {1, 1, -2, 4, 3};
  histogram.negative_spans = {{0, 1}};
  histogram.negative_buckets = {3};
  histogram.counter_reset_hint = CounterResetHint::kNotCounterReset;
  return histogram;
}

template <class H>
Sample Stored(const H& histogram) {
  return {0, BitsOf(histogram.sum), std::make_shared<const HistogramValue>(histogram)};
}

Sample Float(double value) {
  return {0, BitsOf(value)};
}

bool Match(std::string_view expected, const Sample& stored, const Tolerance& tolerance = {}) {
  const Result<SampleValue> value = ParseSampleValue(expected);
  BOOST_REQUIRE(value.ok());
  return Matches(*value, stored, tolerance);
}

constexpr Tolerance Absolute(double amount) {
  return {Tolerance::Kind::kAbsolute, amount};
}
constexpr Tolerance Relative(double amount) {
  return {Tolerance::Kind::kRelative, amount};
}

BOOST_AUTO_TEST_SUITE(sample_value)

BOOST_AUTO_TEST_CASE(floats) {
  BOOST_TEST(Match("1", Float(1)));
  BOOST_TEST(!Match("1", Float(1.0000000000000002)));
  BOOST_TEST(!Match("0", Float(-0.0)));
  BOOST_TEST(Match("NaN", {0, kNormalNaN}));
  BOOST_TEST(!Match("NaN", {0, kStaleNaN}));
  BOOST_TEST(!Match("NaN", {0, 0x7ff8000000000002}));
  BOOST_TEST(Match("stale", {0, kStaleNaN}));
  BOOST_TEST(!Match("stale", {0, kNormalNaN}, Absolute(1e300)));
}

BOOST_AUTO_TEST_CASE(tolerance) {
  BOOST_TEST(Match("1", Float(1.25), Absolute(0.25)));
  BOOST_TEST(Match("1", Float(0.75), Absolute(0.25)));
  BOOST_TEST(!Match("1", Float(1.26), Absolute(0.25)));
  BOOST_TEST(Match("-100", Float(-99), Relative(0.01)));
  BOOST_TEST(!Match("-100", Float(-98.9), Relative(0.01)));
  BOOST_TEST(!Match("0", Float(1e-300), Relative(0.5)));
  BOOST_TEST(Match("+Inf", Float(DoubleOf(0x7ff0000000000000)), Relative(0.01)));
  BOOST_TEST(!Match("+Inf", Float(1e308), Relative(0.5)));
  BOOST_TEST(!Match("1e308", Float(DoubleOf(0x7ff0000000000000)), Absolute(1e308)));
}

BOOST_AUTO_TEST_CASE(integer_histograms_are_equal_to_the_floats_of_the_notation) {
  const std::string text =
      "{{schema:1 count:22 sum:-0.3 z_bucket:5 z_bucket_w:0.001 offset:-1 buckets:[1 2 0 4 0 0 7] n_buckets:[3]}}";
  BOOST_TEST(StoredText(Stored(Integers())) == text);
  BOOST_TEST(Match(text, Stored(Integers())));
  BOOST_TEST(Match(text, Stored(ToFloat(Integers()))));
  // The same buckets with empty ones at the ends.
  BOOST_TEST(
      Match("{{schema:1 count:22 sum:-0.3 z_bucket:5 z_bucket_w:0.001 offset:-2 buckets:[0 1 2 0 4 0 0 7 0] "
            "n_buckets:[3]}}",
            Stored(Integers())));
  BOOST_TEST(!Match("22", Stored(Integers())));
  BOOST_TEST(!Match(text, Float(-0.3)));
}

BOOST_AUTO_TEST_CASE(each_part_of_a_histogram_counts) {
  using Change = void (*)(FloatHistogram&);
  const std::pair<const char*, Change> rows[] = {
      {"schema", [](FloatHistogram& h) { h.schema = 2; }},
      {"count", [](FloatHistogram& h) { h.count += 1; }},
      {"sum", [](FloatHistogram& h) { h.sum += 1; }},
      {"zero count", [](FloatHistogram& h) { h.zero_count += 1; }},
      {"zero bucket's width", [](FloatHistogram& h) { h.zero_threshold += 1; }},
      {"index", [](FloatHistogram& h) { h.positive_spans[0].offset += 1; }},
      {"bucket", [](FloatHistogram& h) { h.positive_buckets[0] += 1; }},
      {"negative bucket", [](FloatHistogram& h) { h.negative_buckets[0] += 1; }},
      {"one bucket less", [](FloatHistogram& h) { h.negative_spans = {}, h.negative_buckets = {}; }},
  };
  const std::string text = StoredText(Stored(Integers()));
  for (const auto& [name, change] : rows) {
    BOOST_TEST_CONTEXT(name) {
      FloatHistogram histogram = ToFloat(Integers());
      change(histogram);
      BOOST_TEST(!Match(text, Stored(histogram)));
    }
  }
}

BOOST_AUTO_TEST_CASE(tolerance_is_for_counts_and_sums) {
  FloatHistogram histogram = ToFloat(Integers());
  const std::string text = StoredText(Stored(histogram));
  histogram.positive_buckets[4] = 7.01, histogram.count = 22.01, histogram.sum = -0.301;
  BOOST_TEST(!Match(text, Stored(histogram)));
  BOOST_TEST(Match(text, Stored(histogram), Absolute(0.02)));
  histogram.zero_threshold = 0.0011;
  BOOST_TEST(!Match(text, Stored(histogram), Absolute(0.02)));
}

BOOST_AUTO_TEST_CASE(the_hint_is_compared_where_it_is_written) {
  const std::string text = StoredText(Stored(Integers()));
  const auto with_hint = [&](const std::string& hint) {
    return text.substr(0, text.size() - 2) + " counter_reset_hint:" + hint + "}}";
  };
  BOOST_TEST(Match(with_hint("not_reset"), Stored(Integers())));
  BOOST_TEST(!Match(with_hint("unknown"), Stored(Integers())));
  BOOST_TEST(!Match(with_hint("reset"), Stored(Integers())));
  const SampleValue expected = *ParseSampleValue(with_hint("reset"));
  BOOST_TEST(StoredTextBeside(expected, Stored(Integers())) == with_hint("not_reset"));
}

BOOST_AUTO_TEST_CASE(custom_bounds) {
  Histogram histogram;
  histogram.schema = kCustomBucketsSchema;
  histogram.count = 3;
  histogram.positive_spans = {{0, 2}};
  histogram.positive_buckets = {1, 1};
  histogram.custom_values = {0.5};
  BOOST_TEST(StoredText(Stored(histogram)) == "{{schema:-53 count:3 custom_values:[0.5] buckets:[1 2]}}");
  BOOST_TEST(Match("{{schema:-53 count:3 custom_values:[0.5] buckets:[1 2]}}", Stored(histogram)));
  BOOST_TEST(!Match("{{schema:-53 count:3 custom_values:[0.6] buckets:[1 2]}}", Stored(histogram)));
}

BOOST_AUTO_TEST_CASE(nans_show_their_bits) {
  BOOST_TEST(StoredText({0, kNormalNaN}) == "NaN");
  BOOST_TEST(StoredText({0, kStaleNaN}) == "stale");
  BOOST_TEST(StoredText({0, 0xfff8000000000000}) == "NaN (bits fff8000000000000)");
}

BOOST_AUTO_TEST_CASE(histograms_in_a_table_show_what_differs) {
  Difference difference{"{{schema:1 count:3 buckets:[1 2]}}", "{{schema:1 count:4 buckets:[1 2] n_buckets:[1]}}"};
  ShortenHistograms(&difference);
  BOOST_TEST(difference.expected == "{{.. count:3}}");
  BOOST_TEST(difference.stored == "{{.. count:4 n_buckets:[1]}}");
  for (const Difference& whole : {Difference{"{{count:1}}", "{{sum:1}}"}, Difference{"1", "{{sum:1}}"}}) {
    Difference same = whole;
    ShortenHistograms(&same);
    BOOST_TEST(same.expected == whole.expected);
    BOOST_TEST(same.stored == whole.stored);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
