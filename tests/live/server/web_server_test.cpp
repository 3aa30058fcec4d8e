// SPDX-License-Identifier: Apache-2.0
// WebServer: requests reach the loop's thread, answers come back, and stopping waits for them.
#include "live/server/web_server.h"

#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <httplib.h>

namespace stalemark::testing {
namespace {

constexpr Nanoseconds kPatience = std::chrono::seconds(20);

struct Web {
  explicit Web(WebServer::Handler handler) : server(loop, std::move(handler)) {}

  void Stop() {
    bool stopped = false;
    server.Stop([&] { stopped = true; });
    Until([&] { return stopped; });
    BOOST_TEST(stopped);
  }
  void Until(const std::function<bool()>& done) {
    const MonotonicTime limit = loop.MonotonicNow() + kPatience;
    while (!done() && loop.MonotonicNow() < limit) loop.RunOnce(limit - loop.MonotonicNow());
  }

  EventLoop loop;
  WebServer server;
};

void NoAnswer(const ApiRequest&, const WebServer::Reply&) {}

BOOST_AUTO_TEST_CASE(a_request_is_answered_on_the_loops_thread) {
  const std::thread::id here = std::this_thread::get_id();
  Web web([&](const ApiRequest& request, const WebServer::Reply& reply) {
    BOOST_TEST((std::this_thread::get_id() == here));
    ApiAnswer answer = TextAnswer(418, request.method + ' ' + request.path + ' ' + std::string(request.Parameter("a")));
    answer.headers.emplace_back("X-Header", "h");
    reply(answer);
  });
  BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
  BOOST_TEST(web.server.address() == "127.0.0.1:" + std::to_string(web.server.port()));
  web.server.Start();
  std::string got;
  bool over = false;
  std::thread client([&] {
    httplib::Client connection("127.0.0.1", web.server.port());
    const auto response = connection.Post("/p%20q?a=x%20y", "", "text/plain");
    if (response) {
      got = std::to_string(response->status) + ' ' + response->body + ' ' + response->get_header_value("X-Header");
    }
    web.loop.Post([&] { over = true; });
  });
  web.Until([&] { return over; });
  client.join();
  BOOST_TEST(got == "418 POST /p q x y h");
  web.Stop();
}

BOOST_AUTO_TEST_CASE(it_can_be_stopped_as_soon_as_it_was_started) {
  for (int i = 0; i < 20; ++i) {
    Web web(NoAnswer);
    BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
    web.server.Start();
    web.Stop();
  }
}

BOOST_AUTO_TEST_CASE(addresses_that_are_none_or_taken) {
  Web web(NoAnswer);
  for (const char* address : {"", "localhost", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", ":123456"}) {
    const Status status = web.server.Listen(address);
    BOOST_REQUIRE(!status.ok());
    BOOST_TEST(status.error().message == "found listen address \"" + std::string(address) + "\", expected HOST:PORT");
  }
  BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
  Web second(NoAnswer);
  const Status taken = second.server.Listen(web.server.address());
  BOOST_REQUIRE(!taken.ok());
  BOOST_TEST(taken.error().message == "cannot listen on " + web.server.address());
}

}  // namespace
}  // namespace stalemark::testing
