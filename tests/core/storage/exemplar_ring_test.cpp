// SPDX-License-Identifier: Apache-2.0
// HEAD-33: order, duplicates and the ring, against a plain list.
#include "core/storage/exemplar_ring.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"

namespace stalemark {
namespace {

Exemplar Make(std::int64_t t_ms, double value, const std::string& id = "a") {
  return {Labels::FromSorted({{"id", id}}), BitsOf(value), true, t_ms};
}

std::string Times(const ExemplarRing& ring, SeriesRef series) {
  std::string out;
  for (const Exemplar* exemplar : ring.Of(series)) out += (out.empty() ? "" : " ") + std::to_string(exemplar->t_ms);
  return out;
}

BOOST_AUTO_TEST_CASE(HEAD_33_order_within_a_series) {
  struct Row {
    const char* name;
    std::int64_t window_ms;
    Exemplar exemplar;
    ExemplarVerdict verdict;
  };
  // The newest is at 100 with value 5.
  const Row rows[] = {
      {"newer", 0, Make(101, 1), ExemplarVerdict::kOk},
      {"the same", 0, Make(100, 5), ExemplarVerdict::kDuplicate},
      {"same time, larger value", 0, Make(100, 6), ExemplarVerdict::kOk},
      {"same time, smaller value", 0, Make(100, 4), ExemplarVerdict::kOutOfOrder},
      {"older without a window", 0, Make(99, 9), ExemplarVerdict::kOutOfOrder},
      {"older, inside the window", 10, Make(91, 9), ExemplarVerdict::kOk},
      {"older, at the window's end", 10, Make(90, 9), ExemplarVerdict::kOutOfOrder},
      {"128 runes", 0, Make(101, 1, std::string(126, 'x')), ExemplarVerdict::kOk},
      {"129 runes", 0, Make(101, 1, std::string(127, 'x')), ExemplarVerdict::kTooLong},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      ExemplarRing ring(4, row.window_ms);
      ring.Add(SeriesRef{1}, Make(100, 5));
      BOOST_TEST((ring.Validate(SeriesRef{1}, row.exemplar) == row.verdict));
      BOOST_TEST((ring.Add(SeriesRef{1}, row.exemplar) == row.verdict));
      BOOST_TEST((ring.Validate(SeriesRef{2}, Make(1, 1)) == ExemplarVerdict::kOk));
      BOOST_TEST(ring.out_of_order() == (row.verdict == ExemplarVerdict::kOutOfOrder ? 1u : 0u));
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_33_the_ring_forgets_the_oldest_of_all_series) {
  ExemplarRing ring(3, 0);
  ring.Add(SeriesRef{1}, Make(1, 0));
  ring.Add(SeriesRef{2}, Make(2, 0));
  ring.Add(SeriesRef{1}, Make(3, 0));
  ring.Add(SeriesRef{1}, Make(4, 0));
  BOOST_TEST(Times(ring, SeriesRef{1}) == "3 4");
  BOOST_TEST(Times(ring, SeriesRef{2}) == "2");
  ring.Add(SeriesRef{1}, Make(5, 0));
  BOOST_TEST(Times(ring, SeriesRef{2}) == "");
}

BOOST_AUTO_TEST_CASE(HEAD_33_a_huge_ring_takes_memory_only_when_used) {
  ExemplarRing ring(std::numeric_limits<std::size_t>::max(), 0);
  for (int i = 0; i < 100; ++i) ring.Add(SeriesRef{1}, Make(i, 0));
  BOOST_TEST(ring.Of(SeriesRef{1}).size() == 100u);
}

BOOST_AUTO_TEST_CASE(HEAD_33_twin_with_a_window) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const std::size_t max = 1 + random() % 6;
    const std::int64_t window = random() % 20;
    ExemplarRing ring(max, window);
    struct Kept {
      std::uint64_t series;
      Exemplar exemplar;
    };
    std::vector<Kept> twin;  // in the order in which they came
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t series = 1 + random() % 3;
      const Exemplar exemplar = Make(100 + i / 4 - static_cast<std::int64_t>(random() % 12), 0);
      const Exemplar* newest = nullptr;
      bool time_known = false;
      for (const Kept& kept : twin) {
        if (kept.series != series) continue;
        if (newest == nullptr || kept.exemplar.t_ms >= newest->t_ms) newest = &kept.exemplar;
        time_known = time_known || kept.exemplar.t_ms == exemplar.t_ms;
      }
      const bool late = newest != nullptr && exemplar.t_ms < newest->t_ms && exemplar.t_ms <= newest->t_ms - window;
      if (!late && !time_known) {
        if (twin.size() == max) twin.erase(twin.begin());
        twin.push_back({series, exemplar});
      }
      BOOST_REQUIRE((ring.Add(SeriesRef{series}, exemplar) == ExemplarVerdict::kOutOfOrder) == late);
      for (std::uint64_t one = 1; one <= 3; ++one) {
        std::vector<std::int64_t> times;
        for (const Kept& kept : twin) {
          if (kept.series == one) times.push_back(kept.exemplar.t_ms);
        }
        std::sort(times.begin(), times.end());
        std::string expected;
        for (const std::int64_t t_ms : times) expected += (expected.empty() ? "" : " ") + std::to_string(t_ms);
        BOOST_REQUIRE_EQUAL(Times(ring, SeriesRef{one}), expected);
      }
    }
  }
}

}  // namespace
}  // namespace stalemark
