// SPDX-License-Identifier: Apache-2.0
// WriteStorage with a real HTTP server on loopback: what arrives, retries, reloads, the end.
#include "live/remote_write/write_storage.h"

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <httplib.h>

#include "cli/disk/disk_files.h"
#include "core/compression/compression.h"
#include "live/http/curl_transport.h"
#include "live/loop/event_loop.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Answers on a thread of its own, with `statuses` one after the other, then with 200.
class RealReceiver {
 public:
  struct Request {
    std::string message;
    std::string attempt;
    std::string content_type;
  };

  explicit RealReceiver(std::vector<int> statuses) : statuses_(std::move(statuses)) {
    server_.Post("/write", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard<std::mutex> lock(mutex_);
      response.status = received_.size() < statuses_.size() ? statuses_[received_.size()] : 200;
      received_.push_back({SnappyDecode(request.body).value(), request.get_header_value("Retry-Attempt"),
                           request.get_header_value("Content-Type")});
    });
    server_.set_keep_alive_timeout(1);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~RealReceiver() {
    while (!server_.is_running()) std::this_thread::yield();
    server_.stop();
    thread_.join();
  }

  std::string url() const { return fmt::format("http://user:secret@127.0.0.1:{}/write", port_); }
  std::vector<Request> received() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return received_;
  }

 private:
  const std::vector<int> statuses_;
  httplib::Server server_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<Request> received_;
  std::thread thread_;
};

class StorageFixture {
 public:
  StorageFixture() {
    options.flush_deadline = seconds{5};
    labels = Labels::FromSorted({{"__name__", "m"}, {"i", "1"}});
  }

  RemoteWriteConfig Item(const std::string& url) const {
    RemoteWriteConfig item;
    item.url = url;
    item.name = "receiver";
    item.queue.max_samples_per_send = 2;
    item.queue.min_backoff = milliseconds{1};
    item.queue.max_backoff = milliseconds{2};
    return item;
  }

  void LogSample(std::int64_t t_ms) {
    const SampleRecord sample{SeriesRef{1}, t_ms, 0};
    EncodeSamplesRecord(&sample, &sample + 1, buffer);
    BOOST_TEST(storage.Log(buffer.view()).ok());
  }

  /// Runs the loop until `done` is true; false: not within ten seconds.
  template <class Condition>
  bool RunUntil(Condition done) {
    const MonotonicTime limit = loop.MonotonicNow() + seconds{10};
    while (!done() && loop.MonotonicNow() < limit) loop.RunOnce(milliseconds{10});
    return done();
  }
  bool Stop() {
    bool stopped = false;
    storage.Stop([&stopped] { stopped = true; });
    return RunUntil([&stopped] { return stopped; });
  }

  EventLoop loop;
  CurlTransport transport{loop};
  cli::DiskFiles files;
  std::string logged;
  Log log{loop, {}, [this](std::string_view line) { logged += line; }};
  Labels labels;
  WriteStorageOptions options;
  RecordBuffer buffer;
  int metadata_collected = 0;
  WriteStorage storage{{{transport, loop, loop, files},
                        log,
                        [this](const auto& visit) { visit(SeriesRef{1}, labels, nullptr); },
                        [this] {
                          ++metadata_collected;
                          return std::vector<Metadata>{{"m", MetricType::kGauge, "", "Help."}};
                        }},
                       options};
};

BOOST_FIXTURE_TEST_CASE(RW_09_batches_arrive_after_refusals, StorageFixture) {
  RealReceiver receiver({503, 500});
  Config config;
  config.remote_write = {Item(receiver.url())};
  BOOST_TEST(storage.ApplyConfig(config).ok());
  for (std::int64_t t = 1; t <= 5; ++t) LogSample(t);
  BOOST_TEST(RunUntil([&] { return receiver.received().size() == 4; }));
  // The fifth sample goes with the end.
  BOOST_TEST(Stop());
  const std::vector<RealReceiver::Request> received = receiver.received();
  BOOST_REQUIRE(received.size() == 5U);
  BOOST_TEST(received[2].attempt == "2");
  BOOST_TEST(received[2].message == received[0].message);
  BOOST_TEST(received[4].message.size() < received[3].message.size());
  BOOST_TEST(received[0].content_type == "application/x-protobuf");
  BOOST_TEST(logged.find("Failed to send batch, retrying") != std::string::npos);
  BOOST_TEST(logged.find("secret") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(RW_13_a_reload_keeps_equal_queues_and_flushes_others, StorageFixture) {
  RealReceiver receiver({});
  Config config;
  config.remote_write = {Item(receiver.url())};
  BOOST_TEST(storage.ApplyConfig(config).ok());
  LogSample(1);
  BOOST_TEST(storage.ApplyConfig(config).ok());
  BOOST_TEST(receiver.received().empty());

  config.remote_write[0].send_exemplars = true;
  BOOST_TEST(storage.ApplyConfig(config).ok());
  BOOST_TEST(RunUntil([&] { return receiver.received().size() == 1; }));
  // The new queue knows the series.
  LogSample(2);
  LogSample(3);
  BOOST_TEST(RunUntil([&] { return receiver.received().size() == 2; }));
  MetricValues values;
  storage.AddMetrics(&values);
  const std::string labels_text =
      fmt::format("{{remote_name=\"receiver\",url=\"{}\"}}",
                  std::string(receiver.url()).replace(receiver.url().find("secret"), 6, "xxxxx"));
  BOOST_TEST(values.at("prometheus_remote_storage_samples_total" + labels_text) == 2);
  BOOST_TEST(values.at("prometheus_remote_storage_shards" + labels_text) == 1);

  config.remote_write.push_back(config.remote_write[0]);
  BOOST_TEST(storage.ApplyConfig(config).error().message.find("duplicate remote write configs") == 0U);
  BOOST_TEST(storage.queue_count() == 1U);
  BOOST_TEST(Stop());
}

BOOST_FIXTURE_TEST_CASE(RW_13_a_new_queue_waits_until_the_old_one_is_flushed, StorageFixture) {
  // The old queue's batch is refused three times before it arrives.
  RealReceiver receiver({503, 503, 503});
  Config config;
  config.remote_write = {Item(receiver.url())};
  BOOST_TEST(storage.ApplyConfig(config).ok());
  LogSample(1);
  config.remote_write[0].name = "new";
  BOOST_TEST(storage.ApplyConfig(config).ok());
  LogSample(2);
  LogSample(3);
  BOOST_TEST(RunUntil([&] { return receiver.received().size() == 5; }));
  const std::vector<RealReceiver::Request> received = receiver.received();
  BOOST_REQUIRE(received.size() == 5U);
  for (std::size_t i = 1; i < 4; ++i) BOOST_TEST(received[i].message == received[0].message);
  // Two samples in one batch of the new queue.
  BOOST_TEST(received[4].message.size() > received[0].message.size());
  BOOST_TEST(Stop());
}

BOOST_FIXTURE_TEST_CASE(records_are_wanted_by_queues_only, StorageFixture) {
  BOOST_TEST(!storage.wanted());
  Config config;
  config.remote_write = {Item("http://127.0.0.1:1/write")};
  BOOST_TEST(storage.ApplyConfig(config).ok());
  BOOST_TEST(storage.wanted());
}

BOOST_FIXTURE_TEST_CASE(RW_12_metadata_of_targets_is_sent_in_its_interval, StorageFixture) {
  RealReceiver receiver({});
  Config config;
  config.remote_write = {Item(receiver.url())};
  config.remote_write[0].metadata.send_interval = milliseconds{20};
  BOOST_TEST(storage.ApplyConfig(config).ok());
  BOOST_TEST(RunUntil([&] { return receiver.received().size() >= 2; }));
  BOOST_TEST(receiver.received()[0].message.find("Help.") != std::string::npos);
  BOOST_TEST(Stop());
}

BOOST_FIXTURE_TEST_CASE(RW_09_nobody_listens, StorageFixture) {
  Config config;
  config.remote_write = {Item("http://127.0.0.1:1/write")};
  BOOST_TEST(storage.ApplyConfig(config).ok());
  LogSample(1);
  LogSample(2);
  MetricValues values;
  BOOST_TEST(RunUntil([&] {
    storage.AddMetrics(&values);
    return values.at(
               "prometheus_remote_storage_samples_retried_total{remote_name=\"receiver\",url=\"http://127.0.0.1:1/"
               "write\"}") > 4;
  }));
  BOOST_TEST(logged.find("connection refused") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(RW_12_a_receiver_that_is_down_gets_one_collection_of_metadata, StorageFixture) {
  Config config;
  config.remote_write = {Item("http://127.0.0.1:1/write")};
  config.remote_write[0].metadata.send_interval = milliseconds{5};
  BOOST_TEST(storage.ApplyConfig(config).ok());
  const MonotonicTime limit = loop.MonotonicNow() + milliseconds{200};
  RunUntil([&] { return loop.MonotonicNow() >= limit; });
  BOOST_TEST(metadata_collected == 1);
}

}  // namespace
}  // namespace stalemark
