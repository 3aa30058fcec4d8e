// SPDX-License-Identifier: Apache-2.0
// Seeds: numbers that must never change, streams that do not meet, choices that are told.
#include "sim/seeds.h"

#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "sim/seeded_choices.h"

namespace stalemark {
namespace {

BOOST_AUTO_TEST_SUITE(seeds)

BOOST_AUTO_TEST_CASE(numbers_are_the_published_ones) {
  SplitMix64 random(1234567);
  BOOST_TEST(random.Next() == 6457827717110365317u);
  BOOST_TEST(random.Next() == 3203168211198807973u);
}

/// A recorded failure names a seed: what is derived from it stays.
BOOST_AUTO_TEST_CASE(derived_seeds_are_frozen) {
  BOOST_TEST(DeriveSeed(1, "plan") == 11208873580358573207u);
  BOOST_TEST(DeriveSeed(17, "latency", "a:80") == 6101652888981853337u);
}

BOOST_AUTO_TEST_CASE(parts_do_not_share_a_seed) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const char* part : {"plan", "choices", "latency"}) {
      for (const char* name : {"", "a:80", "b:80"}) BOOST_TEST(seen.insert(DeriveSeed(seed, part, name)).second);
    }
  }
  BOOST_TEST(DeriveSeed(1, "ab", "c") != DeriveSeed(1, "a", "bc"));
}

BOOST_AUTO_TEST_CASE(between_includes_both_ends) {
  SplitMix64 random(3);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.Between(5, 8));
  BOOST_TEST((seen == std::set<std::uint64_t>{5, 6, 7, 8}));
  SplitMix64 all(1234567);
  BOOST_TEST(all.Between(0, ~std::uint64_t{0}) == 6457827717110365317u);
}

BOOST_AUTO_TEST_CASE(choices_reach_every_alternative_and_are_told) {
  std::vector<std::size_t> told;
  SeededChoices choices(1, [&](ChoicePoint, std::size_t, std::size_t picked) { told.push_back(picked); });
  std::vector<std::size_t> picked;
  for (int i = 0; i < 50; ++i) picked.push_back(choices.Pick(ChoicePoint::kTickOrCancel, 2));
  BOOST_TEST(told == picked, boost::test_tools::per_element());
  BOOST_TEST((std::set<std::size_t>(picked.begin(), picked.end()) == std::set<std::size_t>{0, 1}));
  BOOST_TEST(choices.Pick(ChoicePoint::kStopOrder, 1) == 0u);
  BOOST_TEST(told.size() == 50u);
}

BOOST_AUTO_TEST_CASE(one_point_does_not_move_another) {
  const auto picks = [](bool with_markers) {
    SeededChoices choices(9, nullptr);
    std::vector<std::size_t> picked;
    for (int i = 0; i < 20; ++i) {
      if (with_markers) choices.Pick(ChoicePoint::kStaleMarkerOrder, 10);
      picked.push_back(choices.Pick(ChoicePoint::kStopOrder, 5));
    }
    return picked;
  };
  BOOST_TEST(picks(true) == picks(false), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark
