// SPDX-License-Identifier: Apache-2.0
// Start times made up for counters and histograms: the first sample as point of reference, what later ones become, and
// when the reference is forgotten.
#include "core/scrape/start_time_synthesis.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/append_fixture.h"

namespace stalemark::testing {
namespace {

ScrapeAppendOptions Synthesizing() {
  ScrapeAppendOptions options;
  options.synthesize_start_timestamps = true;
  options.parse_start_timestamps = true;
  return options;
}

const ScriptedEntry kCounter = Type("m", MetricType::kCounter);
const ScriptedEntry kHistogramFamily = Type("h", MetricType::kHistogram);

std::string Text(const Histogram& histogram) {
  return HistogramText(histogram);
}

// ---- floats ----

BOOST_AUTO_TEST_CASE(APP_36_the_first_sample_is_the_reference_and_later_ones_are_relative) {
  Appending a(Synthesizing());
  a.Scrape(1000, {kCounter, Float("m", 10)});
  BOOST_TEST(a.last == "1/1/1");
  BOOST_TEST(a.log() == "");
  a.Scrape(2000, {kCounter, Float("m", 14)});
  BOOST_TEST(a.last == "1/1/0");
  BOOST_TEST(a.log() == "m=4@2000 st 1000 reject");
  a.Scrape(3000, {kCounter, Float("m", 14)});
  BOOST_TEST(a.log() == "m=4@3000 st 1000 ref 1 reject");
  a.Scrape(4000, {kCounter, Float("m", 3)});  // began anew
  BOOST_TEST(a.log() == "m=3@4000 st 3999 ref 1 reject");
  a.Scrape(5000, {kCounter, Float("m", 5)});
  BOOST_TEST(a.log() == "m=5@5000 st 3999 ref 1 reject");
}

BOOST_AUTO_TEST_CASE(APP_36_families_whose_start_is_made_up) {
  using T = MetricType;
  struct Row {
    const char* family;
    MetricType type;
    const char* metric;
    bool made_up;
  };
  const Row rows[] = {
      {"m", T::kCounter, "m", true},
      {"m", T::kCounter, "m_total", true},
      {"m_total", T::kCounter, "m_total", true},
      {"m", T::kHistogram, "m_bucket", true},
      {"m", T::kHistogram, "m_sum", true},
      {"m", T::kHistogram, "m_count", true},
      {"m", T::kGauge, "m", false},
      {"m", T::kSummary, "m_sum", false},
      {"m", T::kSummary, "m_count", false},
      {"m", T::kGaugeHistogram, "m_bucket", false},
      {"m", T::kUnknown, "m", false},
      {"m", T::kCounter, "n", false},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(MetricTypeText(row.type) << ' ' << row.family << ": " << row.metric) {
      Appending a(Synthesizing());
      a.Scrape(1000, {Type(row.family, row.type), Float(row.metric, 10)});
      BOOST_TEST(a.last == "1/1/1");
      // All that is appended without a start time refuses to be late.
      BOOST_TEST(a.log() == (row.made_up ? "" : std::string(row.metric) + "=10@1000 reject"));
    }
  }
  Appending off;
  off.Scrape(1000, {kCounter, Float("m", 10)});
  BOOST_TEST(off.log() == "m=10@1000");
}

BOOST_AUTO_TEST_CASE(APP_36_a_start_time_of_the_exposition_goes_first) {
  Appending a(Synthesizing());
  a.Scrape(1000, {kCounter, Float("m", 10).Since(500)});
  BOOST_TEST(a.log() == "m=10@1000 st 500");
  a.Scrape(2000, {kCounter, Float("m", 12)});
  BOOST_TEST(a.log() == "");
  a.Scrape(3000, {kCounter, Float("m", 13).Since(500)});  // ends what was made up
  BOOST_TEST(a.log() == "m=13@3000 st 500 ref 1");
  a.Scrape(4000, {kCounter, Float("m", 14)});
  BOOST_TEST(a.log() == "");
}

BOOST_AUTO_TEST_CASE(APP_36_a_known_series_goes_on_when_its_family_is_left) {
  Appending a(Synthesizing());
  a.Scrape(1000, {kCounter, Float("m", 10)});
  a.Scrape(2000, {Float("m", 12)});
  BOOST_TEST(a.log() == "m=2@2000 st 1000 reject");
  a.Scrape(3000, {Type("other", MetricType::kGauge), Float("m", 15)});
  BOOST_TEST(a.log() == "m=5@3000 st 1000 ref 1 reject");
}

BOOST_AUTO_TEST_CASE(APP_36_a_known_series_starts_when_its_type_becomes_known) {
  Appending a(Synthesizing());
  a.Scrape(1000, {Float("m", 10)});
  BOOST_TEST(a.log() == "m=10@1000 reject");
  a.Scrape(2000, {kCounter, Float("m", 12)});
  BOOST_TEST(a.log() == "");
  BOOST_TEST(a.last == "1/1/0");
  a.Scrape(3000, {kCounter, Float("m", 15)});
  BOOST_TEST(a.log() == "m=3@3000 st 2000 ref 1 reject");
}

BOOST_AUTO_TEST_CASE(APP_36_a_refused_sample_clears_the_reference) {
  for (const AppendCode code : {AppendCode::kOutOfOrder, AppendCode::kDuplicate}) {
    Appending a(Synthesizing());
    a.Scrape(1000, {kCounter, Float("m", 10)}).Scrape(2000, {kCounter, Float("m", 12)});
    a.storage.answers["m"].code = code;
    a.Scrape(3000, {kCounter, Float("m", 13)});
    a.storage.answers.clear();
    a.Scrape(4000, {kCounter, Float("m", 20)});
    BOOST_TEST(a.log() == "");  // a reference again
    a.Scrape(5000, {kCounter, Float("m", 21)});
    BOOST_TEST(a.log() == "m=1@5000 st 4000 ref 1 reject");
  }
}

BOOST_AUTO_TEST_CASE(APP_36_a_repetition_in_one_scrape_clears_the_reference) {
  Appending a(Synthesizing());
  a.Scrape(1000, {kCounter, Float("m", 10)}).Scrape(2000, {kCounter, Float("m", 12), Float("m", 13)});
  BOOST_TEST(a.log() == "m=2@2000 st 1000 reject");
  BOOST_TEST(a.last == "2/2/0");
  a.Scrape(3000, {kCounter, Float("m", 14)});
  BOOST_TEST(a.log() == "");
}

BOOST_AUTO_TEST_CASE(APP_36_failed_scrapes_keep_the_reference_and_absence_ends_it) {
  Appending a(Synthesizing());
  a.Scrape(1000, {kCounter, Float("m", 10)}).Scrape(2000, {kCounter, Float("m", 12)});
  a.Scrape(3000, {Broken()}).Empty(3000);
  BOOST_TEST(a.log() == "m=stale@3000 ref 1 reject");
  a.Scrape(4000, {kCounter, Float("m", 15)});
  BOOST_TEST(a.log() == "m=5@4000 st 1000 ref 1 reject");
  a.Scrape(5000, {kCounter, Float("n", 1)});
  BOOST_TEST(a.log() == "n=1@5000 reject; m=stale@5000 ref 1 reject");
  a.Scrape(6000, {kCounter, Float("m", 20)});
  BOOST_TEST(a.last == "1/1/1");
  BOOST_TEST(a.log() == "n=stale@6000 ref 2 reject");
}

BOOST_AUTO_TEST_CASE(APP_36_a_series_that_was_only_a_reference_gets_no_marker) {
  Appending a(Synthesizing());
  a.Scrape(1000, {kCounter, Float("m", 10)}).Scrape(2000, {Float("n", 1)});
  BOOST_TEST(a.log() == "n=1@2000 reject");
}

BOOST_AUTO_TEST_CASE(APP_36_series_with_timestamps_are_tracked_while_their_start_is_made_up) {
  Appending a(Synthesizing());
  const ScriptedEntry gauge = Type("g", MetricType::kGauge);
  a.Scrape(1000, {kCounter, Float("m", 10).At(900), gauge, Float("g", 1).At(900)});
  a.Scrape(2000, {kCounter, Float("m", 12).At(1900), gauge, Float("g", 1).At(1900)});
  BOOST_TEST(a.log() == "m=2@1900 st 900 reject; g=1@1900 ref 1 reject");
  a.Scrape(3000, {Float("n", 1)});
  BOOST_TEST(a.log() == "n=1@3000 reject; m=stale@3000 ref 2 reject");
}

BOOST_AUTO_TEST_CASE(APP_36_a_first_sample_at_time_zero_is_no_reference) {
  Appending a(Synthesizing());
  a.Scrape(1000, {kCounter, Float("m", 10).At(0)}).Scrape(2000, {kCounter, Float("m", 12).At(100)});
  BOOST_TEST(a.log() == "");
  a.Scrape(3000, {kCounter, Float("m", 15).At(200)});
  BOOST_TEST(a.log() == "m=3@200 st 100 reject");
}

BOOST_AUTO_TEST_CASE(APP_36_a_reference_is_no_sample_to_the_limits_and_its_exemplars_are_lost) {
  ScrapeAppendOptions options = Synthesizing();
  options.sample_limit = 1;
  Appending a(options);
  a.Scrape(1000, {kCounter, Float("m", 10).With({ExposedExemplar("a", 1)}), Float("n", 1)});
  BOOST_TEST(a.last == "2/2/2");
  BOOST_TEST(a.log() == "n=1@1000 reject");
}

// ---- native histograms ----

BOOST_AUTO_TEST_CASE(APP_37_an_integer_histogram_is_relative_to_the_first) {
  Appending a(Synthesizing());
  Histogram first = Buckets(1, {3, 0, 2}, 10);
  first.zero_threshold = 0.5;
  first.zero_count = 4;
  first.count += 4;
  first.negative_spans = {{1, 1}};
  first.negative_buckets = {6};
  first.count += 6;
  Histogram second = first;
  second.positive_buckets = {3, -3, 9};  // 3 0 9
  second.zero_count = 5;
  second.count += 8;
  second.sum = 32.5;
  a.Scrape(1000, {kHistogramFamily, Native("h", first)});
  BOOST_TEST(a.log() == "");
  BOOST_TEST(a.last == "1/1/1");
  a.Scrape(2000, {kHistogramFamily, Native("h", second)});
  // Without the empty buckets.
  BOOST_TEST(a.log() ==
             "h={{schema:1 count:8 sum:22.5 z_bucket:1 z_bucket_w:0.5 spans:[2:1] buckets:[7]}}@2000 st 1000 reject");
}

BOOST_AUTO_TEST_CASE(APP_37_buckets_are_deltas_again_after_the_subtraction) {
  StartTimeSynthesis synthesis;
  const StartTimeSynthesis::Adjusted first = synthesis.Add(Buckets(0, {1, 1, 1}, 3), 1000);
  BOOST_TEST(first.is_reference);
  BOOST_TEST(first.unchanged);
  Histogram gauge = Buckets(0, {5, 3, 9}, 17);
  gauge.counter_reset_hint = CounterResetHint::kGauge;
  const StartTimeSynthesis::Adjusted second = synthesis.Add(gauge, 2000);
  BOOST_TEST(!second.is_reference);
  BOOST_TEST(!second.unchanged);
  BOOST_TEST(second.st_ms == 1000);
  const std::vector<std::int64_t> expected = {4, -2, 6};
  BOOST_TEST(synthesis.integers().positive_buckets == expected, boost::test_tools::per_element());
  BOOST_TEST((synthesis.integers().counter_reset_hint == CounterResetHint::kGauge));  // the exposed one
}

BOOST_AUTO_TEST_CASE(APP_37_after_a_reset_histograms_stay_as_they_are) {
  Appending a(Synthesizing());
  const Histogram after = Buckets(1, {1, 2}, 3);
  const Histogram later = Buckets(1, {4, 4}, 12);
  a.Scrape(1000, {kHistogramFamily, Native("h", Buckets(1, {3, 2}, 10))});
  a.Scrape(2000, {kHistogramFamily, Native("h", after)});
  BOOST_TEST(a.log() == "h=" + Text(after) + "@2000 st 1999 reject");
  a.Scrape(3000, {kHistogramFamily, Native("h", later)});
  BOOST_TEST(a.log() == "h=" + Text(later) + "@3000 st 1999 ref 1 reject");
}

BOOST_AUTO_TEST_CASE(APP_37_the_reset_is_seen_in_single_buckets) {
  StartTimeSynthesis synthesis;
  synthesis.Add(Buckets(0, {3, 3}), 1000);
  BOOST_TEST(synthesis.Add(Buckets(0, {2, 9}), 2000).st_ms == 1999);  // more observations, one bucket fell
}

BOOST_AUTO_TEST_CASE(APP_37_the_reset_is_one_to_the_sample_before_not_to_the_reference) {
  StartTimeSynthesis synthesis;
  synthesis.Add(Buckets(0, {1}), 1000);
  BOOST_TEST(synthesis.Add(Buckets(0, {9}), 2000).st_ms == 1000);
  BOOST_TEST(synthesis.Add(Buckets(0, {5}), 3000).st_ms == 2999);
}

BOOST_AUTO_TEST_CASE(APP_37_float_histograms) {
  Appending a(Synthesizing());
  const FloatHistogram first = ToFloat(Buckets(0, {3, 2}, 10));
  FloatHistogram second = first;
  second.positive_buckets = {3, 4.5};
  second.count = 7.5;
  second.sum = 20;
  const FloatHistogram reset = ToFloat(Buckets(0, {1, 1}, 2));
  a.Scrape(1000, {kHistogramFamily, Native("h", first)});
  BOOST_TEST(a.log() == "");
  a.Scrape(2000, {kHistogramFamily, Native("h", second)});
  BOOST_TEST(a.log() == "h={{kind:float schema:0 count:2.5 sum:10 spans:[1:1] buckets:[2.5]}}@2000 st 1000 reject");
  a.Scrape(3000, {kHistogramFamily, Native("h", reset)});
  BOOST_TEST(a.log() == "h=" + HistogramText(reset) + "@3000 st 2999 ref 1 reject");
}

BOOST_AUTO_TEST_CASE(APP_37_custom_buckets_and_a_family_that_becomes_native) {
  StartTimeSynthesis custom;
  Histogram first = Buckets(kCustomBucketsSchema, {1, 1});
  first.custom_values = {1, 2};
  Histogram second = Buckets(kCustomBucketsSchema, {1, 4});
  second.custom_values = {1, 2};
  custom.Add(first, 1000);
  BOOST_TEST(!custom.Add(second, 2000).unchanged);
  BOOST_TEST(Text(custom.integers()) == "{{schema:-53 count:3 spans:[1:1] buckets:[3] custom_values:[1 2]}}");

  StartTimeSynthesis changing;
  BOOST_TEST(changing.Add(BitsOf(5.0), 1000).is_reference);
  const StartTimeSynthesis::Adjusted native = changing.Add(Buckets(0, {1}), 2000);
  BOOST_TEST(!native.is_reference);  // the start time is known, there is nothing to subtract
  BOOST_TEST(native.unchanged);
  BOOST_TEST(native.st_ms == 1000);
}

}  // namespace
}  // namespace stalemark::testing
