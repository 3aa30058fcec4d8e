// SPDX-License-Identifier: Apache-2.0
// WAL-04: blocks as the WAL and remote write pack them.
#include "core/compression/compression.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

BOOST_AUTO_TEST_CASE(WAL_04_snappy_gives_back_what_was_packed) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "series and samples, " + std::to_string(i % 7);
  for (const std::string& block : {std::string(), std::string("a"), text}) {
    std::string packed = "before";
    SnappyEncode(block, packed);
    BOOST_TEST(packed.substr(0, 6) == "before");
    const Result<std::string> unpacked = SnappyDecode(packed.substr(6));
    BOOST_REQUIRE(unpacked.ok());
    BOOST_TEST(*unpacked == block);
  }
}

BOOST_AUTO_TEST_CASE(WAL_04_broken_snappy_is_refused) {
  const struct {
    const char* name;
    std::string packed;
  } rows[] = {
      {"nothing", ""},
      {"length alone", std::string("\x05", 1)},
      {"literal cut", std::string("\x05\x10"
                                  "ab",
                                  4)},
      {"copy before the start", std::string("\x05\x01\x09", 3)},
      {"more than declared", std::string("\x01\x04"
                                         "ab",
                                         4)},
      {"a length that no such input unpacks to", std::string("\xff\xff\xff\x7f\x00"
                                                             "a",
                                                             6)},
  };
  for (const auto& row : rows) {
    const Result<std::string> unpacked = SnappyDecode(row.packed);
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST((!unpacked && unpacked.error().message == "snappy: corrupt input"));
    }
  }
}

BOOST_AUTO_TEST_CASE(WAL_04_a_block_is_not_unpacked_beyond_the_limit) {
  const Result<std::string> unpacked =
      SnappyDecode(std::string("\xff\xff\xff\xff\x0f\x00"
                               "a",
                               7));
  BOOST_TEST((!unpacked && unpacked.error().message == "snappy: decoded block is too large"));
}

/// `abc` 400 times.
const std::string kFrame("\x28\xb5\x2f\xfd\x60\xb0\x03\x55\x00\x00\x18\x61\x62\x63\x01\x00\xaa\xf8\xbb\x21", 20);

BOOST_AUTO_TEST_CASE(WAL_04_zstd_is_unpacked) {
  std::string expected;
  for (int i = 0; i < 400; ++i) expected += "abc";
  const Result<std::string> unpacked = ZstdDecode(kFrame);
  BOOST_REQUIRE(unpacked.ok());
  BOOST_TEST(*unpacked == expected);
  const Result<std::string> two = ZstdDecode(kFrame + kFrame);
  BOOST_REQUIRE(two.ok());
  BOOST_TEST(*two == expected + expected);
}

BOOST_AUTO_TEST_CASE(WAL_04_broken_zstd_is_refused) {
  for (std::size_t length = 1; length < kFrame.size(); ++length) {
    BOOST_TEST(!ZstdDecode(kFrame.substr(0, length)).ok());
  }
  BOOST_TEST(!ZstdDecode("no frame at all").ok());
}

}  // namespace
}  // namespace stalemark
