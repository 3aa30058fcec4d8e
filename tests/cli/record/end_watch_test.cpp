// SPDX-License-Identifier: Apache-2.0
#include "cli/record/end_watch.h"

#include <csignal>
#include <future>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

namespace stalemark::cli {
namespace {

/// Blocked before: what comes stays until somebody reads it.
struct Blocked {
  Blocked() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(end_watch, Blocked)

BOOST_AUTO_TEST_CASE(a_busy_thread_does_not_hold_up_a_signal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::promise<int> told;
    std::future<int> got = told.get_future();
    const EndWatch watch([&](int number) { told.set_value(number); });
    kill(getpid(), signal);
    // This thread is busy until then.
    BOOST_REQUIRE(got.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    BOOST_TEST(got.get() == signal);
  }
}

BOOST_AUTO_TEST_CASE(a_signal_that_came_before_counts) {
  kill(getpid(), SIGINT);
  std::promise<int> told;
  const EndWatch watch([&](int number) { told.set_value(number); });
  BOOST_TEST(told.get_future().get() == SIGINT);
}

BOOST_AUTO_TEST_CASE(without_a_signal_it_ends) {
  const EndWatch watch([](int) { BOOST_ERROR("nobody sent one"); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::cli
