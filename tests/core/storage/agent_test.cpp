// SPDX-License-Identifier: Apache-2.0
// FAN-04: where the agent's verdicts differ from a head's.
#include <boost/test/unit_test.hpp>

#include "core/storage/agent_storage.h"
#include "tests/core/storage/head_helpers.h"

namespace stalemark {
namespace {

using namespace testing;

class FailingWal final : public WalSink {
 public:
  Status Log(std::string_view record) override {
    types += static_cast<char>('0' + record[0]);
    if (fails) return Error{"disk full"};
    return {};
  }
  bool fails = false;
  std::string types;
};

BOOST_AUTO_TEST_CASE(FAN_04_only_the_last_committed_time_decides) {
  struct Row {
    const char* name;
    std::int64_t window_ms;
    std::int64_t t_ms;
    const char* error;
  };
  // The last sample is at 100'000 with value 1.
  const Row rows[] = {
      {"newer", 0, 100'001, ""},
      {"the same again", 0, 100'000, "out of order sample"},
      {"long ago", 0, -10'000'000, "out of order sample"},
      {"inside the window", 1'000, 99'001, ""},
      {"at the window's end", 1'000, 99'000, "out of order sample"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      AgentStorage agent({.out_of_order_window_ms = row.window_ms});
      Transaction first(agent);
      first.Float(100'000, 1);
      // Not committed yet: nothing to be behind of.
      BOOST_TEST(first.Float(100'000, 2) == "");
      BOOST_TEST(first.Commit() == "");
      Transaction tx(agent);
      BOOST_TEST(tx.Float(row.t_ms, 1) == row.error);
      BOOST_TEST(tx.Add(row.t_ms, Buckets({1})) == row.error);
      tx.Commit();
      BOOST_TEST(agent.LastTime(SeriesRef{1}) == std::max<std::int64_t>(100'000, row.error[0] ? 0 : row.t_ms));
    }
  }
}

BOOST_AUTO_TEST_CASE(FAN_04_what_is_logged) {
  FailingWal wal;
  AgentStorage agent({}, &wal);
  Transaction rolled_back(agent);
  rolled_back.Float(5, 1);
  rolled_back.Rollback();
  BOOST_TEST(wal.types == "1");
  BOOST_TEST(agent.LastTime(SeriesRef{1}) == std::numeric_limits<std::int64_t>::min());
  Transaction tx(agent);
  tx.Float(5, 1);
  BOOST_TEST(tx.Commit() == "");
  BOOST_TEST(wal.types == "12");
  wal.fails = true;
  Transaction failing(agent);
  failing.Float(6, 1);
  BOOST_TEST(failing.Commit() == "disk full");
  BOOST_TEST(agent.LastTime(SeriesRef{1}) == 5);
  BOOST_TEST(failing.Float(7, 1) == "appender closed");
}

BOOST_AUTO_TEST_CASE(FAN_04_labels_and_histograms_are_checked_as_in_a_head) {
  AgentStorage agent;
  Transaction tx(agent);
  const Labels none;
  BOOST_TEST(tx.Send({.labels = &none, .t_ms = 1}) == "empty labelset: invalid sample");
  Histogram wrong = Buckets({1});
  wrong.schema = 9;
  BOOST_TEST(tx.Add(1, wrong).find("histogram has an invalid schema") == 0u);
  const Labels with_empty = Labels::FromSorted({{"__name__", "m"}, {"e", ""}});
  tx.Send({.labels = &with_empty, .t_ms = 1});
  tx.Float(1, 1);
  BOOST_TEST(agent.series_count() == 1u);
}

BOOST_AUTO_TEST_CASE(FAN_04_exemplars_come_in_any_order) {
  AgentStorage agent;
  const auto exemplar = [](std::int64_t t_ms, const std::string& id) {
    return Exemplar{Labels::FromSorted({{"id", id}}), BitsOf(1), true, t_ms};
  };
  const std::vector<Exemplar> exemplars = {exemplar(9, "a"), exemplar(9, "a"), exemplar(5, "a"),
                                           exemplar(9, std::string(200, 'x'))};
  Transaction tx(agent);
  BOOST_TEST(tx.Send({.t_ms = 10, .exemplars = exemplars}) ==
             "label length for exemplar exceeds maximum of 128 UTF-8 characters");
  BOOST_TEST((tx.result.code == AppendCode::kOk));
  BOOST_TEST(tx.result.exemplars_refused == 1u);
  BOOST_TEST(tx.result.exemplars_out_of_order == 0u);
  BOOST_TEST(agent.stats().exemplars_appended == 2u);
}

BOOST_AUTO_TEST_CASE(FAN_04_zeros_at_start_times_must_be_newer_than_all) {
  AgentStorage agent({.out_of_order_window_ms = 50, .st_zero_samples = true});
  Transaction first(agent);
  first.Send({.t_ms = 100, .st_ms = 90});
  BOOST_TEST(agent.stats().samples_appended == 2u);
  first.Commit();
  Transaction second(agent);
  second.Send({.t_ms = 120, .st_ms = 90});
  BOOST_TEST(agent.stats().samples_appended == 3u);
}

}  // namespace
}  // namespace stalemark
