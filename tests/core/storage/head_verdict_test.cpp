// SPDX-License-Identifier: Apache-2.0
// Verdicts of a head at Append, and what a commit makes of samples that were taken (HEAD-02 to HEAD-16, HEAD-21 to
// HEAD-26).
#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/core/storage/head_helpers.h"

namespace stalemark {
namespace {

using namespace testing;

constexpr std::int64_t kT = 1'767'225'600'000;
constexpr std::int64_t kHour = 3'600'000;

BOOST_AUTO_TEST_CASE(HEAD_02_HEAD_13_bounds_follow_the_commits_and_come_before_the_series) {
  Head head;
  Transaction first(head);
  first.Float(kT, 1);
  Transaction early(head);
  BOOST_TEST(first.Float(kT + 2 * kHour, 1) == "");
  first.Commit();
  BOOST_TEST(early.Float(kT, 1) == "out of order sample");
  Transaction later(head, Named("new"));
  BOOST_TEST(later.Float(kT + kHour - 1, 1) == "out of bounds");
  BOOST_TEST(head.series_count() == 1u);
  BOOST_TEST(later.Float(kT + kHour, 1) == "");
  BOOST_TEST(head.stats().floats.out_of_bound == 1u);
}

BOOST_AUTO_TEST_CASE(HEAD_03_a_wrong_histogram_is_refused_before_anything_else) {
  Head head;
  Transaction start(head, Named("start"));
  start.Float(kT, 1);
  start.Commit();
  Histogram wrong = Buckets({1});
  wrong.count = 7;
  Transaction tx(head);
  BOOST_TEST(tx.Add(kT - 3 * kHour, wrong).find("observations found in buckets") != std::string::npos);
  BOOST_TEST(tx.Add(kT - 3 * kHour, Buckets({1})) == "out of bounds");
  BOOST_TEST(head.series_count() == 1u);
  BOOST_TEST(head.stats().histograms.out_of_bound == 1u);
}

BOOST_AUTO_TEST_CASE(HEAD_05_HEAD_07_HEAD_16_duplicates) {
  Head head;
  Transaction floats(head);
  floats.Float(kT, 1.5);
  floats.Commit();
  Transaction again(head);
  BOOST_TEST(again.Float(kT, 1.5) == "");
  BOOST_TEST(again.Float(kT, 2) ==
             "duplicate sample for timestamp 1767225600000; overrides not allowed: existing 1.5, new value 2");
  BOOST_TEST(again.Add(kT, Buckets({1})) == "duplicate sample for timestamp");
  again.Commit();
  BOOST_TEST(Show(head) == "1767225600000=1");
  Transaction histogram(head);
  histogram.Add(kT + 1, Buckets({1, 2}));
  histogram.Commit();
  Transaction behind(head);
  BOOST_TEST(behind.Add(kT + 1, Buckets({1, 2})) == "");
  BOOST_TEST(behind.Add(kT + 1, Buckets({1, 3})) == "duplicate sample for timestamp");
  BOOST_TEST(behind.Add(kT + 1, ToFloat(Buckets({1, 2}))) == "duplicate sample for timestamp");
  BOOST_TEST(
      behind.Float(kT + 1, 3) ==
      "duplicate sample for timestamp 1767225600001; overrides not allowed: existing is a histogram, new value 3");
  behind.Commit();
  BOOST_TEST(ShowChunks(head) == "X1 H1");
  BOOST_TEST(head.stats().floats.out_of_order + head.stats().floats.too_old + head.stats().floats.out_of_bound == 0u);
}

BOOST_AUTO_TEST_CASE(HEAD_06_reject_out_of_order) {
  Head head({.out_of_order_window_ms = 10'000});
  Transaction first(head);
  first.Float(kT, 1);
  first.Commit();
  Transaction tx(head);
  const Histogram histogram = Buckets({1});
  BOOST_TEST(tx.Send({.t_ms = kT - 5'000, .reject_out_of_order = true}) == "out of order sample");
  BOOST_TEST(tx.Send({.t_ms = kT - 50'000, .reject_out_of_order = true}) == "out of order sample");
  BOOST_TEST(tx.Send({.t_ms = kT - 5'000, .histogram = &histogram, .reject_out_of_order = true}) ==
             "out of order sample");
  BOOST_TEST(tx.Float(kT - 50'000, 1) == "too old sample");
  BOOST_TEST(tx.Float(kT - 5'000, 1) == "");
}

BOOST_AUTO_TEST_CASE(HEAD_11_HEAD_12_labels_and_references) {
  Head head;
  const Labels with_empty = Labels::FromSorted({{"__name__", "m"}, {"e", ""}});
  const Labels empty = Labels::FromSorted({{"e", ""}});
  const Labels twice = Labels::FromSorted({{"a", "1"}, {"a", "2"}});
  Transaction tx(head);
  BOOST_TEST(tx.Send({.labels = &with_empty, .t_ms = kT}) == "");
  BOOST_TEST((head.LabelsOf(SeriesRef{1}) == Named("m")));
  BOOST_TEST(tx.Send({.labels = &empty, .t_ms = kT}) == "empty labelset: invalid sample");
  BOOST_TEST(tx.Send({.labels = &twice, .t_ms = kT}) == "label name \"a\" is not unique: invalid sample");
  tx.Send({.ref = SeriesRef{1}, .labels = &twice, .t_ms = kT});
  BOOST_TEST((tx.result.ref == SeriesRef{1}));
  tx.Send({.ref = SeriesRef{99}, .t_ms = kT});
  BOOST_TEST((tx.result.ref == SeriesRef{1}));
}

BOOST_AUTO_TEST_CASE(HEAD_14_histograms_that_are_refused) {
  struct Row {
    const char* name;
    void (*change)(Histogram&);
    const char* error;
  };
  const Row rows[] = {
      {"schema", [](Histogram& h) { h.schema = 9; },
       "histogram has an invalid schema, which must be between -4 and 8 for exponential buckets, or -53 for custom "
       "buckets, got schema 9"},
      {"fewer buckets than spans", [](Histogram& h) { h.positive_spans[0].length = 3; },
       "positive side: spans need 3 buckets, have 2 buckets: histogram spans specify different number of buckets than "
       "provided"},
      {"a huge span",
       [](Histogram& h) {
         h.positive_spans.push_back({0, 0xFFFFFFFF});
       },
       "positive side: spans need 4294967297 buckets, have 2 buckets: histogram spans specify different number of "
       "buckets than provided"},
      {"a negative count", [](Histogram& h) { h.positive_buckets[0] = -1; },
       "positive side: bucket number 1 has observation count of -1: histogram has a bucket whose observation count is "
       "negative"},
      {"bounds of an exponential schema", [](Histogram& h) { h.custom_values = {1}; },
       "histogram with exponential schema must not have custom bounds"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Head head;
      Histogram histogram = Buckets({1, 2});
      row.change(histogram);
      Transaction tx(head);
      BOOST_TEST(tx.Add(kT, histogram) == row.error);
      BOOST_TEST((tx.result.code == AppendCode::kOther));
      tx.Commit();
      BOOST_TEST(head.series_count() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_15_HEAD_21_HEAD_22_a_commit_checks_again_and_counts_by_type) {
  Head head;
  Transaction early(head);
  Transaction late(head);
  BOOST_TEST(early.Float(kT, 1) == "");
  BOOST_TEST(early.Float(kT, 2) == "");
  BOOST_TEST(late.Add(kT - 1, Buckets({1})) == "");
  BOOST_TEST(early.Commit() == "");
  BOOST_TEST(late.Commit() == "");
  BOOST_TEST(Show(head) == "1767225600000=1");
  BOOST_TEST(head.stats().floats.appended == 1u);
  BOOST_TEST(head.stats().histograms.appended == 0u);
  BOOST_TEST(head.stats().histograms.out_of_order == 1u);
}

BOOST_AUTO_TEST_CASE(HEAD_23_HEAD_26_what_is_not_committed_is_not_seen) {
  Head head({.max_exemplars = 2, .metadata = true});
  const std::vector<Exemplar> exemplars = {{Labels(), 0, true, kT}};
  const Metadata metadata{"m", MetricType::kGauge, "", "help"};
  const auto append_all = [&](Transaction& tx) {
    tx.Send({.t_ms = kT, .exemplars = exemplars, .metadata = &metadata});
    tx.Add(kT + 1, Buckets({1}));
    tx.Add(kT + 2, ToFloat(Buckets({2})));
  };
  Transaction rolled_back(head);
  append_all(rolled_back);
  rolled_back.Rollback();
  BOOST_TEST(rolled_back.Commit() == "appender closed");
  Transaction tx(head);
  append_all(tx);
  BOOST_TEST(Show(head) == "");
  BOOST_TEST(head.Exemplars(SeriesRef{1}).empty());
  BOOST_TEST(head.MetadataOf(SeriesRef{1}) == nullptr);
  BOOST_TEST(head.series_count() == 1u);
  tx.Commit();
  BOOST_TEST(Show(head) == "1767225600000=0 1767225600001=h1? 1767225600002=f2?");
  BOOST_TEST(head.Exemplars(SeriesRef{1}).size() == 1u);
  BOOST_TEST(head.MetadataOf(SeriesRef{1})->help == "help");
}

BOOST_AUTO_TEST_CASE(HEAD_24_batches_keep_the_order_of_a_series) {
  Head head;
  Transaction tx(head);
  tx.Add(kT, Buckets({1}));
  tx.Float(kT + 1, 1);
  tx.Add(kT + 2, ToFloat(Buckets({2})));
  tx.Add(kT + 3, Buckets({3}));
  tx.Float(kT + 4, 2);
  tx.Commit();
  BOOST_TEST(ShowChunks(head) == "H1 X1 F1 H1 X1");
}

BOOST_AUTO_TEST_CASE(HEAD_25_times_of_the_head_are_those_of_samples_in_order) {
  Head head({.out_of_order_window_ms = 60'000});
  Transaction tx(head);
  tx.Add(kT, Buckets({1}));
  BOOST_TEST(*head.max_t_ms() == kT);
  tx.Add(kT + 10, Buckets({2}));
  tx.Commit();
  Transaction late(head);
  late.Add(kT - 10, Buckets({1}));
  late.Commit();
  BOOST_TEST(*head.min_t_ms() == kT);
  BOOST_TEST(*head.max_t_ms() == kT + 10);
  BOOST_TEST(head.Samples(SeriesRef{1}).size() == 3u);
}

}  // namespace
}  // namespace stalemark
