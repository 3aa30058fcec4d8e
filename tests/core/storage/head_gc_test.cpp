// SPDX-License-Identifier: Apache-2.0
// Series that a head removes, and what becomes of those that still name them. Expected: gc of tsdb/head.go.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/storage/head_helpers.h"

namespace stalemark {
namespace {

using namespace testing;

void Store(Head& head, const std::string& name, std::int64_t t_ms, double value = 1) {
  Transaction tx(head, Named(name));
  BOOST_REQUIRE_EQUAL(tx.Float(t_ms, value), "");
  tx.Commit();
}

std::string Names(const Head& head) {
  std::string names;
  for (const SeriesRef ref : head.SeriesByLabels()) {
    names += std::to_string(static_cast<std::uint64_t>(ref));
    names += head.LabelsOf(ref).Get(kMetricName);
  }
  return names;
}

BOOST_AUTO_TEST_CASE(series_without_a_sample_since_are_removed) {
  Head head;
  Store(head, "a", 1000);
  Store(head, "b", 2000);
  Store(head, "c", 3000);
  {
    Transaction refused(head, Named("d"));
    BOOST_TEST(refused.Float(2000, 1) == "");
    refused.Rollback();
  }
  BOOST_TEST(Names(head) == "1a2b3c4d");
  const std::vector<SeriesRef> removed = head.RemoveBefore(2000);
  BOOST_TEST((removed == std::vector<SeriesRef>{SeriesRef{1}, SeriesRef{4}}));
  BOOST_TEST(Names(head) == "2b3c");
  BOOST_TEST(!head.Has(SeriesRef{1}));
  BOOST_TEST(!head.Has(SeriesRef{0}));
  BOOST_TEST(!head.Has(SeriesRef{5}));
  BOOST_TEST(head.series_count() == 2u);
  BOOST_TEST(head.stats().series_created == 4u);
  BOOST_TEST(head.stats().series_removed == 2u);
  BOOST_TEST(head.RemoveBefore(2000).empty());
  BOOST_TEST((head.SeriesByRef() == std::vector<SeriesRef>{SeriesRef{2}, SeriesRef{3}}));
}

BOOST_AUTO_TEST_CASE(CACHE_11_a_removed_reference_leads_to_a_new_series_of_the_same_labels) {
  Head head;
  Store(head, "a", 1000, 1);
  Store(head, "b", 5000);
  head.RemoveBefore(5000);
  Transaction tx(head, Named("a"));
  const Labels labels = Named("a");
  BOOST_TEST(tx.Send({.ref = SeriesRef{1}, .labels = &labels, .t_ms = 6000, .value_bits = BitsOf(2)}) == "");
  BOOST_TEST((tx.result.ref == SeriesRef{3}));
  tx.Commit();
  BOOST_TEST(Names(head) == "3a2b");
  BOOST_TEST(Show(head, 3) == "6000=2");
}

BOOST_AUTO_TEST_CASE(HEAD_15_the_gauge_of_stale_series_follows) {
  Head head;
  for (const char* name : {"a", "b"}) {
    Transaction tx(head, Named(name));
    tx.Stale(1000);
    tx.Commit();
  }
  Transaction histogram(head, Named("h"));
  histogram.Add(1000, HistogramMarker());
  histogram.Commit();
  Store(head, "live", 9000);
  BOOST_TEST(head.stats().stale_series == 3u);
  head.RemoveBefore(9000);
  BOOST_TEST(head.stats().stale_series == 0u);
  BOOST_TEST(head.series_count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_late_sample_keeps_its_series) {
  Head head(HeadOptions{.out_of_order_window_ms = 100'000, .out_of_order_samples_max = 2});
  Store(head, "a", 1000);
  Store(head, "b", 50'000);
  Transaction late(head, Named("a"));
  late.Float(60'000, 1);
  late.Commit();
  for (const std::int64_t t_ms : {40'000, 41'000, 42'000}) {
    Transaction tx(head, Named("b"));
    BOOST_TEST(tx.Float(t_ms, 2) == "");
    tx.Commit();
  }
  BOOST_TEST(head.RemoveBefore(50'000).empty());
  BOOST_TEST(head.RemoveBefore(50'001).size() == 1u);
  BOOST_TEST(Names(head) == "1a");
}

BOOST_AUTO_TEST_CASE(an_appender_that_only_waits_for_its_scrape_does_not_keep_series) {
  Head head;
  Store(head, "a", 1000);
  Store(head, "b", 5000);
  Transaction waiting(head, Named("a"));
  BOOST_TEST(head.stats().active_appenders == 1u);
  BOOST_TEST(!head.HasPendingAppends());
  BOOST_TEST(head.RemoveBefore(5000).size() == 1u);
  const Labels labels = Named("a");
  BOOST_TEST(waiting.Send({.ref = SeriesRef{1}, .labels = &labels, .t_ms = 6000, .value_bits = BitsOf(2)}) == "");
  BOOST_TEST(head.HasPendingAppends());
  waiting.Commit();
  BOOST_TEST(!head.HasPendingAppends());
  BOOST_TEST(Names(head) == "3a2b");
}

BOOST_AUTO_TEST_CASE(HEAD_02_what_was_removed_is_out_of_bounds_from_then_on) {
  Head head;
  Store(head, "a", 1000);
  Store(head, "b", 5000);
  head.RemoveBefore(4000);
  BOOST_TEST(*head.min_t_ms() == 4000);
  Transaction tx(head, Named("a"));
  BOOST_TEST(tx.Float(3999, 1) == "out of bounds");
  BOOST_TEST(tx.Float(4000, 1) == "");
}

BOOST_AUTO_TEST_CASE(memory_of_removed_series_is_given_back) {
  Head head;
  std::size_t steady = 0;
  // 100 fleets of 1,000 series, of which each lives for two rounds: what is held does not grow.
  for (std::int64_t round = 0; round < 100; ++round) {
    Transaction tx(head);
    for (int i = 0; i < 1000; ++i) {
      const Labels labels = Named("m" + std::to_string(round) + "_" + std::to_string(i));
      for (std::int64_t t_ms = 0; t_ms < 30; ++t_ms) {
        tx.Send({.labels = &labels, .t_ms = round * 1000 + t_ms, .value_bits = static_cast<std::uint64_t>(t_ms) << 40});
      }
    }
    tx.Commit();
    head.RemoveBefore((round - 1) * 1000);
    if (round == 5) steady = head.series_memory_bytes();
  }
  BOOST_TEST(head.series_count() == 2000u);
  BOOST_TEST(head.series_memory_bytes() < steady + steady / 4);
  BOOST_TEST(head.Select({}, {}).series.size() == 2000u);
}

}  // namespace
}  // namespace stalemark
