// SPDX-License-Identifier: Apache-2.0
// Classic and native histograms of the protobuf format, their mixtures, their conversion and their exemplars.
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/exposition/protobuf_bodies.h"

namespace stalemark::exposition_test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Case {
  const char* name;
  std::string body;
  std::string expected;
};

void Check(const std::vector<Case>& cases, const ParserOptions& options = {}) {
  for (const Case& test : cases) {
    BOOST_TEST_CONTEXT(test.name) {
      BOOST_TEST(Samples(test.body, options) == test.expected);
    }
  }
}

std::string HistogramBody(const std::vector<Message>& histograms, Type type = kHistogram) {
  std::vector<Message> metrics;
  for (const Message& histogram : histograms) metrics.push_back(HistogramMetric(histogram));
  return BodyOf(type, metrics);
}

ParserOptions KeepClassic() {
  ParserOptions options;
  options.keep_classic = true;
  return options;
}
ParserOptions Convert() {
  ParserOptions options;
  options.convert_classic_to_nhcb = true;
  return options;
}

Message Classic() {
  return Message().Varint(1, 3).Double(2, 4).Sub(3, Bucket(1, 2));
}
Message Native() {
  return Message().Varint(1, 5).Double(2, 6).Sub(12, Span(0, 2)).Sint(13, 1).Sint(13, 3);
}
Message Both() {
  return Native().Sub(3, Bucket(1, 2));
}

const char* const kClassicText = "a_count{} 3\na_sum{} 4\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 3\n";
const char* const kNativeText = "a{} integers schema=0 count=5 sum=6 zero=0/0 +[0+2:1,4]\n";
const char* const kNativeAsClassic = "a_count{} 5\na_sum{} 6\na_bucket{le=\"+Inf\"} 5\n";
const char* const kBothAsClassic = "a_count{} 5\na_sum{} 6\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 5\n";
const char* const kConverted = "a{} integers schema=-53 count=3 sum=4 zero=0/0 +[0+2:2,1] le=1\n";
const char* const kNothing = "a{} nothing\n";

BOOST_AUTO_TEST_CASE(PB_10_classic_histograms) {
  const Message floats = Message().Varint(1, 9).Double(4, 3.5).Sub(3, Bucket(1, 9).Double(4, 1.5));
  const Message zero_floats = Message().Varint(1, 9).Double(4, -0.0).Sub(3, Bucket(1, 8).Double(4, 0));
  Check({
      {"no +Inf bucket", HistogramBody({Classic()}), kClassicText},
      {"nothing after +Inf",
       HistogramBody({Message().Varint(1, 3).Sub(3, Bucket(kInf, 2)).Sub(3, Bucket(1, 1)), Classic()}),
       std::string("a_count{} 3\na_sum{} 0\na_bucket{le=\"+Inf\"} 2\n") + kClassicText},
      {"no bucket", HistogramBody({Message().Varint(1, 3)}), "a_count{} 3\na_sum{} 0\na_bucket{le=\"+Inf\"} 3\n"},
      {"no histogram", BodyOf(kHistogram, {GaugeMetric(1)}), "a_count{} 0\na_sum{} 0\na_bucket{le=\"+Inf\"} 0\n"},
      {"floats win", HistogramBody({floats}),
       "a_count{} 3.5\na_sum{} 0\na_bucket{le=\"1.0\"} 1.5\na_bucket{le=\"+Inf\"} 3.5\n"},
      {"zero floats do not", HistogramBody({zero_floats}),
       "a_count{} 9\na_sum{} 0\na_bucket{le=\"1.0\"} 8\na_bucket{le=\"+Inf\"} 9\n"},
      {"gauge histogram", HistogramBody({Classic()}, kGaugeHistogram), kClassicText},
      {"order as sent", HistogramBody({Message().Sub(3, Bucket(2, 1)).Sub(3, Bucket(-kInf, 2)).Sub(3, Bucket(2, 3))}),
       "a_count{} 0\na_sum{} 0\na_bucket{le=\"2.0\"} 1\na_bucket{le=\"-Inf\"} 2\na_bucket{le=\"2.0\"} 3\n"
       "a_bucket{le=\"+Inf\"} 0\n"},
  });
}

BOOST_AUTO_TEST_CASE(PB_10_PB_19_texts_of_bounds_are_kept_by_place_and_bits) {
  std::vector<Message> histograms;
  std::string expected;
  const char* const texts[] = {"0.1", "1e+06", "NaN", "123456.7"};
  const double bounds[] = {0.1, 1e6, std::numeric_limits<double>::quiet_NaN(), 123456.7};
  for (std::size_t shift = 0; shift < 4; ++shift) {
    Message histogram;
    expected += "a_count{} 0\na_sum{} 0\n";
    for (std::size_t i = 0; i < 100; ++i) {
      histogram.Sub(3, Bucket(bounds[(i + shift) % 4], i));
      expected += fmt::format("a_bucket{{le=\"{}\"}} {}\n", texts[(i + shift) % 4], i);
    }
    expected += "a_bucket{le=\"+Inf\"} 0\n";
    histograms.push_back(histogram);
  }
  BOOST_TEST(Samples(HistogramBody(histograms)) == expected);
}

BOOST_AUTO_TEST_CASE(PB_11_what_makes_a_histogram_native) {
  Check({
      {"a span without buckets", HistogramBody({Message().Sub(12, Message())}),
       "a{} integers schema=0 count=0 sum=0 zero=0/0\n"},
      {"a negative span", HistogramBody({Message().Sub(9, Span(1, 1)).Sint(10, 2)}),
       "a{} integers schema=0 count=0 sum=0 zero=0/0 -[1+1:2]\n"},
      {"a zero threshold", HistogramBody({Message().Double(6, 0.5)}),
       "a{} integers schema=0 count=0 sum=0 zero=0.5/0\n"},
      {"a zero count", HistogramBody({Message().Varint(7, 4)}), "a{} integers schema=0 count=0 sum=0 zero=0/4\n"},
      {"not a float zero count", HistogramBody({Message().Double(8, 4)}),
       "a_count{} 0\na_sum{} 0\na_bucket{le=\"+Inf\"} 0\n"},
      {"not a negative threshold", HistogramBody({Message().Double(6, -1)}),
       "a_count{} 0\na_sum{} 0\na_bucket{le=\"+Inf\"} 0\n"},
      {"not buckets", HistogramBody({Message().Sint(13, 1).Sint(5, 3)}),
       "a_count{} 0\na_sum{} 0\na_bucket{le=\"+Inf\"} 0\n"},
  });
}

BOOST_AUTO_TEST_CASE(PB_11_families_of_both_kinds) {
  const std::string classic = kClassicText;
  const std::string native = kNativeText;
  Check({
      {"native, classic", HistogramBody({Native(), Classic()}), native + classic},
      {"native, classic, native", HistogramBody({Native(), Classic(), Native()}), native + classic + kNativeAsClassic},
      {"classic, native", HistogramBody({Classic(), Native()}), classic + kNativeAsClassic},
      {"classic, native, native", HistogramBody({Classic(), Native(), Native()}), classic + kNativeAsClassic + native},
      {"classic, native, classic", HistogramBody({Classic(), Native(), Classic()}),
       classic + kNativeAsClassic + kNothing},
  });
  Check({{"native, classic: as above only without buckets", HistogramBody({Both(), Classic()}),
          native + kBothAsClassic + kNothing},
         {"no buckets", HistogramBody({Native(), Classic()}), native + classic}},
        KeepClassic());
  Check({{"every order works", HistogramBody({Classic(), Native(), Classic(), Classic(), Native(), Native()}),
          std::string(kConverted) + native + kConverted + kConverted + native + native}},
        Convert());
}

BOOST_AUTO_TEST_CASE(PB_12_integer_histograms) {
  const Message full =
      Message()
          .Varint(1, 20)
          .Double(2, 7.5)
          .Sint(5, 3)
          .Double(6, 0.001)
          .Varint(7, 2)
          .Sub(9, Span(1, 2))
          .Sint(10, 1)
          .Sint(10, 0)
          .Sub(12, Span(-2, 1))
          .Sub(12, Span(3, 2))
          .Bytes(13,
                 Message().Number(Message::Zigzag(5)).Number(Message::Zigzag(-2)).Number(Message::Zigzag(1)).bytes());
  Check({
      {"all parts", HistogramBody({full}),
       "a{} integers schema=3 count=20 sum=7.5 zero=0.001/2 +[-2+1 3+2:5,3,4] -[1+2:1,1]\n"},
      {"empty buckets are cut",
       HistogramBody({Message().Sub(12, Span(0, 5)).Sint(13, 0).Sint(13, 2).Sint(13, -2).Sint(13, 3).Sint(13, -3)}),
       "a{} integers schema=0 count=0 sum=0 zero=0/0 +[1+1 1+1:2,3]\n"},
      {"gauge", HistogramBody({Native()}, kGaugeHistogram),
       "a{} integers schema=0 count=5 sum=6 zero=0/0 +[0+2:1,4] gauge\n"},
      {"absurd schemas are the loop's to judge", HistogramBody({Native().Sint(5, -2147483648LL)}),
       "a{} integers schema=-2147483648 count=5 sum=6 zero=0/0 +[0+2:1,4]\n"},
      {"a timestamp", BodyOf(kHistogram, {HistogramMetric(Native()).Varint(6, 9)}),
       "a{} integers schema=0 count=5 sum=6 zero=0/0 +[0+2:1,4] @9\n"},
  });
}

BOOST_AUTO_TEST_CASE(PB_12_float_histograms) {
  const Message counts = Message().Sub(12, Span(0, 2)).Double(14, 1.5).Double(14, 2.5).Sint(13, 7);
  const auto with = [&](std::uint64_t field, double value) {
    Message copy = counts;
    return copy.Double(field, value);
  };
  Check({
      {"count above zero", HistogramBody({with(4, 4)}), "a{} floats schema=0 count=4 sum=0 zero=0/0 +[0+2:1.5,2.5]\n"},
      {"zero count above zero", HistogramBody({with(8, 3)}),
       "a{} floats schema=0 count=0 sum=0 zero=0/3 +[0+2:1.5,2.5]\n"},
      {"negative count: integers", HistogramBody({with(4, -4)}),
       "error histogram \"a\": positive side: spans require 2 buckets, have 1\n"},
      {"gauge", HistogramBody({with(4, 4)}, kGaugeHistogram),
       "a{} floats schema=0 count=4 sum=0 zero=0/0 +[0+2:1.5,2.5] gauge\n"},
  });
}

BOOST_AUTO_TEST_CASE(PB_12_spans_and_buckets_must_agree_where_upstream_looks) {
  const std::string native = kNativeText;
  const Message surplus = Message().Sub(12, Span(0, 1)).Sint(13, 1).Sint(13, 1);
  const Message no_spans = Message().Varint(7, 1).Sint(13, 1).Sint(13, 1);
  const Message with_empty = Message().Varint(7, 1).Sint(13, 1).Sint(13, -1);
  Check({
      {"positive", HistogramBody({surplus}), "error histogram \"a\": positive side: spans require 1 buckets, have 2\n"},
      {"negative", HistogramBody({Native().Sub(9, Span(0, 3))}),
       "error histogram \"a\": negative side: spans require 3 buckets, have 0\n"},
      {"the second one passes", HistogramBody({Native(), surplus}),
       native + "a{} integers schema=0 count=0 sum=0 zero=0/0 +[0+1:1,2]\n"},
      {"the second one, without spans", HistogramBody({Native(), no_spans, with_empty}),
       native + "a{} integers schema=0 count=0 sum=0 zero=0/1 +[1,2]\na{} integers schema=0 count=0 sum=0 zero=0/1\n"},
      {"after classic samples", HistogramBody({Classic(), surplus}),
       std::string(kClassicText) + "a_count{} 0\na_sum{} 0\na_bucket{le=\"+Inf\"} 0\n"
                                   "error histogram \"a\": positive side: spans require 1 buckets, have 2\n"},
  });
}

BOOST_AUTO_TEST_CASE(PB_13_native_parts_ignored) {
  ParserOptions options;
  options.ignore_native_histograms = true;
  Check({{"native", HistogramBody({Native(), Both(), Classic()}),
          std::string(kNativeAsClassic) + kBothAsClassic + kClassicText},
         {"spans are not looked at", HistogramBody({Message().Sub(12, Span(0, 9))}),
          "a_count{} 0\na_sum{} 0\na_bucket{le=\"+Inf\"} 0\n"}},
        options);
  options.convert_classic_to_nhcb = true;
  Check({{"converted", HistogramBody({Both()}), "a{} integers schema=-53 count=5 sum=6 zero=0/0 +[0+2:2,3] le=1\n"}},
        options);
}

BOOST_AUTO_TEST_CASE(PB_14_classic_samples_beside_native_ones) {
  const std::string native = kNativeText;
  Check({{"both", HistogramBody({Both(), Both()}), native + kBothAsClassic + native + kBothAsClassic},
         {"native without buckets", HistogramBody({Native(), Both()}), native + native + kBothAsClassic}},
        KeepClassic());
  Check({{"not asked for", HistogramBody({Both(), Both()}), native + native}});
}

BOOST_AUTO_TEST_CASE(PB_15_PB_21_conversion_to_custom_buckets) {
  const Message floats = Message().Double(4, 3.5).Sub(3, Bucket(1, 0).Double(4, 1.5));
  Check(
      {
          {"integers", HistogramBody({Classic()}), kConverted},
          {"floats", HistogramBody({floats}), "a{} floats schema=-53 count=3.5 sum=0 zero=0/0 +[0+2:1.5,2] le=1\n"},
          {"gauge", HistogramBody({Classic(), floats}, kGaugeHistogram),
           "a{} integers schema=-53 count=3 sum=4 zero=0/0 +[0+2:2,1] le=1 gauge\n"
           "a{} floats schema=-53 count=3.5 sum=0 zero=0/0 +[0+2:1.5,2] le=1 gauge\n"},
          {"native stays", HistogramBody({Both()}), kNativeText},
          {"a count below the last bucket", HistogramBody({Message().Varint(1, 1).Sub(3, Bucket(1, 2))}),
           "a{} integers schema=-53 count=1 sum=0 zero=0/0 +[0+2:2,-1] le=1\n"},
      },
      Convert());
  ParserOptions both = Convert();
  both.keep_classic = true;
  Check({{"classic samples first", HistogramBody({Classic(), Classic()}),
          std::string(kClassicText) + kConverted + kClassicText + kConverted}},
        both);
}

BOOST_AUTO_TEST_CASE(PB_15_conversion_errors_fail_the_body) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto floats = [](double count, double bucket) {
    return Message().Double(4, count).Sub(3, Message().Double(2, 1).Double(4, bucket));
  };
  Check(
      {
          {"negative count", HistogramBody({Classic(), floats(-1, 1)}),
           std::string(kConverted) + "error count must be non-negative: count=-1\n"},
          {"negative bucket", HistogramBody({floats(1, -2.5)}),
           "error bucket count must be non-negative: le=1, count=-2.5\n"},
          {"NaN bound", HistogramBody({Message().Sub(3, Bucket(nan, 1))}), "error bucket boundary must not be NaN\n"},
          {"falling counts", HistogramBody({Message().Sub(3, Bucket(1, 2)).Sub(3, Bucket(2, 1))}),
           "error count is not cumulative: 1 < 2\n"},
          {"falling counts out of order", HistogramBody({Message().Sub(3, Bucket(2, 2)).Sub(3, Bucket(1, 3))}),
           "error count is not cumulative: 3 > 2\n"},
          {"count mismatch", HistogramBody({Message().Varint(1, 3).Sub(3, Bucket(kInf, 2))}),
           "error count mismatch: count=3 != le=+Inf count=2\n"},
          {"float count mismatch", HistogramBody({Message().Double(4, 3.5).Sub(3, Bucket(kInf, 2))}),
           "error count mismatch: count=3.5 != le=+Inf count=2\n"},
      },
      Convert());
}

Message Timed(std::string_view trace, std::uint64_t seconds) {
  return Exemplar(trace, 1).Sub(3, Time(seconds, 0));
}

BOOST_AUTO_TEST_CASE(PB_16_exemplars_of_classic_buckets) {
  const Message buckets = Message()
                              .Sub(3, Bucket(1, 2).Sub(3, Exemplar("x", 3)))
                              .Sub(3, Bucket(2, 2))
                              .Sub(3, Bucket(kInf, 4).Sub(3, Timed("y", 5)))
                              .Sub(16, Timed("z", 6));
  Check({{"one each, none on count and sum", HistogramBody({buckets}),
          "a_count{} 0\na_sum{} 0\na_bucket{le=\"1.0\"} 2 # {trace=\"x\"} 3\na_bucket{le=\"2.0\"} 2\n"
          "a_bucket{le=\"+Inf\"} 4 # {trace=\"y\"} 1 @5000\n"}});
}

BOOST_AUTO_TEST_CASE(PB_16_exemplars_of_native_histograms) {
  const std::string native = std::string(kNativeText).substr(0, std::string(kNativeText).size() - 1);
  const Message list =
      Native().Sub(16, Timed("a", 1)).Sub(16, Exemplar("none", 1)).Sub(16, Timed("b", 2)).Sub(16, Message());
  const Message buckets = Native()
                              .Sub(3, Bucket(1, 1).Sub(3, Exemplar("none", 1)))
                              .Sub(3, Bucket(2, 1).Sub(3, Timed("c", 3)))
                              .Sub(3, Bucket(3, 1))
                              .Sub(3, Bucket(4, 1).Sub(3, Timed("d", 4)));
  Check({
      {"the list, with timestamps only", HistogramBody({list}),
       native + " # {trace=\"a\"} 1 @1000 # {trace=\"b\"} 1 @2000\n"},
      {"the buckets, with timestamps only", HistogramBody({buckets}),
       native + " # {trace=\"c\"} 1 @3000 # {trace=\"d\"} 1 @4000\n"},
      {"the list wins", HistogramBody({Message().Raw(buckets.bytes()).Sub(16, Timed("a", 1))}),
       native + " # {trace=\"a\"} 1 @1000\n"},
  });
}

BOOST_AUTO_TEST_CASE(PB_16_the_place_in_the_list_is_kept_from_metric_to_metric) {
  const std::string native = std::string(kNativeText).substr(0, std::string(kNativeText).size() - 1);
  const Message one = Native().Sub(16, Timed("a", 1));
  const Message three = Native().Sub(16, Timed("a", 1)).Sub(16, Timed("b", 2)).Sub(16, Timed("c", 3));
  const Message bucket = Native().Sub(3, Bucket(1, 1).Sub(3, Timed("d", 4)));
  Check({
      {"list", HistogramBody({one, three, one}),
       native + " # {trace=\"a\"} 1 @1000\n" + native + " # {trace=\"b\"} 1 @2000 # {trace=\"c\"} 1 @3000\n" + native +
           "\n"},
      {"buckets", HistogramBody({bucket, bucket}), native + " # {trace=\"d\"} 1 @4000\n" + native + "\n"},
      {"a new family",
       Body({Family("a", kHistogram, {HistogramMetric(one)}), Family("a", kHistogram, {HistogramMetric(one)})}),
       native + " # {trace=\"a\"} 1 @1000\n" + native + " # {trace=\"a\"} 1 @1000\n"},
  });
  Check({{"classic samples between", HistogramBody({bucket, bucket}),
          native +
              " # {trace=\"d\"} 1 @4000\na_count{} 5\na_sum{} 6\na_bucket{le=\"1.0\"} 1 # {trace=\"d\"} 1 @4000\n"
              "a_bucket{le=\"+Inf\"} 5\n" +
              native +
              " # {trace=\"d\"} 1 @4000\na_count{} 5\na_sum{} 6\n"
              "a_bucket{le=\"1.0\"} 1 # {trace=\"d\"} 1 @4000\na_bucket{le=\"+Inf\"} 5\n"}},
        KeepClassic());
}

BOOST_AUTO_TEST_CASE(PB_16_exemplars_of_converted_histograms) {
  const Message classic = Classic().Sub(3, Bucket(kInf, 3).Sub(3, Timed("x", 1)));
  Check({{"buckets with timestamps", HistogramBody({classic}),
          "a{} integers schema=-53 count=3 sum=4 zero=0/0 +[0+2:2,1] le=1 # {trace=\"x\"} 1 @1000\n"}},
        Convert());
}

}  // namespace
}  // namespace stalemark::exposition_test
