// SPDX-License-Identifier: Apache-2.0
// TGT-25, TGT-26, CFG-36.
#include "core/model/duration.h"

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

using std::chrono::nanoseconds;

std::string Parsed(std::string_view text) {
  const Result<nanoseconds> duration = ParseDuration(text);
  return duration.ok() ? std::to_string(duration->count()) : duration.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(duration)

BOOST_AUTO_TEST_CASE(TGT_25_parse) {
  const struct {
    const char* name;
    std::string_view text;
    std::string_view expected;
  } rows[] = {
      {"zero without unit", "0", "0"},
      {"all units", "1y2w3d4h5m6s7ms", "33019506007000000"},
      {"empty", "", "empty duration string"},
      {"no unit", "10", "not a valid duration string: \"10\""},
      {"sign", "-1h", "not a valid duration string: \"-1h\""},
      {"fraction", "1.5h", "unknown unit \".\" in duration \"1.5h\""},
      {"unit with a blank", "1h 30m", "unknown unit \"h \" in duration \"1h 30m\""},
      {"units out of order", "1m1h", "not a valid duration string: \"1m1h\""},
      {"unit twice", "1h1h", "not a valid duration string: \"1h1h\""},
      {"trailing number", "1h5", "not a valid duration string: \"1h5\""},
      {"largest", "9223372036s854ms", "9223372036854000000"},
      {"product too large", "293y", "duration out of range"},
      {"sum too large", "9223372036s855ms", "duration out of range"},
      {"number above 2^64-1", "18446744073709551616s", "not a valid duration string: \"18446744073709551616s\""},
      {"number that fits, product not", "18446744073709551615s", "duration out of range"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Parsed(row.text) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(TGT_26_format) {
  const struct {
    const char* name;
    std::int64_t nanoseconds;
    const char* expected;
    const char* go;
  } rows[] = {
      {"zero", 0, "0s", "0s"},
      {"below a millisecond", 999'999, "0s", "999.999\u00b5s"},
      {"one nanosecond", 1, "0s", "1ns"},
      {"minutes and seconds", 90'000'000'000, "1m30s", "1m30s"},
      {"one minute", 60'000'000'000, "1m", "1m0s"},
      {"seconds and milliseconds", 1'500'000'000, "1s500ms", "1.5s"},
      {"a week", 604'800'000'000'000, "1w", "168h0m0s"},
      {"eight days", 691'200'000'000'000, "8d", "192h0m0s"},
      {"a year", 31'536'000'000'000'000, "1y", "8760h0m0s"},
      {"negative", -1'500'000'000, "-1s500ms", "-1.5s"},
      {"smallest", std::numeric_limits<std::int64_t>::min(), "-106751d23h47m16s854ms", "-2562047h47m16.854775808s"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(FormatDuration(nanoseconds{row.nanoseconds}) == row.expected);
      BOOST_TEST(FormatGoDuration(nanoseconds{row.nanoseconds}) == row.go);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
