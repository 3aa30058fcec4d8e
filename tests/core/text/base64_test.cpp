// SPDX-License-Identifier: Apache-2.0
#include "core/text/base64.h"

#include <boost/test/unit_test.hpp>

namespace stalemark::text {
namespace {

BOOST_AUTO_TEST_SUITE(base64)

/// The vectors of RFC 4648, section 10.
BOOST_AUTO_TEST_CASE(there_and_back) {
  const struct {
    std::string bytes;
    std::string encoded;
  } rows[] = {{"", ""},
              {"f", "Zg=="},
              {"fo", "Zm8="},
              {"foo", "Zm9v"},
              {"foob", "Zm9vYg=="},
              {"fooba", "Zm9vYmE="},
              {"foobar", "Zm9vYmFy"},
              {std::string("\x00\xff\xfe", 3), "AP/+"}};
  for (const auto& row : rows) {
    BOOST_TEST(EncodeBase64(row.bytes) == row.encoded);
    BOOST_TEST(DecodeBase64(row.encoded).value() == row.bytes);
  }
  BOOST_TEST(DecodeBase64("Zm9v\nYmFy\r\n").value() == "foobar");
}

BOOST_AUTO_TEST_CASE(what_is_none) {
  for (const char* text : {"Zg", "Zg=", "Z===", "====", "Zm9*", "Zg==Zg=="}) BOOST_TEST(!DecodeBase64(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::text
