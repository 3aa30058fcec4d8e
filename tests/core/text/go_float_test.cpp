// SPDX-License-Identifier: Apache-2.0
#include "core/text/go_float.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/text/decimal_scan.h"

namespace stalemark::text {
namespace {

std::uint64_t BitsOf(double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

BOOST_AUTO_TEST_CASE(TEXT_30_31_what_is_a_number) {
  const std::pair<const char*, double> numbers[] = {
      {"1e5", 1e5},
      {"1E+5", 1e5},
      {".5", 0.5},
      {"5.", 5},
      {"+7", 7},
      {"-0", -0.0},
      {"1e-400", 0.0},
      {"-1e-400", -0.0},
      {"0x1p-2", 0.25},
      {"1_0", 10},
      {"0x_1.8p1", 3},
      {"5e-324", 5e-324},
      {"0e99999", 0.0},
      {"9007199254740993", 9007199254740992.0},
      {"1.7976931348623157e308", 1.7976931348623157e308},
  };
  for (const auto& [input, value] : numbers) {
    const ParsedFloat parsed = ParseGoFloat(input);
    BOOST_TEST_CONTEXT(input) {
      BOOST_TEST((parsed.error == FloatError::kNone));
      BOOST_TEST(parsed.bits == BitsOf(value));
    }
  }
  for (const char* input :
       {"", ".", "+", "e5", "1e", "1e+", "0x10", "+NaN", "-nan", "infx", "1__0", "_1", "1_", "0x", "1.2.3", " 1"}) {
    BOOST_TEST((ParseGoFloat(input).error == FloatError::kSyntax), input);
  }
  BOOST_TEST(ParseGoFloat("-iNfInItY").bits == 0xfff0000000000000u);
  BOOST_TEST((ParseGoFloat("-iNfInItY").error == FloatError::kNone));
  BOOST_TEST((ParseGoFloat("1e400").error == FloatError::kRange));
  BOOST_TEST((ParseGoFloat("0x1p1024").error == FloatError::kRange));
  BOOST_TEST((ParseSampleFloat("1_0").error == FloatError::kUnsupportedCharacter));
}

BOOST_AUTO_TEST_CASE(TEXT_30_digits_beyond_19_decide_halfway_cases) {
  BOOST_TEST((ParseGoFloat("9007199254740993" + std::string(700, '0')).error == FloatError::kRange));
  BOOST_TEST(ParseGoFloat("9007199254740993." + std::string(700, '0')).bits == BitsOf(9007199254740992.0));
  BOOST_TEST(ParseGoFloat("9007199254740993." + std::string(900, '0') + "1").bits == BitsOf(9007199254740994.0));
}

BOOST_AUTO_TEST_CASE(TEXT_31_error_texts) {
  BOOST_TEST(FloatErrorText(FloatError::kSyntax, "tr\"ue") ==
             "strconv.ParseFloat: parsing \"tr\\\"ue\": invalid syntax");
  BOOST_TEST(FloatErrorText(FloatError::kRange, "1e400") ==
             "strconv.ParseFloat: parsing \"1e400\": value out of range");
  BOOST_TEST(FloatErrorText(FloatError::kUnsupportedCharacter, "1_0") == "unsupported character in float");
}

struct Texts {
  double value;
  const char* g;
  const char* open_metrics;
  const char* api;
  const char* fixed;
};

BOOST_AUTO_TEST_CASE(TEXT_33_34_texts_of_numbers) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Texts rows[] = {
      {0, "0", "0.0", "0", "0.000000"},
      {-0.0, "-0", "0.0", "-0", "-0.000000"},
      {1, "1", "1.0", "1", "1.000000"},
      {-1, "-1", "-1.0", "-1", "-1.000000"},
      {0.25, "0.25", "0.25", "0.25", "0.250000"},
      {100000, "100000", "100000.0", "100000", "100000.000000"},
      {1000000, "1e+06", "1e+06", "1000000", "1000000.000000"},
      {1234567, "1.234567e+06", "1.234567e+06", "1234567", "1234567.000000"},
      {123456.7, "123456.7", "123456.7", "123456.7", "123456.700000"},
      {0.0001, "0.0001", "0.0001", "0.0001", "0.000100"},
      {0.00001, "1e-05", "1e-05", "0.00001", "0.000010"},
      {1e-7, "1e-07", "1e-07", "1e-07", "0.000000"},
      {1e21, "1e+21", "1e+21", "1e+21", "1000000000000000000000.000000"},
      {5e-324, "5e-324", "5e-324", "5e-324", "0.000000"},
      {infinity, "+Inf", "+Inf", "+Inf", "+Inf"},
      {-infinity, "-Inf", "-Inf", "-Inf", "-Inf"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN", "NaN", "NaN", "NaN"},
  };
  const auto made = [](void (*append)(std::string&, double), double value) {
    std::string out = "x";
    append(out, value);
    return out.substr(1);
  };
  for (const Texts& row : rows) {
    BOOST_TEST_CONTEXT(row.g) {
      BOOST_TEST(made(AppendShortestG, row.value) == row.g);
      BOOST_TEST(made(AppendOpenMetricsFloat, row.value) == row.open_metrics);
      BOOST_TEST(made(AppendApiFloat, row.value) == row.api);
      BOOST_TEST(made(AppendFixed, row.value) == row.fixed);
    }
  }
}

/// The quick scan must take a number whole and right, or refuse it.
void CheckScan(const std::string& number) {
  const std::string padded = number + "\n" + std::string(kScanPadding, '7');
  std::uint64_t bits = 0;
  const char* const end = ScanDecimal(padded.c_str(), &bits);
  if (end == nullptr || *end != '\n') return;
  BOOST_TEST(end == padded.c_str() + number.size(), number);
  const ParsedFloat parsed = ParseGoFloat(number);
  if (parsed.error != FloatError::kNone || parsed.bits != bits) BOOST_ERROR("differs: " << number);
}

BOOST_AUTO_TEST_CASE(TEXT_30_the_quick_scan_agrees) {
  std::uint64_t state = 1;
  const auto next = [&state] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
  constexpr std::string_view kAlphabet = "00123456789.eE+-";
  for (int i = 0; i < 200000; ++i) {
    std::string number;
    for (std::uint64_t n = next() % 24; n > 0; --n) number += kAlphabet[next() % kAlphabet.size()];
    CheckScan(number);
    CheckScan(fmt::format("{}.{}e{}", next() % 1000000, next(), static_cast<int>(next() % 640) - 320));
  }
}

BOOST_AUTO_TEST_CASE(TEXT_30_the_quick_scan_takes_what_exporters_write) {
  for (const char* number : {"0", "1", "-3", "858660", "1.9204e-05", "5.6383432e+07", "1.7952951353915303e+09", "0.1",
                             "1234567890123456789", "99999999", "12345678.25"}) {
    const std::string padded = number + std::string("\n") + std::string(kScanPadding, '7');
    std::uint64_t bits = 0;
    const char* const end = ScanDecimal(padded.c_str(), &bits);
    BOOST_REQUIRE(end != nullptr);
    BOOST_TEST(*end == '\n');
    BOOST_TEST(bits == ParseGoFloat(number).bits);
  }
}

BOOST_AUTO_TEST_CASE(TEXT_16_integers) {
  const std::string padded = "1700000000000\n77777777";
  std::int64_t value = 0;
  BOOST_TEST(ScanInteger(padded.c_str(), &value) == padded.c_str() + 13);
  BOOST_TEST(value == 1700000000000);
  const std::string long_one = "1234567890123456789\n77777777";
  BOOST_TEST(ScanInteger(long_one.c_str(), &value) == nullptr);
}

}  // namespace
}  // namespace stalemark::text
