// SPDX-License-Identifier: Apache-2.0
// CurlTransport: the seam's suite against a real server on loopback, what is sent, connections that are kept.
#include "live/http/curl_transport.h"

#include <algorithm>
#include <memory>
#include <string>
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
using testing::ServerScript;
using testing::Wait;
using testing::transport_suite::Recorder;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(curl_transport)

BOOST_AUTO_TEST_CASE(transport_seam) {
  testing::RunTransportSuite([] { return std::make_unique<testing::LiveUnderTest>(0, milliseconds(30)); });
}

BOOST_AUTO_TEST_CASE(the_request_is_written_as_told) {
  const struct {
    const char* name;
    HopRequest request;
    const char* want;
  } rows[] = {
      {"order",
       {"GET", "http", {}, "h:1", "/m?a=%20b&c=//..", {{"User-Agent", "p"}, {"Accept", "a/b"}, {"Z", "1"}, {"B", "2"}}},
       "GET /m?a=%20b&c=//.. HTTP/1.1\r\nHost: h:1\r\nUser-Agent: p\r\nAccept: a/b\r\nZ: 1\r\nB: 2\r\n\r\n"},
      {"nothing added", {"GET", "http", {}, "h", "/a/../b", {}}, "GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"twice, empty",
       {"GET", "http", {}, "h", "/", {{"X", "1"}, {"X", "2"}, {"Y", ""}}},
       "GET / HTTP/1.1\r\nHost: h\r\nX: 1\r\nX: 2\r\nY:\r\n\r\n"},
      {"no host", {"GET", "http", {}, "", "/", {}}, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
      {"head", {"HEAD", "http", {}, "h", "/", {}}, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"post",
       {"POST", "http", {}, "h", "/", {{"User-Agent", "p"}, {"Content-Type", "x/y"}}, {}, "abc"},
       "POST / HTTP/1.1\r\nHost: h\r\nUser-Agent: p\r\nContent-Length: 3\r\nContent-Type: x/y\r\n\r\nabc"},
      {"post, empty",
       {"POST", "http", {}, "h", "/", {{"A", "b"}}},
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nA: b\r\n\r\n"},
      {"get again", {"GET", "http", {}, "h", "/", {}}, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"credentials",
       {"GET", "http", {}, "h", "/", {{"Authorization", "Bearer x"}, {"Cookie", "a=b"}}},
       "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer x\r\nCookie: a=b\r\n\r\n"},
  };
  HttpFixture fixture;
  fixture.server.Play({Send(kOk)});
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      HopRequest request = row.request;
      request.address = fixture.server.address();
      Recorder recorder;
      fixture.Fetch(request, &recorder);
      BOOST_TEST(recorder.calls == (request.method == "HEAD" ? "he" : "hbe"));
      BOOST_TEST(fixture.server.requests().back() == row.want);
    }
  }
}

BOOST_AUTO_TEST_CASE(HTTP_14_connections_are_kept_and_a_closed_one_is_replaced) {
  HttpFixture fixture;
  fixture.server.Play({Send(kOk)});
  for (int i = 0; i < 3; ++i) {
    Recorder recorder;
    fixture.Fetch(fixture.Request(), &recorder);
    BOOST_TEST(recorder.calls == "hbe");
  }
  BOOST_TEST(fixture.server.connections() == 1);
  // Closed after an answer, or when the next request comes: another connection, no error.
  for (const ServerScript& script : {ServerScript{Send(kOk), Close()}, ServerScript{Close()}}) {
    fixture.server.PlayEach({script, {Send(kOk)}});
    for (int i = 0; i < 2; ++i) {
      Recorder recorder;
      fixture.Fetch(fixture.Request(), &recorder);
      BOOST_TEST(recorder.calls == "hbe");
    }
  }
  BOOST_TEST(fixture.server.connections() == 3);
}

BOOST_AUTO_TEST_CASE(HTTP_14_an_idle_connection_on_which_something_was_said_is_not_used_again) {
  const struct {
    const char* name;
    ServerScript script;
  } rows[] = {{"more than declared", {Send(kOk), Wait(), Send("m 2\n")}},
              {"a response", {Send(kOk), Wait(), Send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")}},
              {"more than a buffer", {Send(kOk), Wait(), Send("m 2\n", 10'000)}},
              {"and closes", {Send(kOk), Wait(), Send("m 2\n"), Wait(), Close()}}};
  for (const unsigned threads : {0U, 2U}) {
    for (const auto& row : rows) {
      BOOST_TEST_CONTEXT(row.name << ", " << threads << " threads") {
        HttpFixture fixture;
        const std::unique_ptr<Transport> transport = MakeLiveTransport(fixture.loop, threads).transport;
        fixture.server.Play(row.script);
        for (int i = 1; i <= 5; ++i) {
          Recorder recorder;
          recorder.exchange = transport->Start(fixture.Request(), recorder);
          fixture.RunUntil([&] { return !recorder.calls.empty() && recorder.calls.back() == 'e'; });
          BOOST_TEST(recorder.calls == "hbe");
          BOOST_TEST(recorder.body == "m 1\n");
          BOOST_TEST(fixture.server.connections() == i);
          // The next one is asked for when the bytes are there, which nobody has looked at.
          fixture.server.GoOn();
          while (!fixture.server.has_delivered()) std::this_thread::yield();
          fixture.server.GoOn();
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_observer_may_start_and_destroy_exchanges_in_any_call) {
  HttpFixture fixture;
  fixture.server.Play({Send(kOk)});
  Recorder next, other;
  class Redirecting final : public TransportObserver {
   public:
    Redirecting(HttpFixture& fixture, Recorder& next, Recorder& other)
        : fixture_(fixture), next_(next), other_(other) {}
    void OnHead(const ResponseHead&) override {
      exchange.reset();
      other_.exchange.reset();
      next_.exchange = fixture_.transport.Start(fixture_.Request(), next_);
      // Never sent.
      Recorder dropped;
      dropped.exchange = fixture_.transport.Start(fixture_.Request(), dropped);
    }
    void OnBody(std::string_view) override { BOOST_TEST(false); }
    void OnEnd(const std::optional<TransportError>&) override { BOOST_TEST(false); }
    std::unique_ptr<Exchange> exchange;

   private:
    HttpFixture& fixture_;
    Recorder& next_;
    Recorder& other_;
  } redirecting(fixture, next, other);
  fixture.server.PlayEach({{Send(kOk)}, {Hold()}, {Send(kOk)}});
  redirecting.exchange = fixture.transport.Start(fixture.Request(), redirecting);
  other.exchange = fixture.transport.Start(fixture.Request(), other);
  fixture.RunUntil([&] { return next.calls == "hbe"; });
  BOOST_TEST(other.calls == "");
  BOOST_TEST(fixture.server.requests().size() == 3U);
}

BOOST_AUTO_TEST_CASE(many_exchanges_at_once) {
  HttpFixture fixture;
  fixture.server.Play({Send(kOk)});
  std::vector<std::unique_ptr<Recorder>> recorders;
  for (int round = 0; round < 3; ++round) {
    recorders.clear();
    for (int i = 0; i < 50; ++i) {
      recorders.push_back(std::make_unique<Recorder>());
      recorders.back()->exchange = fixture.transport.Start(fixture.Request(), *recorders.back());
    }
    fixture.RunUntil([&] {
      return std::all_of(recorders.begin(), recorders.end(), [](const auto& r) { return r->calls == "hbe"; });
    });
  }
  BOOST_TEST(fixture.server.connections() <= 50);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
