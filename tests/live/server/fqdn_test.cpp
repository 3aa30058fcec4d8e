// SPDX-License-Identifier: Apache-2.0
#include "live/server/fqdn.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark::testing {
namespace {

BOOST_AUTO_TEST_CASE(MGR_13_the_first_address_with_a_name_gives_it) {
  const struct {
    const char* name;
    std::vector<std::string> addresses;
    std::map<std::string, std::string> names;
    std::string fqdn;
  } rows[] = {
      {"no address", {}, {{"10.0.0.1", "elsewhere.example"}}, "host"},
      {"no name", {"10.0.0.1", "10.0.0.2"}, {}, "host"},
      {"absolute", {"10.0.0.1"}, {{"10.0.0.1", "host.example"}}, "host.example."},
      {"absolute already", {"10.0.0.1"}, {{"10.0.0.1", "host.example."}}, "host.example."},
      {"without a dot", {"127.0.1.1"}, {{"127.0.1.1", "short"}}, "short"},
      {"the second has one", {"::1", "10.0.0.2"}, {{"10.0.0.2", "b.example"}}, "b.example."},
      {"the first of two",
       {"10.0.0.1", "10.0.0.2"},
       {{"10.0.0.1", "a.example"}, {"10.0.0.2", "b.example"}},
       "a.example."},
  };
  for (const auto& row : rows) {
    const HostLookup lookup = {[&](const std::string& name) {
                                 BOOST_TEST(name == "host");
                                 return row.addresses;
                               },
                               [&](const std::string& address) -> std::optional<std::string> {
                                 const auto found = row.names.find(address);
                                 if (found == row.names.end()) return std::nullopt;
                                 return found->second;
                               }};
    BOOST_TEST(FqdnOf("host", lookup) == row.fqdn, row.name);
  }
}

BOOST_AUTO_TEST_CASE(MGR_13_this_host_has_a_name) {
  const Result<std::string> fqdn = HostFqdn();
  BOOST_REQUIRE(fqdn.ok());
  BOOST_TEST(!fqdn->empty());
}

}  // namespace
}  // namespace stalemark::testing
