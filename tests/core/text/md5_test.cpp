// SPDX-License-Identifier: Apache-2.0
// REL-10: MD5.
#include "core/text/md5.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark::text {
namespace {

std::string Hex(std::string_view text) {
  std::string out;
  for (const std::uint8_t byte : Md5(text)) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(md5)

// The test suite of RFC 1321, appendix A.5.
BOOST_AUTO_TEST_CASE(REL_10_rfc_1321_vectors) {
  BOOST_TEST(Hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  BOOST_TEST(Hex("a") == "0cc175b9c0f1b6a831c399e269772661");
  BOOST_TEST(Hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
  BOOST_TEST(Hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  BOOST_TEST(Hex("abcdefghijklmnopqrstuvwxyz") == "c3fcd3d76192e4007dfb496cca67e13b");
  BOOST_TEST(Hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
             "57edf4a22be3c955ac49da2e2107b67a");
}

// Around the length where the padding takes a second block.
BOOST_AUTO_TEST_CASE(REL_10_block_boundaries) {
  BOOST_TEST(Hex(std::string(55, 'x')) == "04364420e25c512fd958a70738aa8f72");
  BOOST_TEST(Hex(std::string(56, 'x')) == "668a72d5ba17f08e62dabcafad6db14b");
  BOOST_TEST(Hex(std::string(64, 'x')) == "c1bb4f81d892b2d57947682aeb252456");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::text
