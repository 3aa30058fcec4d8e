// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/nhcb_converter.h"

#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Sample {
  double upper_bound;
  double count;
};

std::string MessageOf(const Status& status) {
  return status.ok() ? "" : status.error().message;
}

/// The error of adding the samples, and of converting. Twice: an error stays.
std::string ErrorOf(const std::vector<Sample>& buckets, double count) {
  NhcbConverter converter;
  for (const Sample& bucket : buckets)
    static_cast<void>(converter.SetBucketCount(bucket.upper_bound, bucket.count).ok());
  static_cast<void>(converter.SetCount(count).ok());
  static_cast<void>(converter.SetSum(1).ok());
  const std::string message = MessageOf(converter.Convert());
  BOOST_TEST(MessageOf(converter.Convert()) == message);
  return message;
}

BOOST_AUTO_TEST_CASE(PB_15_conversion_errors) {
  BOOST_TEST(ErrorOf({{1, 2}, {kInfinity, 3}}, 3) == "");
  BOOST_TEST(ErrorOf({{0.5, -1}}, 3) == "bucket count must be non-negative: le=0.5, count=-1");
  BOOST_TEST(ErrorOf({{kNaN, 1}}, 3) == "bucket boundary must not be NaN");
  BOOST_TEST(ErrorOf({}, -1e21) == "count must be non-negative: count=-1e+21");
  BOOST_TEST(ErrorOf({{1, 2}, {2, 1}}, 3) == "count is not cumulative: 1 < 2");
  BOOST_TEST(ErrorOf({{1, 2}, {4, 4}, {2, 1}}, 4) == "count is not cumulative: 1 < 2");
  BOOST_TEST(ErrorOf({{1, 2}, {4, 4}, {2, 5}}, 4) == "count is not cumulative: 5 > 4");
  BOOST_TEST(ErrorOf({{1, 2}, {4, 4}, {2, 3}}, 4) == "");
  BOOST_TEST(ErrorOf({{kInfinity, 2}}, 3) == "count mismatch: count=3 != le=+Inf count=2");
  BOOST_TEST(ErrorOf({{kInfinity, 2}}, 2.5) == "count mismatch: count=2.5 != le=+Inf count=2");
  BOOST_TEST(ErrorOf({{1, 2}}, kNaN) == "count mismatch: count=NaN != le=+Inf count=NaN");
}

BOOST_AUTO_TEST_CASE(the_first_error_stays_until_reset) {
  NhcbConverter converter;
  BOOST_TEST(!converter.SetCount(-1).ok());
  BOOST_TEST(MessageOf(converter.SetBucketCount(kNaN, 1)) == "count must be non-negative: count=-1");
  BOOST_TEST(MessageOf(converter.SetSum(1)) == "count must be non-negative: count=-1");
  converter.Reset();
  BOOST_TEST(converter.SetCount(1).ok());
  BOOST_TEST(converter.Convert().ok());
}

BOOST_AUTO_TEST_CASE(PB_15_a_count_below_the_buckets_gives_a_negative_bucket) {
  NhcbConverter converter;
  BOOST_TEST(converter.SetBucketCount(1, 5).ok());
  BOOST_TEST(converter.SetCount(3).ok());
  BOOST_TEST(converter.CountIsBelowBuckets());
  BOOST_TEST(converter.Convert().ok());
  BOOST_REQUIRE(converter.result().integers != nullptr);
  BOOST_TEST(!Validate(*converter.result().integers).ok());
  BOOST_TEST(converter.result().integers->positive_buckets[1] == -7);  // 5, then -2
  // What was collected is as it was, without the implied bucket.
  BOOST_TEST(converter.SetBucketCount(kInfinity, 5).ok());
  BOOST_TEST(!converter.CountIsBelowBuckets());
}

BOOST_AUTO_TEST_CASE(infinite_counts_differ_by_the_nan_of_arithmetic) {
  NhcbConverter converter;
  BOOST_TEST(converter.SetBucketCount(1, kInfinity).ok());
  BOOST_TEST(converter.SetBucketCount(kInfinity, kInfinity).ok());
  BOOST_TEST(converter.Convert().ok());
  BOOST_REQUIRE(converter.result().floats != nullptr);
  BOOST_TEST(BitsOf(converter.result().floats->positive_buckets[1]) == 0xfff8000000000000U);
}

BOOST_AUTO_TEST_CASE(a_result_of_floats_replaces_one_of_integers) {
  NhcbConverter converter;
  BOOST_TEST(converter.SetCount(2).ok());
  BOOST_TEST(converter.Convert().ok());
  converter.SetHint(CounterResetHint::kGauge);
  BOOST_TEST((converter.result().integers->counter_reset_hint == CounterResetHint::kGauge));
  BOOST_TEST(converter.SetCount(2.5).ok());
  BOOST_TEST(converter.Convert().ok());
  BOOST_TEST(converter.result().integers == nullptr);
  BOOST_TEST((converter.result().floats->counter_reset_hint == CounterResetHint::kUnknown));
}

}  // namespace
}  // namespace stalemark
