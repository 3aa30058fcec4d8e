// SPDX-License-Identifier: Apache-2.0
// RW-01 to RW-18 beyond the recorded cases: time, memory and the end of a queue.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/remote/scripted_receiver.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TransportError Refused() {
  return {TransportErrorKind::kRefused, "dial tcp 127.0.0.1:9: connect: connection refused"};
}

BOOST_FIXTURE_TEST_CASE(RW_05_a_batch_is_sent_when_it_is_full_or_at_its_deadline, QueueFixture) {
  config.queue.max_samples_per_send = 3;
  config.queue.batch_send_deadline = seconds{5};
  Open();
  LogSamples({1, 2, 3, 4});
  BOOST_TEST(receiver.requests.size() == 1U);
  Pass(milliseconds{4999});
  BOOST_TEST(receiver.requests.size() == 1U);
  Pass(milliseconds{1});
  BOOST_TEST(receiver.requests.size() == 2U);
  BOOST_TEST(queue->metrics().samples.total == 4U);
  BOOST_TEST(queue->metrics().samples.pending == 0);
  BOOST_TEST(queue->metrics().highest_sent_timestamp == kTime / 1000);
}

BOOST_FIXTURE_TEST_CASE(RW_03_shards_are_chosen_by_reference, QueueFixture) {
  config.queue.min_shards = 3;
  config.queue.max_samples_per_send = 2;
  Open();
  LogSamples({1, 2, 3, 4, 5, 6});
  BOOST_TEST(receiver.requests.size() == 3U);
  BOOST_TEST(queue->metrics().shards == 3U);
}

BOOST_FIXTURE_TEST_CASE(RW_10_pauses_double_up_to_the_limit, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  config.queue.min_backoff = seconds{1};
  config.queue.max_backoff = seconds{3};
  for (int i = 0; i < 4; ++i) receiver.answers.push_back({.error = Refused()});
  Open();
  LogSamples({1});
  Pass(seconds{100});
  BOOST_REQUIRE(receiver.requests.size() == 5U);
  const std::vector<int> expected = {0, 1, 3, 6, 9};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_TEST((receiver.requests[i].at == MonotonicTime(seconds{expected[i]})));
  }
  BOOST_TEST(HeaderValue(receiver.requests[4].hop.headers, "Retry-Attempt") == "4");
  BOOST_TEST(queue->metrics().samples.retried == 4U);
  BOOST_TEST(queue->metrics().samples.failed == 0U);
  BOOST_TEST(CountLines(QueueLogLevel::kWarn) == 4U);
}

BOOST_FIXTURE_TEST_CASE(RW_10_retry_after_replaces_the_pause, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  config.queue.min_backoff = milliseconds{10};
  config.queue.max_backoff = seconds{5};
  receiver.answers = {{.status = 503, .headers = {{"Retry-After", "2"}}}, {.status = 500}};
  Open();
  LogSamples({1});
  Pass(seconds{100});
  BOOST_REQUIRE(receiver.requests.size() == 3U);
  BOOST_TEST((receiver.requests[1].at == MonotonicTime(seconds{2})));
  // Twice the two seconds.
  BOOST_TEST((receiver.requests[2].at == MonotonicTime(seconds{6})));
}

BOOST_AUTO_TEST_CASE(RW_10_retry_after_texts) {
  const WallTime now(seconds{1'767'225'600} + milliseconds{400});
  const struct {
    const char* text;
    Nanoseconds expected;
  } rows[] = {
      {"", Nanoseconds(0)},
      {"120", seconds{120}},
      {"-3", seconds{-3}},
      {"1.5", Nanoseconds(0)},
      {"soon", Nanoseconds(0)},
      {"99999999999999999999", Nanoseconds(0)},
      {"Thu, 01 Jan 2026 00:00:10 GMT", seconds{9}},
      {"Wed, 31 Dec 2025 23:59:50 GMT", seconds{-10}},
      {"Thu, 01 Jan 2026 00:00:10 UTC", Nanoseconds(0)},
      {"Mon, 30 Feb 2026 00:00:10 GMT", Nanoseconds(0)},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST((RetryAfter(row.text, now) == row.expected));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(RW_09_a_timeout_is_tried_again, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  config.remote_timeout = seconds{30};
  receiver.answers = {{.delay = seconds{31}}};
  Open();
  LogSamples({1});
  Pass(seconds{30});
  BOOST_TEST(receiver.requests.size() == 1U);
  Pass(config.queue.min_backoff);
  BOOST_TEST(receiver.requests.size() == 2U);
  BOOST_TEST(queue->metrics().samples.retried == 1U);
}

BOOST_FIXTURE_TEST_CASE(RW_09_a_refusal_drops_the_batch_and_shows_1024_bytes, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  receiver.answers = {{.status = 400, .body = std::string(2000, 'x')}};
  Open();
  LogSamples({1, 2});
  Settle();
  BOOST_TEST(receiver.requests.size() == 2U);
  BOOST_TEST(queue->metrics().samples.failed == 1U);
  BOOST_REQUIRE(CountLines(QueueLogLevel::kError) == 1U);
  BOOST_TEST(lines.at(0).attributes.at(3).second == "server returned HTTP status 400 Text: " + std::string(1024, 'x'));
}

BOOST_FIXTURE_TEST_CASE(RW_02_too_old_when_it_comes_and_while_it_waits, QueueFixture) {
  config.queue.max_samples_per_send = 2;
  config.queue.sample_age_limit = seconds{10};
  config.queue.min_backoff = seconds{8};
  config.queue.max_backoff = seconds{8};
  receiver.answers = {{.status = 500}, {.status = 500}};
  Open();
  LogSamples({1}, kTime - 10'001);
  BOOST_TEST(queue->metrics().samples.dropped[0] == 1U);
  LogSamples({1}, kTime - 5000);
  LogSamples({2}, kTime + 100'000);
  BOOST_TEST(receiver.requests.size() == 1U);
  Pass(seconds{8});
  BOOST_REQUIRE(receiver.requests.size() == 2U);
  BOOST_TEST(receiver.requests[1].message.size() < receiver.requests[0].message.size());
  Pass(seconds{8});
  BOOST_TEST(receiver.requests.size() == 3U);
  BOOST_TEST(queue->metrics().samples.dropped[0] == 2U);
  BOOST_TEST(queue->metrics().samples.total == 6U);
}

BOOST_FIXTURE_TEST_CASE(RW_14_what_does_not_fit_waits_in_order_and_within_the_limit, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  config.queue.capacity = 2;
  options.backlog_bytes_max = 200;
  receiver.always.delay = seconds{1};
  Open();
  // One is under way, two wait in the shard, one in front of it, the others in the backlog: 27 bytes each.
  for (int i = 0; i < 30; ++i) LogSamples({1}, kTime + i);
  const std::uint64_t dropped = queue->metrics().samples.dropped[static_cast<std::size_t>(DropReason::kBacklogFull)];
  BOOST_TEST(dropped == 30U - 4U - 200U / 27U);
  BOOST_TEST(queue->backlog_bytes() <= options.backlog_bytes_max);
  BOOST_TEST(queue->metrics().enqueue_retries > 0U);
  Pass(seconds{60});
  BOOST_TEST(queue->backlog_bytes() == 0U);
  BOOST_REQUIRE(receiver.requests.size() == 30U - dropped);
  for (std::size_t i = 1; i < receiver.requests.size(); ++i) {
    BOOST_TEST(receiver.requests[i - 1].message < receiver.requests[i].message);
  }
  // There is room again.
  LogSamples({1}, kTime + 100);
  Pass(seconds{2});
  BOOST_TEST(receiver.requests.size() == 31U - dropped);
}

BOOST_FIXTURE_TEST_CASE(RW_01_stop_sends_what_waits, QueueFixture) {
  config.queue.max_samples_per_send = 2;
  config.queue.capacity = 2;
  receiver.always.delay = seconds{1};
  Open();
  LogSamples({1, 1, 1, 1, 1, 1, 1, 1, 1});
  BOOST_TEST((Stop() == seconds{5}));
  BOOST_TEST(receiver.requests.size() == 5U);
  BOOST_TEST(queue->metrics().samples.pending == 0);
  BOOST_TEST(CountLines(QueueLogLevel::kError) == 0U);
}

BOOST_FIXTURE_TEST_CASE(RW_01_stop_gives_up_at_the_flush_deadline, QueueFixture) {
  config.queue.max_samples_per_send = 2;
  config.queue.capacity = 2;
  options.flush_deadline = seconds{10};
  receiver.always = {.error = Refused()};
  Open();
  LogSamples({1, 1, 1, 1, 1, 1, 1, 1, 1});
  LogSamples({2, 2});
  BOOST_TEST((Stop() == seconds{10}));
  BOOST_TEST(queue->metrics().samples.failed == 11U);
  BOOST_TEST(queue->metrics().samples.pending == 0);
  BOOST_REQUIRE(CountLines(QueueLogLevel::kError) == 2U);
  BOOST_TEST(lines.at(lines.size() - 2).message == "Failed to flush all samples on shutdown");
  BOOST_TEST(lines.at(lines.size() - 2).attributes.at(0).second == "9");
}

BOOST_FIXTURE_TEST_CASE(RW_12_metadata_goes_in_requests_of_its_own, QueueFixture) {
  config.metadata.max_samples_per_send = 2;
  receiver.answers = {{}, {.status = 400}};
  Open();
  queue->AppendWatcherMetadata({{"a", MetricType::kCounter, "", "A."}, {"b", {}, "", ""}, {"c", {}, "", ""}});
  Settle();
  BOOST_REQUIRE(receiver.requests.size() == 2U);
  BOOST_TEST(receiver.requests[1].message == std::string("\x1a\x03\x12\x01"
                                                         "c",
                                                         5));
  BOOST_TEST(queue->metrics().metadata_total == 2U);
  BOOST_TEST(queue->metrics().metadata_failed == 1U);
  BOOST_TEST(lines.at(0).message == "non-recoverable error while sending metadata");
}

BOOST_FIXTURE_TEST_CASE(RW_08_a_url_without_a_host_is_an_error_of_each_batch, QueueFixture) {
  config.url = "http://a b/";
  config.queue.max_samples_per_send = 1;
  Open();
  LogSamples({1});
  BOOST_TEST(receiver.requests.empty());
  BOOST_TEST(queue->metrics().samples.failed == 1U);
}

BOOST_FIXTURE_TEST_CASE(RW_13_more_shards_when_sending_takes_long, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  config.queue.max_shards = 8;
  receiver.always.delay = seconds{1};
  Open();
  // Four a second, of which one shard can send one.
  for (int i = 0; i < 240; ++i) {
    LogSamples({static_cast<std::uint64_t>(1 + i % 9)}, UnixMillis(clock.WallNow()));
    Pass(milliseconds{250});
  }
  BOOST_TEST(queue->metrics().shards > 3U);
  BOOST_TEST(queue->metrics().shards <= 8U);
  Stop();
  BOOST_TEST(receiver.requests.size() == 240U);
  BOOST_TEST(queue->metrics().samples.failed == 0U);
}

BOOST_AUTO_TEST_CASE(RW_13_every_value_has_one_name) {
  QueueMetrics metrics;
  metrics.Drop(SeriesType::kSample, DropReason::kTooOld);
  std::vector<std::string> names;
  metrics.Visit([&names](const QueueMetrics::Value& value) {
    names.push_back(std::string(value.name) + " " + std::string(value.reason));
  });
  std::sort(names.begin(), names.end());
  BOOST_TEST((std::adjacent_find(names.begin(), names.end()) == names.end()));
  BOOST_TEST((std::find(names.begin(), names.end(), "samples_dropped_total too_old") != names.end()));
}

BOOST_FIXTURE_TEST_CASE(RW_08_redirects_are_followed_as_upstreams_client_does, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  receiver.answers = {{.status = 307, .headers = {{"Location", "http://other:1/x"}}},
                      {.status = 308, .headers = {{"Location", "/y"}}},
                      {.status = 204},
                      {.status = 302, .headers = {{"Location", "/get"}}},
                      {.status = 200}};
  Open();
  LogSamples({1, 2});
  Pass(milliseconds{1});
  BOOST_REQUIRE(receiver.requests.size() == 5U);
  const auto sent = [&](std::size_t i) {
    const HopRequest& hop = receiver.requests[i].hop;
    return hop.method + " " + hop.address + hop.target + " " +
           std::string(HeaderValue(hop.headers, "Content-Encoding"));
  };
  BOOST_TEST(sent(1) == "POST other:1/x snappy");
  BOOST_TEST(sent(2) == "POST other:1/y snappy");
  BOOST_TEST(receiver.requests[2].message == receiver.requests[0].message);
  // What answers such a GET is taken for the receiver's answer, as upstream takes it.
  BOOST_TEST(sent(4) == "GET receiver:9090/get ");
  BOOST_TEST(receiver.requests[4].message == "");
  BOOST_TEST(queue->metrics().samples.total == 2U);
  BOOST_TEST(queue->metrics().samples.failed == 0U);
}

BOOST_FIXTURE_TEST_CASE(RW_08_redirects_end_after_ten_and_where_they_are_not_wanted, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  config.http_client.follow_redirects = false;
  receiver.always = {.status = 307, .headers = {{"Location", "/again"}}};
  Open();
  LogSamples({1});
  Pass(milliseconds{1});
  BOOST_TEST(receiver.requests.size() == 1U);
  BOOST_TEST(queue->metrics().samples.failed == 1U);
  config.http_client.follow_redirects = true;
  config.queue.min_backoff = std::chrono::hours{1};
  config.queue.max_backoff = std::chrono::hours{1};
  receiver.requests.clear();
  Open();
  LogSamples({1});
  Pass(milliseconds{1});
  BOOST_TEST(receiver.requests.size() == 10U);
  // It will be tried again.
  BOOST_TEST(queue->metrics().samples.failed == 0U);
  BOOST_TEST(queue->metrics().samples.pending == 1);
}

BOOST_FIXTURE_TEST_CASE(RW_02_series_are_forgotten_when_nothing_waits_for_them, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  Open();
  queue->Hold();
  // The first is decoded at once, the others wait in the backlog.
  for (int i = 0; i < 5; ++i) LogSamples({1}, kTime + i);
  BOOST_TEST(queue->backlog_bytes() > 0U);
  queue->Forget({SeriesRef{1}});
  queue->Resume();
  Pass(seconds{1});
  BOOST_TEST(receiver.requests.size() == 5U);
  const auto unknown = static_cast<std::size_t>(DropReason::kUnintentionallyDroppedSeries);
  BOOST_TEST(queue->metrics().samples.dropped[unknown] == 0U);
  LogSamples({1, 2}, kTime + 100);
  Pass(seconds{1});
  BOOST_TEST(receiver.requests.size() == 6U);
  BOOST_TEST(queue->metrics().samples.dropped[unknown] == 1U);
}

BOOST_FIXTURE_TEST_CASE(RW_13_a_queue_that_is_held_keeps_what_comes_and_sends_it_later, QueueFixture) {
  config.queue.max_samples_per_send = 1;
  Open();
  queue->Hold();
  LogSamples({1});
  LogSamples({2}, kTime + 10);
  Pass(seconds{10});
  BOOST_TEST(receiver.requests.empty());
  queue->Resume();
  Pass(seconds{1});
  BOOST_TEST(receiver.requests.size() == 2U);
}

}  // namespace
}  // namespace stalemark
