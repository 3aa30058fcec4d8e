// SPDX-License-Identifier: Apache-2.0
// IoThreads: the seam's suite, many exchanges that end in every way, and the bound of the queue. With the preset `tsan`
// this is what the thread sanitizer watches.
#include "live/http/io_threads.h"

#include <algorithm>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/live/http/http_fixture.h"
#include "tests/live/http/live_under_test.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using testing::Close;
using testing::Hold;
using testing::HttpFixture;
using testing::Send;
using testing::transport_suite::Recorder;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n";

/// A scripted server whose loop runs on a thread of its own.
class ServerThread {
 public:
  explicit ServerThread(testing::ServerScript script) {
    server_.Play(std::move(script));
    thread_ = std::thread([this] { loop_.Run(); });
  }
  ~ServerThread() { End(); }
  std::string address() const { return server_.address(); }
  /// Bytes sent; the server is gone then.
  std::uint64_t End() {
    if (thread_.joinable()) {
      loop_.Stop();
      thread_.join();
    }
    return server_.bytes_sent();
  }

 private:
  EventLoop loop_;
  testing::ScriptedServer server_{loop_};
  std::thread thread_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(io_threads)

BOOST_AUTO_TEST_CASE(transport_seam) {
  testing::RunTransportSuite([] { return std::make_unique<testing::LiveUnderTest>(2, milliseconds(250)); });
}

BOOST_AUTO_TEST_CASE(exchanges_end_in_every_way_at_any_time) {
  std::mt19937 numbers(7);
  const auto below = [&](std::size_t bound) { return numbers() % bound; };
  ServerThread ok({Send(kOk)}), large({Send("HTTP/1.1 200 OK\r\n\r\n"), Send("m_a 1\n", 100'000), Close()}),
      hold({Hold()}), close({Close()});
  const std::string addresses[] = {ok.address(), large.address(), hold.address(), close.address()};
  HttpFixture fixture;
  IoThreads transport(fixture.loop, {3});
  std::vector<std::unique_ptr<Recorder>> running;
  int complete = 0, failed = 0;
  for (int i = 0; i < 400; ++i) {
    HopRequest request = fixture.Request();
    request.address = addresses[below(4)];
    auto recorder = std::make_unique<Recorder>(static_cast<Recorder::DestroyAt>(below(4)));
    recorder->exchange = transport.Start(request, *recorder);
    running.push_back(std::move(recorder));
    fixture.loop.RunOnce(milliseconds(below(2)));
    if (below(3) == 0) running.erase(running.begin() + static_cast<std::ptrdiff_t>(below(running.size())));
    for (std::unique_ptr<Recorder>& recorder_of_any : running) {
      if (recorder_of_any->calls == "hbe") ++complete;
      if (recorder_of_any->calls == "e") ++failed;
    }
    running.erase(std::remove_if(running.begin(), running.end(),
                                 [](const auto& r) { return !r->calls.empty() && r->calls.back() == 'e'; }),
                  running.end());
  }
  running.clear();
  BOOST_TEST(complete > 0);
  BOOST_TEST(failed > 0);
}

BOOST_AUTO_TEST_CASE(bodies_arrive_whole_and_in_order) {
  std::string lines;
  for (int i = 0; lines.size() < 3'000'000; ++i) lines += "metric{i=\"" + std::to_string(i) + "\"} 1\n";
  ServerThread server(
      {Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(lines.size()) + "\r\n\r\n" + lines)});
  HttpFixture fixture;
  IoThreads transport(fixture.loop, {2, 1 << 20});
  HopRequest request = fixture.Request();
  request.address = server.address();
  for (int i = 0; i < 3; ++i) {
    Recorder recorder;
    recorder.exchange = transport.Start(request, recorder);
    fixture.RunUntil([&] { return recorder.calls == "hbe"; });
    BOOST_TEST((recorder.body == lines));
  }
}

BOOST_AUTO_TEST_CASE(a_full_queue_holds_the_peer_up_until_the_engine_takes_or_cancels) {
  constexpr std::size_t kQueue = 1 << 20;
  ServerThread server({Send("HTTP/1.1 200 OK\r\n\r\n"), Send("m_a 1\n", 100'000'000)});
  HttpFixture fixture;
  auto transport = std::make_unique<IoThreads>(fixture.loop, IoThreadsOptions{1, kQueue});
  HopRequest request = fixture.Request();
  request.address = server.address();
  Recorder recorder;
  recorder.exchange = transport->Start(request, recorder);
  // The engine does something else for a while, then gives up.
  std::this_thread::sleep_for(milliseconds(300));
  recorder.exchange.reset();
  transport.reset();
  BOOST_TEST(recorder.calls == "");
  // Of 600 MB the queue, and what the kernel keeps for both ends.
  BOOST_TEST(server.End() < kQueue + 100'000'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
