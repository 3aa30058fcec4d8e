// SPDX-License-Identifier: Apache-2.0
#include "core/model/histogram.h"

#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/histogram_bounds.h"

namespace stalemark {
namespace {

using Spans = std::vector<HistogramSpan>;
using Deltas = std::vector<std::int64_t>;
using Counts = std::vector<double>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string Text(const Spans& spans) {
  std::string text;
  for (const HistogramSpan& span : spans) text += std::to_string(span.offset) + ":" + std::to_string(span.length) + " ";
  return text;
}

Histogram Integers(std::int32_t schema, Spans spans, Deltas deltas) {
  Histogram histogram;
  histogram.schema = schema;
  histogram.positive_spans = std::move(spans);
  histogram.positive_buckets = std::move(deltas);
  return histogram;
}

FloatHistogram Floats(std::int32_t schema, Spans spans, Counts counts) {
  FloatHistogram histogram;
  histogram.schema = schema;
  histogram.positive_spans = std::move(spans);
  for (const double count : counts) histogram.count += count;
  histogram.positive_buckets = std::move(counts);
  return histogram;
}

FloatHistogram Custom(Counts bounds, Spans spans, Counts counts) {
  FloatHistogram histogram = Floats(kCustomBucketsSchema, std::move(spans), std::move(counts));
  histogram.custom_values = std::move(bounds);
  return histogram;
}

std::string MessageOf(const Status& status) {
  return status.ok() ? "" : status.error().message;
}

void CheckList(const Counts& got, const Counts& wanted) {
  BOOST_CHECK_EQUAL_COLLECTIONS(got.begin(), got.end(), wanted.begin(), wanted.end());
}

BOOST_AUTO_TEST_SUITE(histogram)

BOOST_AUTO_TEST_CASE(compact_removes_empty_buckets) {
  struct Row {
    const char* name;
    std::uint32_t empty_buckets_max;
    Spans spans;
    Counts counts;
    const char* wanted_spans;
    Counts wanted_counts;
  };
  const std::vector<Row> rows = {
      {"nothing to do", 0, {{3, 2}}, {1, 2}, "3:2 ", {1, 2}},
      {"ends of a span", 2, {{0, 4}}, {0, 5, 6, 0}, "1:2 ", {5, 6}},
      {"middle, none allowed", 0, {{0, 3}}, {1, 0, 2}, "0:1 1:1 ", {1, 2}},
      {"middle, few enough", 2, {{0, 4}}, {1, 0, 0, 2}, "0:4 ", {1, 0, 0, 2}},
      {"middle, too many", 2, {{0, 5}}, {1, 0, 0, 0, 2}, "0:1 3:1 ", {1, 2}},
      {"a span of empty buckets", 0, {{0, 1}, {2, 2}, {1, 1}}, {1, 0, 0, 2}, "0:1 5:1 ", {1, 2}},
      {"end of a span before another", 0, {{0, 2}, {2, 1}}, {1, 0, 2}, "0:1 3:1 ", {1, 2}},
      {"spans without a gap", 0, {{0, 1}, {0, 2}}, {1, 2, 3}, "0:3 ", {1, 2, 3}},
      {"spans without buckets", 0, {{1, 0}, {2, 1}, {4, 0}}, {7}, "3:1 ", {7}},
      {"all empty", 0, {{0, 3}}, {0, 0, 0}, "", {}},
      {"no spans", 0, {{5, 0}}, {1}, "", {}},
      {"more spans than buckets", 0, {{0, 4294967295}, {1, 2}}, {0, 1}, "1:4294967294 1:2 ", {1}},
      {"more buckets than spans", 0, {{0, 2}}, {0, 1, 0, 4}, "1:1 ", {1, 0, 4}},
      {"offset that wraps", 0, {{2147483647, 1}, {1, 1}}, {0, 1}, "-2147483647:1 ", {1}},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      FloatHistogram floats = Floats(0, row.spans, row.counts);
      Compact(floats, row.empty_buckets_max);
      BOOST_CHECK_EQUAL(Text(floats.positive_spans), row.wanted_spans);
      CheckList(floats.positive_buckets, row.wanted_counts);

      Histogram integers = Integers(0, row.spans, {});
      std::int64_t last = 0;
      for (const double count : row.counts) {
        integers.positive_buckets.push_back(static_cast<std::int64_t>(count) - last);
        last = static_cast<std::int64_t>(count);
      }
      integers.negative_spans = integers.positive_spans;
      integers.negative_buckets = integers.positive_buckets;
      Compact(integers, row.empty_buckets_max);
      BOOST_CHECK_EQUAL(Text(integers.negative_spans), row.wanted_spans);
      CheckList(ToFloat(integers).positive_buckets, row.wanted_counts);
    }
  }
}

BOOST_AUTO_TEST_CASE(reduce_resolution_merges_buckets) {
  Histogram histogram = Integers(2, {{-3, 4}, {2, 2}}, {1, 1, 1, 1, 1, 1});
  histogram.negative_spans = {{0, 1}};
  histogram.negative_buckets = {9};
  BOOST_TEST(MessageOf(ReduceResolution(histogram, 1)) == "");
  BOOST_CHECK_EQUAL(histogram.schema, 1);
  BOOST_CHECK_EQUAL(Text(histogram.positive_spans), "-1:2 1:1 ");
  CheckList(ToFloat(histogram).positive_buckets, {3, 7, 11});
  BOOST_CHECK_EQUAL(Text(histogram.negative_spans), "0:1 ");
}

BOOST_AUTO_TEST_CASE(reduce_resolution_refuses) {
  struct Row {
    const char* name;
    std::int32_t schema;
    std::int32_t target;
    Spans spans;
    Counts counts;
    const char* message;
  };
  const std::vector<Row> rows = {
      {"custom buckets", -53, -60, {}, {}, "cannot reduce resolution when there are custom buckets"},
      {"to custom buckets", 0, -53, {}, {}, "cannot reduce resolution to custom buckets schema"},
      {"not lower", 2, 2, {}, {}, "cannot reduce resolution from schema 2 to 2"},
      {"too few buckets",
       2,
       1,
       {{0, 4294967295}},
       {1},
       "have 1 buckets but spans need more: histogram spans specify different number of buckets than provided"},
      {"too many buckets",
       2,
       1,
       {{0, 1}},
       {1, 2},
       "spans need 1 buckets, have 2 buckets: histogram spans specify different number of buckets than provided"},
      {"negative offset",
       2,
       1,
       {{-7, 1}, {-1, 1}},
       {1, 1},
       "span number 2 with offset -1: histogram has a span whose offset is negative"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      FloatHistogram histogram = Floats(row.schema, row.spans, row.counts);
      BOOST_CHECK_EQUAL(MessageOf(ReduceResolution(histogram, row.target)), row.message);
      BOOST_CHECK_EQUAL(histogram.schema, row.schema);
      CheckList(histogram.positive_buckets, row.counts);
    }
  }
}

BOOST_AUTO_TEST_CASE(reduce_resolution_takes_any_index_and_schema) {
  FloatHistogram histogram = Floats(52, {{2147483647, 3}}, {1, 2, 4});
  BOOST_TEST(MessageOf(ReduceResolution(histogram, -9)) == "");
  BOOST_CHECK_EQUAL(Text(histogram.positive_spans), "1:1 ");  // what wraps around is left out
  CheckList(histogram.positive_buckets, {3});
}

BOOST_AUTO_TEST_CASE(validate_integers) {
  struct Row {
    const char* name;
    Histogram histogram;
    std::string message;
  };
  std::vector<Row> rows;
  const auto add = [&rows](const char* name, Histogram histogram, std::uint64_t count, std::string message) {
    histogram.count = count;
    rows.push_back({name, std::move(histogram), std::move(message)});
  };
  add("sound", Integers(0, {{0, 2}}, {1, 1}), 3, "");
  add("schema", Integers(9, {}, {}), 0,
      "histogram has an invalid schema, which must be between -4 and 8 for exponential buckets, or -53 for custom "
      "buckets, got schema 9");
  add("spans", Integers(0, {{0, 4294967295}, {0, 4294967295}}, {1}), 1,
      "positive side: spans need 8589934590 buckets, have 1 buckets: histogram spans specify different number of "
      "buckets than provided");
  add("negative offset", Integers(0, {{-1, 1}, {-2, 1}}, {1, 0}), 2,
      "positive side: span number 2 with offset -2: histogram has a span whose offset is negative");
  add("negative count", Integers(0, {{0, 2}}, {1, -3}), 1,
      "positive side: bucket number 2 has observation count of -2: histogram has a bucket whose observation count is "
      "negative");
  add("count", Integers(0, {{0, 1}}, {1}), 2,
      "1 observations found in buckets, but the Count field is 2: histogram's observation count should equal the "
      "number "
      "of observations found in the buckets (in absence of NaN)");
  Histogram unsure = Integers(0, {{0, 1}}, {3});
  unsure.sum = kNaN;
  add("NaN sum", unsure, 4, "");
  add("NaN sum, count too small", unsure, 2,
      "3 observations found in buckets, but the Count field is 2: histogram's observation count should be at least the "
      "number of observations found in the buckets");
  Histogram bounds = Integers(0, {}, {});
  bounds.custom_values = {1};
  add("bounds without custom buckets", bounds, 0, "histogram with exponential schema must not have custom bounds");
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_CHECK_EQUAL(MessageOf(Validate(row.histogram)), row.message);
    }
  }
}

BOOST_AUTO_TEST_CASE(validate_custom_buckets) {
  const auto message = [](Counts bounds, Spans spans, Counts counts) {
    return MessageOf(Validate(Custom(std::move(bounds), std::move(spans), std::move(counts))));
  };
  BOOST_CHECK_EQUAL(message({1, 2}, {{1, 2}}, {4, 5}), "");
  BOOST_CHECK_EQUAL(message({1, kNaN}, {}, {}), "custom buckets: histogram custom bounds must not be NaN");
  BOOST_CHECK_EQUAL(message({2, 1.5}, {}, {}),
                    "custom buckets: previous bound is 2.000000 and current is 1.500000: histogram custom bounds must "
                    "be in strictly increasing order");
  BOOST_CHECK_EQUAL(message({1, kInfinity}, {}, {}),
                    "custom buckets: last +Inf bound must not be explicitly defined: histogram custom bounds must be "
                    "finite");
  BOOST_CHECK_EQUAL(message({1}, {{-1, 1}}, {1}),
                    "custom buckets: span number 1 with offset -1: histogram has a span whose offset is negative");
  BOOST_CHECK_EQUAL(message({1}, {{2147483647, 1}}, {1}),
                    "custom buckets: only 1 custom bounds defined which is insufficient to cover total span length of "
                    "2147483648: histogram custom bounds are too few");
  FloatHistogram histogram = Custom({}, {}, {});
  histogram.negative_buckets = {1};
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)), "custom buckets: must not have negative buckets");
  histogram.negative_spans = {{0, 1}};
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)), "custom buckets: must not have negative spans");
  histogram.zero_threshold = 1;
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)), "custom buckets: must have zero threshold of 0");
  histogram.zero_count = 1;
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)), "custom buckets: must have zero count of 0");
}

BOOST_AUTO_TEST_CASE(validate_floats) {
  FloatHistogram histogram = Floats(0, {{0, 1}}, {1});
  histogram.count = 77;
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)), "");
  histogram.positive_buckets = {-1e21};
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)),
                    "positive side: bucket number 1 has observation count of -1e+21: histogram has a bucket whose "
                    "observation count is negative");
  histogram.count = -0.5;
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)),
                    "observation count is  -0.5: histogram's observation count is negative");
  histogram.zero_count = -2;
  BOOST_CHECK_EQUAL(MessageOf(Validate(histogram)),
                    "zero bucket has observation count of -2: histogram has a bucket whose observation count is "
                    "negative");
}

BOOST_AUTO_TEST_CASE(equals_looks_at_bits_and_bucket_layout) {
  const FloatHistogram base = Floats(1, {{2, 1}, {3, 1}}, {1, 2});
  FloatHistogram other = Floats(1, {{1, 0}, {1, 1}, {3, 0}, {0, 1}, {5, 0}}, {1, 2});
  other.counter_reset_hint = CounterResetHint::kGauge;
  BOOST_TEST(Equals(base, other));
  other.positive_spans.back().length = 1;
  BOOST_TEST(!Equals(base, other));
  other = base;
  other.sum = -0.0;
  BOOST_TEST(!Equals(base, other));
  other = base;
  other.zero_threshold = -0.0;
  BOOST_TEST(Equals(base, other));
  other.zero_threshold = kNaN;
  BOOST_TEST(!Equals(other, other));
  other = base;
  other.custom_values = {1};
  BOOST_TEST(Equals(base, other));  // of no meaning in this schema
  BOOST_TEST(!Equals(Custom({1}, {}, {}), Custom({2}, {}, {})));
}

BOOST_AUTO_TEST_CASE(detect_reset) {
  struct Row {
    const char* name;
    FloatHistogram previous;
    FloatHistogram current;
    bool reset;
  };
  FloatHistogram hinted = Floats(0, {{0, 1}}, {1});
  hinted.counter_reset_hint = CounterResetHint::kNotCounterReset;
  FloatHistogram wide = Floats(0, {{5, 1}}, {3});
  wide.zero_threshold = 4;
  wide.zero_count = 2;
  wide.count = 5;
  const std::vector<Row> rows = {
      {"grown", Floats(0, {{0, 1}}, {1}), Floats(0, {{0, 2}}, {1, 1}), false},
      {"count fell", Floats(0, {{0, 1}}, {2}), Floats(0, {{0, 1}}, {1}), true},
      {"a bucket fell", Floats(0, {{0, 2}}, {2, 1}), Floats(0, {{0, 2}}, {1, 4}), true},
      {"a bucket is gone", Floats(0, {{0, 2}}, {1, 1}), Floats(0, {{0, 1}}, {9}), true},
      {"an empty bucket is gone", Floats(0, {{0, 2}}, {1, 0}), Floats(0, {{0, 1}}, {9}), false},
      {"only the first one gone counts", Floats(0, {{0, 2}, {5, 2}}, {1, 0, 0, 1}), Floats(0, {{0, 1}}, {9}), false},
      {"told so", Floats(0, {{0, 1}}, {9}), hinted, false},
      {"finer schema", Floats(0, {}, {}), Floats(1, {}, {}), true},
      {"coarser schema", Floats(1, {{1, 2}}, {1, 1}), Floats(0, {{1, 1}}, {2}), false},
      {"coarser schema, fell", Floats(1, {{1, 2}}, {1, 1}), Floats(0, {{1, 2}}, {1, 9}), true},
      {"wider zero bucket", Floats(0, {{1, 1}, {3, 1}}, {2, 3}), wide, false},
      {"wider zero bucket, fell", Floats(0, {{1, 2}, {2, 1}}, {2, 1, 2}), wide, true},
      {"narrower zero bucket", wide, Floats(0, {{5, 1}}, {9}), true},
      {"other kind of buckets", Floats(0, {}, {}), Custom({1}, {}, {}), true},
      {"other bounds, common ones grew", Custom({1, 2, 3}, {{0, 3}}, {1, 1, 1}), Custom({2}, {{0, 2}}, {2, 1}), false},
      {"other bounds, a common one fell", Custom({1, 2}, {{0, 2}}, {1, 1}), Custom({2}, {{0, 2}}, {1, 5}), true},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_CHECK_EQUAL(DetectReset(row.current, row.previous), row.reset);
    }
  }
}

BOOST_AUTO_TEST_CASE(subtract_equal_layouts) {
  FloatHistogram a = Floats(0, {{0, 3}}, {5, 2, 3});
  a.zero_count = 4;
  a.sum = kInfinity;
  FloatHistogram b = Floats(0, {{0, 2}, {4, 1}}, {1, 2, 6});
  b.zero_count = 1;
  b.sum = kInfinity;
  const FloatHistogram difference = Subtract(a, b);
  BOOST_CHECK_EQUAL(difference.count, 1);
  BOOST_CHECK_EQUAL(difference.zero_count, 3);
  BOOST_CHECK_EQUAL(BitsOf(difference.sum), 0xfff8000000000000U);
  BOOST_CHECK_EQUAL(Text(difference.positive_spans), "0:1 1:1 3:1 ");
  CheckList(difference.positive_buckets, {4, 3, -6});
}

BOOST_AUTO_TEST_CASE(subtract_unlike_layouts) {
  FloatHistogram wide = Floats(0, {{3, 1}}, {7});
  wide.zero_threshold = 3;
  FloatHistogram difference = Subtract(wide, Floats(1, {{1, 4}}, {1, 2, 3, 4}));
  BOOST_CHECK_EQUAL(difference.schema, 0);
  BOOST_CHECK_EQUAL(difference.zero_threshold, 4);  // 3 is within a filled bucket of the other
  BOOST_CHECK_EQUAL(difference.zero_count, -10);
  BOOST_CHECK_EQUAL(Text(difference.positive_spans), "3:1 ");

  difference = Subtract(Custom({1, 2, 3}, {{0, 4}}, {5, 5, 5, 5}), Custom({2, 4}, {{0, 3}}, {1, 2, 3}));
  CheckList(difference.custom_values, {2});
  CheckList(difference.positive_buckets, {9, 5});

  wide.zero_threshold = kNaN;
  BOOST_CHECK_EQUAL(Subtract(wide, Floats(0, {{3, 1}}, {7})).count, 0);
  BOOST_CHECK_EQUAL(Subtract(wide, Custom({}, {}, {})).count, 7);
}

BOOST_AUTO_TEST_CASE(subtract_keeps_upstreams_nans) {
  const double nan_a = DoubleOf(0x7ff8000000000123);
  const double nan_b = DoubleOf(0x7ff8000000000456);
  FloatHistogram a = Floats(0, {{0, 3}}, {nan_a, nan_a, 1});
  FloatHistogram b = Floats(0, {{0, 3}}, {nan_b, 1, nan_b});
  a.sum = DoubleOf(kStaleNaN);
  b.sum = 1;
  const FloatHistogram difference = Subtract(a, b);
  BOOST_CHECK_EQUAL(BitsOf(difference.sum), 0x7ff8000000000002U);
  BOOST_CHECK_EQUAL(BitsOf(difference.positive_buckets[0]), 0xfff8000000000456U);
  BOOST_CHECK_EQUAL(BitsOf(difference.positive_buckets[1]), 0x7ff8000000000123U);
  BOOST_CHECK_EQUAL(BitsOf(difference.positive_buckets[2]), 0xfff8000000000456U);
}

BOOST_AUTO_TEST_CASE(subtract_hints) {
  using Hint = CounterResetHint;
  struct Row {
    Hint a;
    Hint b;
    Hint result;
  };
  const std::vector<Row> rows = {
      {Hint::kGauge, Hint::kUnknown, Hint::kGauge},
      {Hint::kCounterReset, Hint::kGauge, Hint::kGauge},
      {Hint::kCounterReset, Hint::kCounterReset, Hint::kCounterReset},
      {Hint::kNotCounterReset, Hint::kUnknown, Hint::kUnknown},
      {Hint::kNotCounterReset, Hint::kCounterReset, Hint::kUnknown},
  };
  for (const Row& row : rows) {
    FloatHistogram a;
    FloatHistogram b;
    a.counter_reset_hint = row.a;
    b.counter_reset_hint = row.b;
    BOOST_TEST((Subtract(a, b).counter_reset_hint == row.result));
  }
}

BOOST_AUTO_TEST_CASE(bucket_bounds) {
  BOOST_CHECK_EQUAL(BucketUpperBound(1, 0, {}), 2);
  BOOST_CHECK_EQUAL(BucketUpperBound(-1, -1, {}), 0.25);
  BOOST_CHECK_EQUAL(BucketUpperBound(1, 1, {}), 1.414213562373095);  // upstream's table, not the nearest double
  BOOST_CHECK_EQUAL(BucketUpperBound(1024, 0, {}), std::numeric_limits<double>::max());
  BOOST_CHECK_EQUAL(BucketUpperBound(64, -4, {}), std::numeric_limits<double>::max());
  BOOST_CHECK_EQUAL(BucketUpperBound(1025, 0, {}), kInfinity);
  BOOST_CHECK_EQUAL(BucketUpperBound(2147483647, -9, {}), kInfinity);
  BOOST_CHECK_EQUAL(BucketUpperBound(-2147483647, 8, {}), 0);
  BOOST_CHECK_EQUAL(BucketUpperBound(1, kCustomBucketsSchema, {1, 2}), 2);
  BOOST_CHECK_EQUAL(BucketUpperBound(2, kCustomBucketsSchema, {1, 2}), kInfinity);
  BOOST_CHECK_EQUAL(BucketUpperBound(-1, kCustomBucketsSchema, {1, 2}), -kInfinity);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark
