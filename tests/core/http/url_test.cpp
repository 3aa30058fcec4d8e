// SPDX-License-Identifier: Apache-2.0
// From a URL to the first hop of a request.
#include "core/http/url.h"

#include <boost/test/unit_test.hpp>

namespace stalemark {

BOOST_AUTO_TEST_SUITE(hop)

BOOST_AUTO_TEST_CASE(hop_gets_the_default_port) {
  const HopRequest plain = HopTo(Url::Parse("http://h?x=1").value());
  BOOST_TEST(plain.scheme == "http");
  BOOST_TEST(plain.address == "h:80");
  BOOST_TEST(plain.host == "h");
  BOOST_TEST(plain.target == "/?x=1");
  BOOST_TEST(HopTo(Url::Parse("https://[::1]/").value()).address == "[::1]:443");
  BOOST_TEST(HopTo(Url::Parse("https://h:1/").value()).address == "h:1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
