// SPDX-License-Identifier: Apache-2.0
// The head where the recorded cases of tests/conformance/tsdb do not reach: sinks that fail, chunks that leave,
// counters.
#include "core/storage/head.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/storage/head_appender.h"

namespace stalemark {
namespace {

/// Fails the calls whose numbers, from 0, are in `failing`.
class FailingWal final : public WalSink {
 public:
  Status Log(std::string_view record) override {
    const bool fails = failing.count(calls++) > 0;
    types += static_cast<char>('0' + record[0]);
    if (fails) return Error{"disk full"};
    return {};
  }
  std::map<int, bool> failing;
  int calls = 0;
  /// The types of the records, failed ones too.
  std::string types;
};

Labels Series(const std::string& name) {
  return Labels::FromSorted({{"__name__", name}});
}

AppendResult Append(Appender& appender, const Labels& labels, std::int64_t t_ms, double value) {
  return appender.Append({.labels = &labels, .t_ms = t_ms, .value_bits = BitsOf(value)});
}

std::string Commit(Appender& appender) {
  std::string text;
  appender.Commit([&text](const std::optional<std::string>& error) { text = error.value_or("ok"); });
  return text;
}

BOOST_AUTO_TEST_CASE(HEAD_20_a_failing_log_rolls_everything_back) {
  struct Row {
    const char* name;
    int failing_call;
    const char* error;
    const char* types;
  };
  const Row rows[] = {
      {"series record", 0, "write to WAL: log series: disk full", "11"},
      {"samples record", 1, "write to WAL: log samples: disk full", "121"},
      {"neither", 9, "ok", "12"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      FailingWal wal;
      wal.failing[row.failing_call] = true;
      Head head({}, {.wal = &wal});
      const auto appender = head.NewAppender({});
      Append(*appender, Series("up"), 1000, 1);
      BOOST_TEST(Commit(*appender) == row.error);
      BOOST_TEST(wal.types == row.types);
      BOOST_TEST(head.Samples(SeriesRef{1}).size() == (std::string(row.error) == "ok" ? 1u : 0u));
      BOOST_TEST(Commit(*appender) == "appender closed");
      BOOST_TEST(head.stats().active_appenders == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(WAL_19_rollback_logs_the_series_it_created) {
  FailingWal wal;
  Head head({}, {.wal = &wal});
  auto appender = head.NewAppender({});
  Append(*appender, Series("up"), 1000, 1);
  appender->Rollback();
  BOOST_TEST(wal.types == "1");
  appender = head.NewAppender({});
  Append(*appender, Series("up"), 1000, 1);
  appender->Rollback();
  BOOST_TEST(wal.types == "1");
  BOOST_TEST(head.stats().series_created == 1u);
}

BOOST_AUTO_TEST_CASE(HEAD_01_a_dropped_appender_leaves_no_trace) {
  FailingWal wal;
  Head head({}, {.wal = &wal});
  head.NewAppender({});
  BOOST_TEST(head.stats().active_appenders == 0u);
  BOOST_TEST(!head.min_t_ms().has_value());
  {
    const auto appender = head.NewAppender({});
    BOOST_TEST(head.stats().active_appenders == 1u);
    Append(*appender, Series("up"), 1000, 1);
  }
  BOOST_TEST(head.stats().active_appenders == 0u);
  BOOST_TEST(wal.types == "");
  BOOST_TEST(*head.min_t_ms() == 1000);
}

BOOST_AUTO_TEST_CASE(HEAD_40_full_chunks_leave_for_the_sink) {
  MemoryChunkSink sink;
  Head head({}, {.chunks = &sink});
  const Labels up = Series("up");
  // 1-second steps from the start of a range: the sample rate promises 240 samples and no more.
  const auto appender = head.NewAppender({});
  std::vector<Sample> expected;
  for (int i = 0; i < 1000; ++i) {
    expected.push_back({7'200'000'000 + i * 1000, BitsOf(i * 1.1)});
    Append(*appender, up, expected.back().t_ms, i * 1.1);
  }
  BOOST_TEST(Commit(*appender) == "ok");
  std::vector<int> in_sink;
  sink.Visit(SeriesRef{1}, [&](const ChunkView& chunk) { in_sink.push_back(chunk.count); });
  std::vector<int> in_head;
  int samples = 0;
  head.VisitChunks(SeriesRef{1}, [&](const ChunkView& chunk) {
    in_head.push_back(chunk.count);
    samples += chunk.count;
    BOOST_TEST(chunk.bytes.size() <= 1024u);
  });
  BOOST_TEST(samples == 1000);
  BOOST_REQUIRE_EQUAL(in_head.size(), in_sink.size() + 1);
  in_head.pop_back();
  BOOST_TEST(in_head == in_sink, boost::test_tools::per_element());
  BOOST_TEST(head.stats().chunks_created == in_sink.size() + 1);
  BOOST_TEST((head.Samples(SeriesRef{1}) == expected));
}

BOOST_AUTO_TEST_CASE(HEAD_04_late_samples_are_merged) {
  Head head({.out_of_order_window_ms = 1'000'000});
  const Labels up = Series("up");
  auto appender = head.NewAppender({});
  for (int t = 10; t <= 30; t += 10) Append(*appender, up, t * 1000, t);
  BOOST_TEST(Commit(*appender) == "ok");
  appender = head.NewAppender({});
  for (const int t : {15, 5, 20, 15}) {
    BOOST_TEST((Append(*appender, up, t * 1000, t + 100).code == AppendCode::kOk));
  }
  BOOST_TEST(Commit(*appender) == "ok");
  const std::vector<Sample> expected = {
      {5'000, BitsOf(105)}, {10'000, BitsOf(10)}, {15'000, BitsOf(115)}, {20'000, BitsOf(20)}, {30'000, BitsOf(30)}};
  BOOST_TEST((head.Samples(SeriesRef{1}) == expected));
  BOOST_TEST(head.stats().floats.out_of_order_appended == 3u);
  BOOST_TEST(head.stats().floats.appended == 6u);
  BOOST_TEST(head.stats().chunks_created == 2u);
  BOOST_TEST(head.stats().out_of_order_delta_count == 4u);
  BOOST_TEST(head.stats().out_of_order_delta_sum_seconds == 65.0);
}

BOOST_AUTO_TEST_CASE(HEAD_04_of_two_samples_of_one_time_the_one_wins_that_upstream_gives) {
  struct Row {
    const char* name;
    std::vector<int> late;
    double value_at_20;
  };
  // Taken from Prometheus 3.14; the in-order chunk holds 10, 20 and 30.
  const Row rows[] = {
      {"the chunk begins first", {20}, 120},
      {"the late list begins first", {5, 20}, 120},
      {"the late list begins first and alternates", {5, 15, 20}, 20},
      {"both begin at once", {10, 20}, 120},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Head head({.out_of_order_window_ms = 1'000'000});
      auto appender = head.NewAppender({});
      for (const int t : {10, 20, 30}) Append(*appender, Series("up"), t * 1000, t);
      BOOST_TEST(Commit(*appender) == "ok");
      appender = head.NewAppender({});
      for (const int t : row.late) Append(*appender, Series("up"), t * 1000, t + 100);
      BOOST_TEST(Commit(*appender) == "ok");
      double value = 0;
      for (const Sample& sample : head.Samples(SeriesRef{1})) {
        if (sample.t_ms == 20'000) value = DoubleOf(sample.bits);
      }
      BOOST_TEST(value == row.value_at_20);
    }
  }
}

BOOST_AUTO_TEST_CASE(HEAD_04_more_late_samples_than_one_list_holds) {
  Head head({.out_of_order_window_ms = 1'000'000});
  const Labels up = Series("up");
  auto appender = head.NewAppender({});
  Append(*appender, up, 900'000, 1);
  BOOST_TEST(Commit(*appender) == "ok");
  appender = head.NewAppender({});
  for (int i = 0; i < 100; ++i) Append(*appender, up, (i * 37 % 100) * 1000, i);
  BOOST_TEST(Commit(*appender) == "ok");
  const std::vector<Sample> samples = head.Samples(SeriesRef{1});
  BOOST_REQUIRE_EQUAL(samples.size(), 101u);
  for (std::size_t t = 0; t < 100; ++t) BOOST_TEST(samples[t].t_ms == static_cast<std::int64_t>(t) * 1000);
  BOOST_TEST(head.stats().chunks_created == 5u);
}

BOOST_AUTO_TEST_CASE(HEAD_10_series_come_in_the_order_of_their_labels) {
  Head head;
  const auto appender = head.NewAppender({});
  for (const char* name : {"c", "a", "b"}) Append(*appender, Series(name), 1000, 1);
  appender->Rollback();
  std::string names;
  head.ForEachSeries([&](const SeriesView& series) { names += series.labels.Get("__name__"); });
  BOOST_TEST(names == "abc");
}

BOOST_AUTO_TEST_CASE(extreme_times_wrap_as_upstreams_do) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  Head head;
  const auto appender = head.NewAppender({});
  BOOST_TEST((Append(*appender, Series("a"), kLast, 1).code == AppendCode::kOk));
  BOOST_TEST((Append(*appender, Series("b"), -5, 1).code == AppendCode::kOutOfBounds));
  BOOST_TEST(Commit(*appender) == "ok");
  BOOST_TEST((head.Samples(SeriesRef{1}) == std::vector<Sample>{{kLast, BitsOf(1)}}));
  Head other;
  const auto first = other.NewAppender({});
  // The window behind the smallest time begins far in the future.
  BOOST_TEST(
      (Append(*first, Series("a"), std::numeric_limits<std::int64_t>::min(), 1).code == AppendCode::kOutOfBounds));
}

BOOST_AUTO_TEST_CASE(equal_samples_of_several_runs_come_once) {
  std::vector<Sample> out;
  MergeRuns({{{{1, 1}, {3, 1}}, 3}, {{}, 0}, {{{2, 2}, {3, 2}}, 3}, {{{3, 3}}, 3}, {{{9, 3}}, 9}}, {}, out);
  BOOST_REQUIRE_EQUAL(out.size(), 4u);
  const std::int64_t times[] = {1, 2, 3, 9};
  for (std::size_t i = 0; i < out.size(); ++i) BOOST_TEST(out[i].t_ms == times[i]);
}

}  // namespace
}  // namespace stalemark
