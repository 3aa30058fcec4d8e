// SPDX-License-Identifier: Apache-2.0
#include "live/server/fqdn.h"

#include <boost/test/unit_test.hpp>

namespace stalemark::testing {
namespace {

BOOST_AUTO_TEST_CASE(MGR_13_a_name_with_a_dot_ends_with_one_unless_it_is_the_hosts) {
  const Result<std::string> host = HostName();
  const Result<std::string> fqdn = HostFqdn();
  BOOST_REQUIRE(host.ok());
  BOOST_REQUIRE(fqdn.ok());
  const bool has_dot = fqdn->find('.') != std::string::npos;
  BOOST_TEST((*fqdn == *host || !has_dot || fqdn->back() == '.'), *fqdn);
}

}  // namespace
}  // namespace stalemark::testing
