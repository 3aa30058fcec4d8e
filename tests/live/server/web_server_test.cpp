// SPDX-License-Identifier: Apache-2.0
// WebServer: requests reach the loop's thread, answers come back, and stopping waits for them.
#include "live/server/web_server.h"

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

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
  BOOST_TEST(taken.error().message == "cannot listen on " + web.server.address() + ": bind: address already in use");
  const Status elsewhere = second.server.Listen("192.0.2.1:0");
  BOOST_REQUIRE(!elsewhere.ok());
  BOOST_TEST(elsewhere.error().message == "cannot listen on 192.0.2.1:0: bind: cannot assign requested address");
}

/// A client on a bare socket.
struct BareClient {
  explicit BareClient(int port) : fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    BOOST_REQUIRE(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  void Send(std::string_view text) const {
    BOOST_TEST(send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  /// What has come so far.
  void Receive() {
    char bytes[4096];
    for (;;) {
      const ssize_t count = recv(fd.get(), bytes, sizeof bytes, MSG_DONTWAIT);
      if (count <= 0) return;
      received.append(bytes, static_cast<std::size_t>(count));
    }
  }
  OwnedFd fd;
  std::string received;
};

/// Runs the loop until the client has received a text.
void Await(Web& web, BareClient& client, const std::string& text) {
  const MonotonicTime limit = web.loop.MonotonicNow() + kPatience;
  while (client.received.find(text) == std::string::npos && web.loop.MonotonicNow() < limit) {
    web.loop.RunOnce(std::chrono::milliseconds(10));
    client.Receive();
  }
  BOOST_TEST(client.received.find(text) != std::string::npos, client.received);
}

void AnswerPath(const ApiRequest& request, const WebServer::Reply& reply) {
  reply(TextAnswer(200, request.method + request.path + ";"));
}

BOOST_AUTO_TEST_CASE(clients_that_are_slow_hold_up_nobody_and_not_the_end) {
  Web web(AnswerPath);
  BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
  web.server.Start();
  std::vector<std::unique_ptr<BareClient>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::make_unique<BareClient>(web.server.port()));
    slow.back()->Send("GET /slow HT");
  }
  BareClient quick(web.server.port());
  quick.Send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
  Await(web, quick, "GET/quick;");
  const MonotonicTime begin = web.loop.MonotonicNow();
  web.Stop();
  BOOST_TEST((web.loop.MonotonicNow() - begin < std::chrono::seconds(1)));
}

BOOST_AUTO_TEST_CASE(a_client_that_takes_nothing_ends_with_the_patience_of_the_stop) {
  Web web([](const ApiRequest&, const WebServer::Reply& reply) {
    reply(TextAnswer(200, std::string(std::size_t{64} << 20, 'x')));
  });
  BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
  web.server.Start();
  BareClient client(web.server.port());
  client.Send("GET / HTTP/1.1\r\n\r\n");
  const MonotonicTime limit = web.loop.MonotonicNow() + std::chrono::milliseconds(300);
  while (web.loop.MonotonicNow() < limit) web.loop.RunOnce(std::chrono::milliseconds(10));
  // Three such answers would be 192 MB: the third is refused.
  BareClient second(web.server.port()), third(web.server.port());
  second.Send("HEAD / HTTP/1.1\r\n\r\n");
  Await(web, second, "Content-Length: 67108864\r\n");
  BOOST_TEST(second.received.find("xx") == std::string::npos);
  second.Send("GET / HTTP/1.1\r\n\r\n");
  third.Send("GET / HTTP/1.1\r\n\r\n");
  Await(web, third, "503 Service Unavailable");
  const MonotonicTime begin = web.loop.MonotonicNow();
  web.Stop();
  const Nanoseconds taken = web.loop.MonotonicNow() - begin;
  BOOST_TEST((taken < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(requests_follow_each_other_on_one_connection) {
  Web web(AnswerPath);
  BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
  web.server.Start();
  BareClient client(web.server.port());
  client.Send("GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\ncontent-length: 5\r\n\r\nhelloGET /3 HTTP/1.1\r\n\r\n");
  Await(web, client, "GET/3;");
  BOOST_TEST(client.received.find("POST/2;") != std::string::npos);
  client.Send("GET /4 HTTP/1.0\r\n\r\n");
  Await(web, client, "Connection: close\r\n");
  web.Stop();
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_refused) {
  Web web(AnswerPath);
  BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
  web.server.Start();
  const std::pair<std::string, std::string> rows[] = {
      {"hello\r\n\r\n", "400 Bad Request"},
      {"GET http://a/ HTTP/1.1\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/2.0\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "411 Length Required"},
      {"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n", "413 Request Entity Too Large"},
      {"GET /" + std::string(70'000, 'a'), "431 Request Header Fields Too Large"},
  };
  for (const auto& [request, status] : rows) {
    BareClient client(web.server.port());
    client.Send(request);
    Await(web, client, "HTTP/1.1 " + status);
  }
  web.Stop();
}

BOOST_AUTO_TEST_CASE(without_descriptors_it_waits_and_goes_on) {
  Web web(AnswerPath);
  BOOST_REQUIRE(web.server.Listen("127.0.0.1:0").ok());
  web.server.Start();
  BareClient client(web.server.port());
  client.Send("GET /late HTTP/1.1\r\n\r\n");
  rlimit before{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  int rounds = 0;
  const MonotonicTime limit = web.loop.MonotonicNow() + std::chrono::milliseconds(200);
  while (web.loop.MonotonicNow() < limit) {
    web.loop.RunOnce(limit - web.loop.MonotonicNow());
    ++rounds;
  }
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  // It does not turn round and round.
  BOOST_TEST(rounds < 20);
  Await(web, client, "GET/late;");
  web.Stop();
}

}  // namespace
}  // namespace stalemark::testing
