// SPDX-License-Identifier: Apache-2.0
#include "live/storage/sample_log.h"

#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/storage/head.h"

namespace stalemark::testing {
namespace {

AppendRequest Float(const Labels& labels, std::int64_t t_ms, double value) {
  AppendRequest request;
  request.labels = &labels;
  request.t_ms = t_ms;
  request.value_bits = BitsOf(value);
  return request;
}

BOOST_AUTO_TEST_CASE(a_line_says_what_is_stored) {
  const Labels labels = Labels::FromSorted({{"__name__", "m"}, {"a", "x\"y"}});
  const std::string metric = R"({"metric":{"__name__":"m","a":"x\"y"},"t_ms":5,)";
  BOOST_TEST(SampleLine(Float(labels, 5, 1.5)) == metric + "\"value\":\"1.5\"}\n");
  BOOST_TEST(SampleLine(Float(labels, 5, std::numeric_limits<double>::infinity())) == metric + "\"value\":\"+Inf\"}\n");
  AppendRequest request = Float(labels, 5, 0);
  request.value_bits = kStaleNaN;
  BOOST_TEST(SampleLine(request) == metric + "\"stale\":true}\n");
  request.value_bits = kNormalNaN;
  request.st_ms = 3;
  BOOST_TEST(SampleLine(request) == metric + "\"st_ms\":3,\"value\":\"NaN\"}\n");
  Histogram histogram;
  histogram.count = 2;
  histogram.sum = 4;
  request.histogram = &histogram;
  request.st_ms = 0;
  BOOST_TEST(SampleLine(request) == metric + "\"histogram\":\"{{schema:0 count:2 sum:4}}\"}\n");
}

BOOST_AUTO_TEST_CASE(lines_come_with_the_commit_and_only_for_what_was_taken) {
  Head head;
  std::string written;
  SampleLog log(head, [&](std::string_view lines) { written += lines; });
  const Labels labels = Labels::FromSorted({{"__name__", "m"}});
  const auto append = [&](Appender& appender, std::int64_t t_ms) {
    return appender.Append(Float(labels, t_ms, 1)).code;
  };
  {
    const auto appender = log.NewAppender({});
    BOOST_TEST((append(*appender, 10) == AppendCode::kOk));
    BOOST_TEST(written.empty());
    appender->Commit([](const std::optional<std::string>&) {});
    BOOST_TEST(written == "{\"metric\":{\"__name__\":\"m\"},\"t_ms\":10,\"value\":\"1\"}\n");
  }
  written.clear();
  const auto refused = log.NewAppender({});
  BOOST_TEST((append(*refused, 5) == AppendCode::kOutOfOrder));
  refused->Commit([](const std::optional<std::string>&) {});
  const auto rolled_back = log.NewAppender({});
  BOOST_TEST((append(*rolled_back, 20) == AppendCode::kOk));
  rolled_back->Rollback();
  BOOST_TEST(written.empty());
}

}  // namespace
}  // namespace stalemark::testing
