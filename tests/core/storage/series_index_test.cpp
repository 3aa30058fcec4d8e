// SPDX-License-Identifier: Apache-2.0
// The chains of series whose labels have one hash, which real labels hardly ever have.
#include "core/storage/series_index.h"

#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

struct Colliding {
  int name = 0;
  std::uint64_t Hash() const { return 7; }
  friend bool operator==(const Colliding& a, const Colliding& b) { return a.name == b.name; }
};

struct Item {
  Colliding labels;
  std::uint32_t next_same_hash = SeriesIndex::kNone;
};

std::uint32_t Add(SeriesIndex& index, std::vector<Item>& items, int name) {
  const SeriesIndex::Place place = index.FindOrAdd(Colliding{name}, items);
  if (place.is_new) items.push_back({Colliding{name}, place.next_same_hash});
  return place.index;
}

BOOST_AUTO_TEST_CASE(series_of_one_hash_are_found_and_erased_in_any_order) {
  std::vector<std::uint32_t> order = {0, 1, 2};
  do {
    SeriesIndex index;
    std::vector<Item> items;
    for (int name = 0; name < 3; ++name) BOOST_TEST(Add(index, items, name) == static_cast<std::uint32_t>(name));
    for (std::size_t erased = 0; erased < order.size(); ++erased) {
      index.Erase(order[erased], items);
      // Those that are left are found where they were.
      for (std::size_t rest = erased + 1; rest < order.size(); ++rest) {
        BOOST_TEST(!index.FindOrAdd(items[order[rest]].labels, items).is_new);
      }
    }
    // What was erased is new again.
    BOOST_TEST(Add(index, items, 1) == 3u);
    BOOST_TEST(Add(index, items, 1) == 3u);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace stalemark
