// SPDX-License-Identifier: Apache-2.0
// With a planted nondeterminism linked in (run_choices.cpp beside this file) two runs of one seed are not equal, and
// RunSeed says where they part.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "sim/swarm/run_seeds.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

BOOST_AUTO_TEST_SUITE(planted)

BOOST_AUTO_TEST_CASE(two_runs_that_differ_are_found_and_placed) {
  const Result<Scenario> scenario =
      LoadText(TextOf({.top = "faults: {swarm: {enabled: [refuse], rate: 1/3}}\n",
                       .exporter = "series: [{series: a, values: '1x99'}, {series: b, values: '1x99'}, "
                                   "{series: c, values: '1x99'}, {series: d, values: '1x99'}]"}));
  BOOST_REQUIRE(scenario.ok());
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const Failure& failure : RunSeed(*scenario, seed).failures) {
      BOOST_TEST(failure.kind == kNondeterminism);
      BOOST_TEST(failure.detail.find("SampleAppended") != std::string::npos, failure.detail);
      ++found;
    }
  }
  BOOST_TEST(found > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
