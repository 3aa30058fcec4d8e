// SPDX-License-Identifier: Apache-2.0
// CFG-37, CFG-29 (conversion of floats).
#include "core/model/byte_size.h"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "core/model/number.h"

namespace stalemark {
namespace {

std::string Parsed(std::string_view text) {
  const Result<std::int64_t> size = ParseByteSize(text);
  return size.ok() ? std::to_string(*size) : size.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(byte_size)

BOOST_AUTO_TEST_CASE(CFG_37_parse) {
  const struct {
    const char* name;
    std::string_view text;
    std::string_view expected;
  } rows[] = {
      {"zero", "0", "0"},
      {"signed zero", "-0", "0"},
      {"new family", "1.5GiB", "1610612736"},
      {"old family", "1KB1MB", "1049600"},
      {"repeated", "1B1B", "2"},
      {"no whole part", ".5MB", "524288"},
      {"no digits", ".MB", "units: invalid .MB"},
      {"negative", "-1KB", "-1024"},
      {"no unit", "100", "units: unknown unit  in 100"},
      {"SI kilo", "1kB", "units: unknown unit kB in 1kB"},
      {"mixed families", "1MB1KiB", "units: unknown unit KiB in 1MB1KiB"},
      {"overflow reports the second family", "9EiB", "units: unknown unit EiB in 9EiB"},
      {"overflow", "9EB", "units: overflow parsing unit"},
      {"2^63 wraps", "8EB", "-9223372036854775808"},
      {"integer too large", "922337203685477580700B", "units: invalid 922337203685477580700B"},
      {"nothing", "", "units: invalid "},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Parsed(row.text) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(CFG_37_format) {
  BOOST_TEST(FormatByteSize(0) == "0B");
  BOOST_TEST(FormatByteSize(1610612736) == "1GiB512MiB");
  BOOST_TEST(FormatByteSize(-1025) == "-1KiB-1B");
  BOOST_TEST(FormatByteSize(std::numeric_limits<std::int64_t>::min()) == "-8EiB");
}

BOOST_AUTO_TEST_CASE(CFG_29_doubles_become_integers_as_on_x86) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  BOOST_TEST(Int64FromDouble(-1.9) == -1);
  BOOST_TEST(Int64FromDouble(9223372036854775808.0) == kMin);
  BOOST_TEST(Int64FromDouble(std::numeric_limits<double>::quiet_NaN()) == kMin);
  BOOST_TEST(Uint64FromDouble(1e19) == 10000000000000000000u);
  BOOST_TEST(Uint64FromDouble(18446744073709551616.0) == 9223372036854775808u);
  BOOST_TEST(Uint64FromDouble(-1.5) == 18446744073709551615u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
