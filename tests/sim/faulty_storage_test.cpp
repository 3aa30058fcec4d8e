// SPDX-License-Identifier: Apache-2.0
// FaultyStorage: numbered and standing faults of commits, delays, failing appends; what the storage behind keeps.
#include "sim/faulty_storage.h"

#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/storage/head.h"
#include "sim/virtual_clock.h"

namespace stalemark {
namespace {

using std::chrono::seconds;

struct Fixture {
  VirtualClock clock{WallTime{}};
  Head head;
  FaultyStorage storage{head, clock, clock};
  Labels series = Labels::FromSorted({{"__name__", "m"}});

  AppendResult Append(Appender& appender, std::int64_t t_ms) const {
    AppendRequest request;
    request.labels = &series;
    request.t_ms = t_ms;
    return appender.Append(request);
  }

  /// Commits one sample and runs until it is done: `ok` or the error, and when.
  std::string Commit(std::int64_t t_ms) {
    const std::unique_ptr<Appender> appender = storage.NewAppender({});
    BOOST_TEST((Append(*appender, t_ms).code == AppendCode::kOk));
    const MonotonicTime begin = clock.MonotonicNow();
    std::string outcome;
    appender->Commit([&](const std::optional<std::string>& error) {
      outcome = error.value_or("ok") + " after " +
                std::to_string((clock.MonotonicNow() - begin) / std::chrono::milliseconds(1)) + "ms";
    });
    while (outcome.empty() && clock.RunNext(begin + seconds(100))) {
    }
    return outcome;
  }

  /// Times of what is stored.
  std::string Stored() const {
    std::string text;
    for (const SeriesRef ref : head.SeriesByLabels()) {
      for (const Sample& sample : head.Samples(ref)) text += std::to_string(sample.t_ms) + " ";
    }
    return text;
  }
};

BOOST_FIXTURE_TEST_SUITE(faulty_storage, Fixture)

BOOST_AUTO_TEST_CASE(without_faults_commits_take_effect_at_once) {
  BOOST_TEST(Commit(1) == "ok after 0ms");
  BOOST_TEST(Stored() == "1 ");
}

BOOST_AUTO_TEST_CASE(a_numbered_fault_meets_the_commit_of_its_number_and_goes_before_the_standing_one) {
  storage.SetFault(1, {Nanoseconds(0), "numbered"});
  storage.SetStandingFault({seconds(2), ""});
  BOOST_TEST(Commit(1) == "ok after 2000ms");
  BOOST_TEST(Commit(2) == "numbered after 0ms");
  BOOST_TEST(Commit(3) == "ok after 2000ms");
  storage.SetStandingFault({});
  BOOST_TEST(Commit(4) == "ok after 0ms");
  BOOST_TEST(Stored() == "1 3 4 ");
}

BOOST_AUTO_TEST_CASE(rollbacks_do_not_count) {
  storage.SetFault(0, {Nanoseconds(0), "first"});
  const std::unique_ptr<Appender> appender = storage.NewAppender({});
  Append(*appender, 1);
  appender->Rollback();
  BOOST_TEST(Commit(2) == "first after 0ms");
  BOOST_TEST(Commit(3) == "ok after 0ms");
}

BOOST_AUTO_TEST_CASE(a_slow_commit_takes_effect_when_its_delay_is_over) {
  storage.SetStandingFault({seconds(2), ""});
  const std::unique_ptr<Appender> appender = storage.NewAppender({});
  Append(*appender, 1);
  bool done = false;
  appender->Commit([&](const std::optional<std::string>& error) { done = !error.has_value(); });
  clock.RunUntil(MonotonicTime(seconds(2) - Nanoseconds(1)));
  BOOST_TEST(!done);
  BOOST_TEST(Stored() == "");
  clock.RunUntil(MonotonicTime(seconds(2)));
  BOOST_TEST(done);
  BOOST_TEST(Stored() == "1 ");
}

BOOST_AUTO_TEST_CASE(the_fault_of_a_commit_is_the_one_in_force_when_it_begins) {
  storage.SetStandingFault({seconds(2), "full"});
  const std::unique_ptr<Appender> appender = storage.NewAppender({});
  Append(*appender, 1);
  std::optional<std::string> result;
  appender->Commit([&](const std::optional<std::string>& error) { result = error; });
  storage.SetStandingFault({});
  clock.RunUntil(MonotonicTime(seconds(3)));
  BOOST_TEST(result.value_or("") == "full");
}

BOOST_AUTO_TEST_CASE(a_commit_with_an_error_is_rolled_back) {
  storage.SetStandingFault({seconds(1), "full"});
  BOOST_TEST(Commit(1) == "full after 1000ms");
  BOOST_TEST(Stored() == "");
  BOOST_TEST(head.stats().active_appenders == 0U);
  storage.SetStandingFault({});
  BOOST_TEST(Commit(1) == "ok after 0ms");
  BOOST_TEST(Stored() == "1 ");
}

BOOST_AUTO_TEST_CASE(appends_fail_with_the_text_until_it_is_taken_back) {
  const std::unique_ptr<Appender> appender = storage.NewAppender({});
  storage.SetAppendError("disk gone");
  BOOST_TEST((Append(*appender, 1).code == AppendCode::kOther));
  BOOST_TEST(appender->ErrorText() == "disk gone");
  storage.SetAppendError("");
  BOOST_TEST((Append(*appender, 2).code == AppendCode::kOk));
  appender->Commit([](const std::optional<std::string>&) {});
  BOOST_TEST(Stored() == "2 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark
