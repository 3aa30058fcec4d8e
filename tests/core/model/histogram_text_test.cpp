// SPDX-License-Identifier: Apache-2.0
// Native histograms as text: what is shown, what is left out, and that different histograms read differently.
#include "core/model/histogram_text.h"

#include <limits>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

Histogram Full() {
  Histogram histogram;
  histogram.counter_reset_hint = CounterResetHint::kNotCounterReset;
  histogram.schema = 3;
  histogram.zero_threshold = 0.001;
  histogram.zero_count = 4;
  histogram.count = 15;
  histogram.sum = -2.5;
  histogram.positive_spans = {{0, 2}, {3, 1}};
  histogram.positive_buckets = {2, 1, -2};
  histogram.negative_spans = {{-1, 1}};
  histogram.negative_buckets = {5};
  return histogram;
}

BOOST_AUTO_TEST_CASE(all_parts_of_a_histogram) {
  BOOST_TEST(HistogramText(Full()) ==
             "{{schema:3 count:15 sum:-2.5 z_bucket:4 z_bucket_w:0.001 spans:[0:2 3:1] buckets:[2 3 1] n_spans:[-1:1] "
             "n_buckets:[5] counter_reset_hint:not_reset}}");
  BOOST_TEST(HistogramText(ToFloat(Full())) ==
             "{{kind:float schema:3 count:15 sum:-2.5 z_bucket:4 z_bucket_w:0.001 spans:[0:2 3:1] buckets:[2 3 1] "
             "n_spans:[-1:1] n_buckets:[5] counter_reset_hint:not_reset}}");
}

BOOST_AUTO_TEST_CASE(what_is_zero_or_empty_is_left_out) {
  BOOST_TEST(HistogramText(Histogram{}) == "{{schema:0}}");
  BOOST_TEST(HistogramText(FloatHistogram{}) == "{{kind:float schema:0}}");
}

BOOST_AUTO_TEST_CASE(custom_bounds_and_hints) {
  Histogram histogram;
  histogram.schema = kCustomBucketsSchema;
  histogram.custom_values = {0.5, 1};
  histogram.counter_reset_hint = CounterResetHint::kGauge;
  BOOST_TEST(HistogramText(histogram) == "{{schema:-53 custom_values:[0.5 1] counter_reset_hint:gauge}}");
  histogram.counter_reset_hint = CounterResetHint::kCounterReset;
  BOOST_TEST(HistogramText(histogram) == "{{schema:-53 custom_values:[0.5 1] counter_reset_hint:reset}}");
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_bits) {
  Histogram histogram;
  histogram.sum = -0.0;
  BOOST_TEST(HistogramText(histogram) == "{{schema:0 sum:-0}}");
  histogram.sum = DoubleOf(kStaleNaN);
  BOOST_TEST(HistogramText(histogram) == "{{schema:0 sum:NaN/7ff0000000000002}}");
  histogram.sum = DoubleOf(kNormalNaN);
  BOOST_TEST(HistogramText(histogram) == "{{schema:0 sum:NaN/7ff8000000000001}}");
  histogram.sum = std::numeric_limits<double>::infinity();
  BOOST_TEST(HistogramText(histogram) == "{{schema:0 sum:+Inf}}");
  histogram.sum = 0.1 + 0.2;
  BOOST_TEST(HistogramText(histogram) == "{{schema:0 sum:0.30000000000000004}}");
}

BOOST_AUTO_TEST_CASE(counts_of_buckets_may_overflow) {
  Histogram histogram;
  histogram.positive_buckets = {std::numeric_limits<std::int64_t>::max(), 1};
  BOOST_TEST(HistogramText(histogram) == "{{schema:0 buckets:[9223372036854775807 -9223372036854775808]}}");
}

BOOST_AUTO_TEST_CASE(every_part_makes_a_difference) {
  std::set<std::string> texts = {HistogramText(Full()), HistogramText(ToFloat(Full()))};
  const auto add = [&texts](auto change) {
    Histogram histogram = Full();
    change(histogram);
    BOOST_TEST(texts.insert(HistogramText(histogram)).second);
  };
  add([](Histogram& h) { h.counter_reset_hint = CounterResetHint::kUnknown; });
  add([](Histogram& h) { h.schema = 4; });
  add([](Histogram& h) { h.zero_threshold = 0.002; });
  add([](Histogram& h) { h.zero_count = 0; });
  add([](Histogram& h) { h.count = 16; });
  add([](Histogram& h) { h.sum = 0; });
  add([](Histogram& h) { h.positive_spans[1].offset = 4; });
  add([](Histogram& h) { h.positive_spans[1].length = 0; });
  add([](Histogram& h) { h.positive_buckets[0] = 1; });
  add([](Histogram& h) { h.negative_spans.clear(); });
  add([](Histogram& h) { h.negative_buckets[0] = 6; });
  add([](Histogram& h) { h.custom_values = {0}; });
}

}  // namespace
}  // namespace stalemark
