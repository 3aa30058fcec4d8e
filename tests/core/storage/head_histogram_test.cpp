// SPDX-License-Identifier: Apache-2.0
// Histograms in a head: stale markers, start times, exemplars, chunks (HEAD-30 to HEAD-34, HEAD-41 to HEAD-49).
#include <boost/test/unit_test.hpp>

#include "tests/core/storage/head_helpers.h"

namespace stalemark {
namespace {

using namespace testing;

constexpr std::int64_t kT = 1'000'000;

BOOST_AUTO_TEST_CASE(HEAD_30_a_marker_takes_the_kind_of_what_it_follows) {
  struct Row {
    const char* name;
    bool same_transaction;
    bool floats;
    const char* samples;
  };
  const Row rows[] = {
      {"integer, same transaction", true, false, "1000000=h1? 1000001=hstale?"},
      {"float, same transaction", true, true, "1000000=f1? 1000001=fstale?"},
      {"integer, next transaction", false, false, "1000000=h1? 1000001=hstale?"},
      {"float, next transaction", false, true, "1000000=f1? 1000001=fstale?"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      MemoryWal wal;
      Head head({}, {.wal = &wal});
      Transaction first(head);
      row.floats ? first.Add(kT, ToFloat(Buckets({1}))) : first.Add(kT, Buckets({1}));
      if (row.same_transaction) first.Stale(kT + 1);
      first.Commit();
      if (!row.same_transaction) {
        Transaction second(head);
        second.Stale(kT + 1);
        second.Commit();
      }
      BOOST_TEST(Show(head) == row.samples);
      BOOST_TEST(head.stats().stale_series == 1u);
      BOOST_TEST(head.stats().histograms.appended == 2u);
      BOOST_TEST(head.stats().floats.appended == 0u);
      // In the log it is a float, unless the histogram came in the same transaction.
      BOOST_TEST(wal.records().size() == (row.same_transaction ? 2u : 3u));
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_46_a_lone_marker_begins_a_series) {
  Head head;
  Transaction tx(head);
  tx.Stale(kT);
  tx.Commit();
  BOOST_TEST(Show(head) == "1000000=stale");
  BOOST_TEST(head.stats().stale_series == 1u);
  Transaction next(head);
  next.Add(kT + 1, Buckets({1}));
  next.Commit();
  BOOST_TEST(head.stats().stale_series == 0u);
}

BOOST_AUTO_TEST_CASE(HEAD_47_a_marker_goes_into_the_chunk_and_ends_it) {
  Head head;
  Histogram custom = Buckets({1, 1});
  custom.schema = kCustomBucketsSchema;
  custom.custom_values = {0.5};
  Transaction tx(head);
  tx.Add(kT, custom);
  tx.Add(kT + 1, HistogramMarker());
  tx.Add(kT + 2, HistogramMarker());
  tx.Add(kT + 3, custom);
  tx.Commit();
  BOOST_TEST(Show(head) == "1000000=h2? 1000001=hstale? 1000002=hstale? 1000003=h2?");
  // The markers are of another kind, so they are in a batch, but not in a chunk, of their own.
  BOOST_TEST(ShowChunks(head) == "H3 H1");
}

BOOST_AUTO_TEST_CASE(HEAD_31_HEAD_33_exemplars_of_samples_that_were_taken) {
  Head head({.max_exemplars = 2});
  const auto exemplar = [](const char* id, std::int64_t t_ms) {
    return Exemplar{Labels::FromSorted({{"id", id}, {"z", ""}}), BitsOf(1), true, t_ms};
  };
  const std::vector<Exemplar> one = {exemplar("a", kT)};
  Transaction tx(head);
  BOOST_TEST(tx.Send({.t_ms = kT, .value_bits = kStaleNaN, .exemplars = one}) == "");
  tx.Commit();
  BOOST_TEST(head.Exemplars(SeriesRef{1}).empty());

  Transaction second(head);
  BOOST_TEST(second.Send({.t_ms = kT, .value_bits = 0, .exemplars = one}).find("duplicate") == 0u);
  BOOST_TEST(second.Send({.t_ms = kT + 1, .exemplars = one}) == "");
  second.Commit();
  BOOST_TEST(head.Exemplars(SeriesRef{1}).size() == 1u);
  BOOST_TEST((head.Exemplars(SeriesRef{1})[0]->labels == Labels::FromSorted({{"id", "a"}})));

  const std::string long_id(127, 'x');
  const std::vector<Exemplar> mixed = {exemplar("a", kT), exemplar("b", kT - 1), exemplar(long_id.c_str(), kT + 9),
                                       exemplar("c", kT + 1)};
  Transaction third(head);
  BOOST_TEST(third.Send({.t_ms = kT + 2, .exemplars = mixed}) ==
             "out of order exemplar\nlabel length for exemplar exceeds maximum of 128 UTF-8 characters");
  BOOST_TEST((third.result.code == AppendCode::kOk));
  BOOST_TEST(third.result.exemplars_refused == 2u);
  BOOST_TEST(third.result.exemplars_out_of_order == 1u);
  third.Commit();
  BOOST_TEST(head.Exemplars(SeriesRef{1}).size() == 2u);
  BOOST_TEST(head.exemplars().appended() == 2u);
}

BOOST_AUTO_TEST_CASE(HEAD_33_exemplars_are_ignored_without_room_for_any) {
  Head head;
  const std::vector<Exemplar> exemplars = {{Labels::FromSorted({{"id", std::string(500, 'x')}}), 0, true, kT}};
  Transaction tx(head);
  BOOST_TEST(tx.Send({.t_ms = kT, .exemplars = exemplars}) == "");
  tx.Commit();
  BOOST_TEST(head.Exemplars(SeriesRef{1}).empty());
}

BOOST_AUTO_TEST_CASE(HEAD_32_zeros_at_start_times) {
  struct Row {
    const char* name;
    bool enabled;
    std::int64_t st_ms;
    const char* samples;
  };
  const Row rows[] = {
      {"before the sample", true, kT - 5, "999995=0 1000000=7"},
      {"at the sample", true, kT, "1000000=7"},
      {"out of bounds", true, kT - 3'600'001, "1000000=7"},
      {"switched off", false, kT - 5, "1000000=7"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Head head({.st_zero_samples = row.enabled});
      Transaction tx(head);
      BOOST_TEST(tx.Send({.t_ms = kT, .st_ms = row.st_ms, .value_bits = BitsOf(7)}) == "");
      tx.Commit();
      BOOST_TEST(Show(head) == row.samples);
    }
  }
  Head head({.st_zero_samples = true});
  const Histogram histogram = Buckets({1, 1});
  Transaction tx(head);
  tx.Send({.t_ms = kT, .st_ms = kT - 5, .histogram = &histogram});
  tx.Send({.t_ms = kT + 5, .st_ms = kT - 5, .histogram = &histogram});
  tx.Commit();
  BOOST_TEST(Show(head) == "999995=h0? 1000000=h2+ 1000005=h2+");
  BOOST_TEST(ShowChunks(head) == "H3");
}

BOOST_AUTO_TEST_CASE(HEAD_34_metadata_is_kept_where_it_changed) {
  for (const bool enabled : {false, true}) {
    Head head({.metadata = enabled});
    const Metadata first{"m", MetricType::kCounter, "", "one"};
    const Metadata empty{"m", MetricType::kUnknown, "", ""};
    const Metadata second{"m", MetricType::kCounter, "seconds", "one"};
    Transaction tx(head);
    BOOST_TEST(tx.Send({.t_ms = kT, .metadata = &first}) == "");
    tx.Commit();
    const Metadata* const kept = head.MetadataOf(SeriesRef{1});
    BOOST_TEST((kept != nullptr) == enabled);
    if (!enabled) continue;
    Transaction same(head);
    same.Send({.t_ms = kT + 1, .metadata = &first});
    same.Send({.t_ms = kT + 2, .metadata = &empty});
    same.Commit();
    BOOST_TEST(head.MetadataOf(SeriesRef{1}) == kept);
    Transaction other(head);
    other.Send({.t_ms = kT + 3, .value_bits = kStaleNaN, .metadata = &second});
    other.Send({.t_ms = kT + 4, .metadata = &second});
    other.Commit();
    BOOST_TEST(head.MetadataOf(SeriesRef{1})->unit == "seconds");
  }
}

BOOST_AUTO_TEST_CASE(HEAD_41_chunks_of_histograms_end_by_bytes_and_by_what_follows) {
  Head head;
  Transaction tx(head);
  for (int i = 0; i < 400; ++i) tx.Add(kT + i * 1000, Buckets({i, 2 * i, i * i, i + 7, 0, i / 2, 3 * i, i}));
  tx.Commit();
  std::size_t chunks = 0;
  std::size_t largest = 0;
  head.VisitChunks(SeriesRef{1}, [&](const ChunkView& chunk) {
    ++chunks;
    largest = std::max(largest, chunk.bytes.size());
    BOOST_TEST(chunk.count >= 10u);
  });
  BOOST_TEST(chunks > 2u);
  BOOST_TEST(largest < 2'200u);
  BOOST_TEST(head.Samples(SeriesRef{1}).size() == 400u);

  Head cuts;
  Transaction steps(cuts);
  steps.Add(kT, Buckets({5, 5}));
  steps.Add(kT + 1, Buckets({5, 6, 1}));  // one more bucket: the chunk is recoded
  steps.Add(kT + 2, Buckets({6, 6}));     // a used bucket is gone
  Histogram gauge = Buckets({1});
  gauge.counter_reset_hint = CounterResetHint::kGauge;
  steps.Add(kT + 3, gauge);
  Histogram finer = Buckets({9});
  finer.schema = 3;
  steps.Add(kT + 4, finer);
  finer.zero_threshold = 0.5;
  steps.Add(kT + 5, finer);
  steps.Add(kT + 6, ToFloat(finer));
  steps.Commit();
  BOOST_TEST(ShowChunks(cuts) == "H2 H1 H1 H1 H1 F1");
  BOOST_TEST(Show(cuts) == "1000000=h10? 1000001=h12+ 1000002=h12? 1000003=h1~ 1000004=h9? 1000005=h9? 1000006=f9?");
}

BOOST_AUTO_TEST_CASE(HEAD_48_a_refused_sample_counts_the_chunk_of_the_one_before_again) {
  Head head;
  Transaction tx(head);
  tx.Add(kT, Buckets({1}));
  tx.Add(kT, Buckets({2}));
  tx.Commit();
  BOOST_TEST(ShowChunks(head) == "H1");
  BOOST_TEST(head.stats().chunks_created == 2u);
}

BOOST_AUTO_TEST_CASE(HEAD_49_start_times_are_not_stored) {
  Head head;
  Transaction tx(head);
  tx.Send({.t_ms = kT, .st_ms = kT - 5, .value_bits = BitsOf(7)});
  tx.Commit();
  Head without;
  Transaction plain(without);
  plain.Float(kT, 7);
  plain.Commit();
  std::string bytes[2];
  head.VisitChunks(SeriesRef{1}, [&](const ChunkView& chunk) { bytes[0] = chunk.bytes; });
  without.VisitChunks(SeriesRef{1}, [&](const ChunkView& chunk) { bytes[1] = chunk.bytes; });
  BOOST_TEST(bytes[0] == bytes[1]);
}

BOOST_AUTO_TEST_CASE(HEAD_04_late_histograms_are_merged_and_continue_nothing) {
  Head head({.out_of_order_window_ms = 60'000, .out_of_order_samples_max = 3});
  Transaction tx(head);
  for (int i = 0; i < 3; ++i) tx.Add(kT + i * 10, Buckets({i + 1}));
  tx.Commit();
  Transaction late(head);
  BOOST_TEST(late.Add(kT + 15, Buckets({2})) == "");
  late.Float(kT - 10, 1);
  late.Add(kT - 20, ToFloat(Buckets({1})));
  late.Add(kT + 16, Buckets({3}));
  late.Add(kT + 17, Buckets({4}));
  late.Add(kT + 17, Buckets({5}));
  late.Commit();
  BOOST_TEST(Show(head) ==
             "999980=f1? 999990=1 1000000=h1? 1000010=h2+ 1000015=h2? 1000016=h3? 1000017=h4+ 1000020=h3?");
  BOOST_TEST(head.stats().histograms.out_of_order_appended == 4u);
}

}  // namespace
}  // namespace stalemark
