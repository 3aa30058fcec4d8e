// SPDX-License-Identifier: Apache-2.0
// HTTP-15: SOCKS proxies, good and bad. Texts are those of Go 1.26's net/http on the same bytes, but for the rows that
// say how ours differs (docs/design/live-transport.md).
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/http/hop_client.h"
#include "tests/live/http/http_fixture.h"

namespace stalemark {
namespace {

using testing::Close;
using testing::HttpFixture;
using testing::Reset;
using testing::Send;
using testing::ServerScript;
using testing::transport_suite::Recorder;

std::string Bytes(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

ServerScript Says(std::initializer_list<int> bytes) {
  return {Send(Bytes(bytes))};
}
ServerScript SaysAndCloses(std::initializer_list<int> bytes) {
  return {Send(Bytes(bytes)), Close()};
}
/// To the request for a connection.
ServerScript Replies(int code) {
  return Says({5, code, 0, 1, 0, 0, 0, 0, 0, 0});
}

struct SocksFixture : HttpFixture {
  /// The proxy answers whatever comes with the next of `scripts`.
  explicit SocksFixture(std::vector<ServerScript> scripts, const std::string& user = "") {
    server.TakeAnyBytes();
    server.PlayEach(std::move(scripts));
    HopClient client;
    client.proxy.proxy_url = "socks5://" + user + server.address();
    request = Request();
    request.address = "target.test:9100";
    request.client = std::make_shared<const HopClient>(client);
  }

  HopRequest request;
};

const ServerScript kNoPassword = Says({5, 0}), kPassword = Says({5, 2});

}  // namespace

BOOST_AUTO_TEST_SUITE(socks)

BOOST_AUTO_TEST_CASE(HTTP_15_a_socks_proxy_is_told_the_name) {
  SocksFixture fixture(
      {kPassword, Says({1, 0}), Replies(0), {Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n")}}, "me:secret@");
  Recorder recorder;
  fixture.Fetch(fixture.request, &recorder);
  BOOST_TEST(recorder.calls == "hbe");
  BOOST_TEST(recorder.body == "m 1\n");
  const std::vector<std::string>& said = fixture.server.requests();
  BOOST_REQUIRE(said.size() == 4U);
  BOOST_TEST(said[1] == Bytes({1, 2}) + "me" + Bytes({6}) + "secret");
  BOOST_TEST(said[2] == Bytes({5, 1, 0, 3, 11}) + "target.test" + Bytes({9100 >> 8, 9100 & 255}));
  BOOST_TEST(said[3].find("GET /metrics HTTP/1.1\r\nHost: example.com\r\n") == 0U);
}

BOOST_AUTO_TEST_CASE(HTTP_15_socks_proxies_that_fail) {
  const struct {
    const char* name;
    std::vector<ServerScript> scripts;
    const char* cause;
  } rows[] = {
      {"closes", {{Close()}}, "EOF"},
      {"no method", {Says({5, 255})}, "no acceptable authentication methods"},
      {"refuses the password", {kPassword, Says({1, 1})}, "username/password authentication failed"},
      {"closes after the password", {kPassword, {Close()}}, "EOF"},
      {"closes after the request", {kNoPassword, {Close()}}, "EOF"},
      {"reply 1", {kNoPassword, Replies(1)}, "unknown error general SOCKS server failure"},
      {"reply 2", {kNoPassword, Replies(2)}, "unknown error connection not allowed by ruleset"},
      {"reply 3", {kNoPassword, Replies(3)}, "unknown error network unreachable"},
      {"reply 4", {kNoPassword, Replies(4)}, "unknown error host unreachable"},
      {"reply 5", {kNoPassword, Replies(5)}, "unknown error connection refused"},
      {"reply 6", {kNoPassword, Replies(6)}, "unknown error TTL expired"},
      {"reply 7", {kNoPassword, Replies(7)}, "unknown error command not supported"},
      {"reply 8", {kNoPassword, Replies(8)}, "unknown error address type not supported"},
      {"reply 9", {kNoPassword, Replies(9)}, "unknown error unknown code: 9"},
      {"reply 200", {kNoPassword, Replies(200)}, "unknown error unknown code: 200"},
      {"resets", {{Reset()}}, "read tcp US->THEM: read: connection reset by peer"},
      {"resets after the request", {kNoPassword, {Reset()}}, "read tcp US->THEM: read: connection reset by peer"},
      // Other than upstream: it says more.
      {"HTTP", {{Send("HTTP/1.1 400 Bad Request\r\n\r\n")}}, "unexpected protocol version"},
      {"version 4", {Says({4, 0})}, "unexpected protocol version"},
      {"version 4 in the reply", {kNoPassword, Says({4, 0, 0, 1, 0, 0, 0, 0, 0, 0})}, "unexpected protocol version"},
      {"address of no type", {kNoPassword, Says({5, 0, 0, 9, 0, 0, 0, 0, 0, 0})}, "unknown address type"},
      {"half a reply", {kNoPassword, SaysAndCloses({5, 0, 0})}, "EOF"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      SocksFixture fixture(row.scripts, "me:secret@");
      Recorder recorder;
      fixture.Fetch(fixture.request, &recorder);
      BOOST_REQUIRE(recorder.calls == "e");
      const std::string them = fixture.server.address();
      std::string message = recorder.last_error->message;
      if (const std::size_t read = message.find("read tcp "); read != std::string::npos) {
        const std::size_t us = read + 9, end = message.find("->" + them, us);
        BOOST_REQUIRE(end != std::string::npos);
        message.replace(us, end + 2 + them.size() - us, "US->THEM");
      }
      BOOST_TEST((recorder.last_error->kind == TransportErrorKind::kRefused));
      BOOST_TEST(message == fmt::format("socks connect tcp {}->target.test:9100: {}", them, row.cause));
    }
  }
}

BOOST_AUTO_TEST_CASE(HTTP_15_what_the_target_says_through_a_socks_proxy_is_its_own) {
  const struct {
    ServerScript answer;
    const char* want;
  } rows[] = {{{Close()}, "EOF"},
              {{Send("garbage\r\n\r\n"), Close()},
               R"(net/http: HTTP/1.x transport connection broken: malformed HTTP response "garbage")"}};
  for (const auto& row : rows) {
    SocksFixture fixture({kNoPassword, Replies(0), row.answer});
    Recorder recorder;
    fixture.Fetch(fixture.request, &recorder);
    BOOST_REQUIRE(recorder.calls == "e");
    BOOST_TEST(recorder.last_error->message == row.want);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
