// SPDX-License-Identifier: Apache-2.0
// CurlTransport against servers that break the rules. The texts are those of Go's net/http on the same bytes, but for
// the rows that say how ours differs (docs/design/live-transport.md).
#include <span>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include "live/http/curl_transport.h"
#include "tests/live/http/http_fixture.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using testing::Close;
using testing::Hold;
using testing::HttpFixture;
using testing::Pause;
using testing::Reset;
using testing::Send;
using testing::ServerScript;
using testing::transport_suite::Recorder;

constexpr const char* kBroken = "net/http: HTTP/1.x transport connection broken: ";
constexpr const char* kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// `200 OK|body|error`, or the error alone; our end of the connection is written as `US`, the server's as `THEM`.
std::string Told(const HttpFixture& fixture, const Recorder& recorder) {
  std::string error = recorder.last_error ? recorder.last_error->message : "";
  const std::string them = fixture.server.address();
  if (const std::size_t at = error.find("->" + them); at != std::string::npos) {
    const std::size_t us = error.rfind(' ', at) + 1;
    error.replace(us, at + 2 + them.size() - us, "US->THEM");
  }
  if (recorder.calls.find('h') == std::string::npos) return error;
  return fmt::format("{}|{}|{}", recorder.last_head.status_text, recorder.body, error);
}

/// An answer, and what is told of it.
struct Row {
  const char* name;
  ServerScript script;
  std::string want;
};

void CheckRows(std::span<const Row> rows) {
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      HttpFixture fixture;
      fixture.server.Play(row.script);
      Recorder recorder;
      fixture.Fetch(fixture.Request(), &recorder);
      BOOST_TEST(Told(fixture, recorder) == row.want);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_server)

BOOST_AUTO_TEST_CASE(heads) {
  const Row rows[] = {
      {"closes after the request", {Close()}, "EOF"},
      {"resets after the request", {Reset()}, "read tcp US->THEM: read: connection reset by peer"},
      {"no HTTP", {Send("garbage\r\n\r\n"), Close()}, kBroken + std::string(R"(malformed HTTP response "garbage")")},
      {"no line", {Send("garbage"), Close()}, kBroken + std::string(R"(malformed HTTP response "garbage")")},
      {"another protocol",
       {Send("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), Hold()},
       kBroken + std::string(R"(malformed HTTP status code "Debian-2")")},
      {"version", {Send("ICY 200 OK\r\n\r\n"), Close()}, kBroken + std::string(R"(malformed HTTP version "ICY")")},
      {"no reason", {Send("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")}, "200||"},
      {"empty reason", {Send("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")}, "200 ||"},
      {"ends in the head", {Send("HTTP/1.1 200 OK\r\n"), Close()}, kBroken + std::string("unexpected EOF")},
      {"empty header name",
       {Send("HTTP/1.1 200 OK\r\n: foo\r\n\r\n"), Close()},
       kBroken + std::string(R"(malformed MIME header line: ": foo")")},
      {"blank in a header name", {Send("HTTP/1.1 200 OK\r\nA B: foo\r\n\r\n"), Close()}, "200 OK||"},
      {"first header is folded",
       {Send("HTTP/1.1 200 OK\r\n AB: foo\r\n\r\n"), Close()},
       kBroken + std::string("malformed MIME header initial line")},
      {"folded header", {Send("HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 1\r\n\r\na")}, "200 OK|a|"},
      {"two lengths",
       {Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")},
       kBroken + std::string(R"(http: message cannot contain multiple Content-Length headers; got ["1" "2"])")},
      {"the same length twice",
       {Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab")},
       "200 OK|ab|"},
      {"coding",
       {Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab")},
       kBroken + std::string(R"(unsupported transfer encoding: "gzip")")},
      {"chunked with a length",
       {Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\nab\r\n0\r\n\r\n")},
       "200 OK|ab|"},
      {"interim responses",
       {Send("HTTP/1.1 103 Early\r\nA: b\r\n\r\n", 7), Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")},
       "200 OK|a|"},
      {"HTTP/1.0", {Send("HTTP/1.0 200 OK\r\n\r\nabc"), Close()}, "200 OK|abc|"},
      {"no carriage returns", {Send("HTTP/1.1 200 OK\nContent-Length: 1\n\na")}, "200 OK|a|"},
      // Other than upstream.
      {"no colon",
       {Send("HTTP/1.1 200 OK\r\nfoo\r\n\r\n"), Close()},
       kBroken + std::string("malformed MIME header: missing colon")},
      {"a NUL",
       {Send(std::string("HTTP/1.1 200 OK\r\nA: f\0o\r\n\r\n", 26)), Close()},
       kBroken + std::string("malformed MIME header line")},
      {"length is no number",
       {Send("HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n"), Close()},
       kBroken + std::string("bad Content-Length")},
  };
  CheckRows(rows);
}

BOOST_AUTO_TEST_CASE(bodies) {
  const Row rows[] = {
      {"short", {Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"), Close()}, "200 OK|ab|unexpected EOF"},
      {"reset",
       {Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"), Pause(milliseconds(30)), Reset()},
       "200 OK|ab|read tcp US->THEM: read: connection reset by peer"},
      {"reset, no length",
       {Send("HTTP/1.1 200 OK\r\n\r\nab"), Pause(milliseconds(30)), Reset()},
       "200 OK|ab|read tcp US->THEM: read: connection reset by peer"},
      {"more than declared", {Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabcdef")}, "200 OK|a|"},
      {"none is allowed", {Send("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc")}, "204 No Content||"},
      {"no chunk length",
       {Send(std::string(kChunkedHead) + "zz\r\nab"), Close()},
       "200 OK||invalid byte in chunk length"},
      {"ends in a chunk", {Send(std::string(kChunkedHead) + "5\r\nab"), Close()}, "200 OK|ab|unexpected EOF"},
      {"no last chunk", {Send(std::string(kChunkedHead) + "2\r\nab\r\n"), Close()}, "200 OK|ab|unexpected EOF"},
      {"no line end after a chunk",
       {Send(std::string(kChunkedHead) + "2\r\nabcd"), Close()},
       "200 OK|ab|malformed chunked encoding"},
      {"chunk length of 17 digits",
       {Send(std::string(kChunkedHead) + "fffffffffffffffff\r\nabcd"), Close()},
       "200 OK||http chunk length too large"},
      {"trailers", {Send(std::string(kChunkedHead) + "2\r\nab\r\n0\r\nX-T: 1\r\n\r\n")}, "200 OK|ab|"},
      {"byte by byte",
       {Send("HTTP/1.1 200 OK\r\nContent-Le"), Pause(milliseconds(5)), Send("ngth: 3\r\n\r"), Pause(milliseconds(5)),
        Send("\na"), Pause(milliseconds(5)), Send("b"), Pause(milliseconds(5)), Send("c")},
       "200 OK|abc|"},
  };
  CheckRows(rows);
}

BOOST_AUTO_TEST_CASE(heads_without_end_are_cut_off) {
  const struct {
    const char* name;
    const char* begin;
    std::string again;
    int limit;  ///< libcurl's; upstream's is 10485760
  } rows[] = {{"headers", "HTTP/1.1 200 OK\r\n", "X-A: " + std::string(1000, 'b') + "\r\n", 307'200},
              {"one header", "HTTP/1.1 200 OK\r\nX-A: ", std::string(1000, 'b'), 102'400},
              {"a status line", "HTTP/1.1 200 ", std::string(1000, 'b'), 102'400},
              {"no HTTP", "", std::string(1000, 'b'), 102'400},
              {"interim responses", "", "HTTP/1.1 103 Early\r\nA: " + std::string(1000, 'b') + "\r\n\r\n", 307'200}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      HttpFixture fixture;
      fixture.server.Play({Send(row.begin), Send(row.again, 1'000'000)});
      Recorder recorder;
      fixture.Fetch(fixture.Request(), &recorder);
      BOOST_TEST(recorder.calls == "e");
      BOOST_TEST(recorder.last_error->message ==
                 fmt::format("{}net/http: server response headers exceeded {} bytes; aborted", kBroken, row.limit));
      // Of the gigabyte, what fits into our limit and the kernel's buffers.
      BOOST_TEST(fixture.server.bytes_sent() < 40'000'000U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_body_without_end_passes_through_and_destroying_the_exchange_ends_it) {
  class Counting final : public TransportObserver {
   public:
    void OnHead(const ResponseHead&) override {}
    void OnBody(std::string_view bytes) override {
      count += bytes.size();
      if (count > 30'000'000) exchange.reset();
    }
    void OnEnd(const std::optional<TransportError>&) override { BOOST_TEST(false); }
    std::uint64_t count = 0;
    std::unique_ptr<Exchange> exchange;
  } counting;
  HttpFixture fixture;
  fixture.server.Play({Send("HTTP/1.1 200 OK\r\n\r\n"), Send("m_a 1\n", 200'000'000)});
  counting.exchange = fixture.transport.Start(fixture.Request(), counting);
  fixture.RunUntil([&] { return counting.exchange == nullptr; });
  fixture.RunUntil([&] { return fixture.server.open_connections() == 0; });
  BOOST_TEST(counting.count < 31'000'000U);
}

BOOST_AUTO_TEST_CASE(addresses_where_nobody_listens) {
  const struct {
    const char* address;
    const char* begin;
    const char* end;
  } rows[] = {
      {"127.0.0.1:1", "dial tcp 127.0.0.1:1: connect: ", "connection refused"},
      {"localhost:1", "dial tcp ", ":1: connect: connection refused"},
      {"[::1]:1", "dial tcp [::1]:1: connect: ", ""},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.address) {
      HttpFixture fixture;
      HopRequest request = fixture.Request();
      request.address = row.address;
      Recorder recorder;
      fixture.Fetch(request, &recorder);
      BOOST_REQUIRE(recorder.calls == "e");
      const std::string& message = recorder.last_error->message;
      BOOST_TEST_CONTEXT(message) {
        BOOST_TEST((recorder.last_error->kind == TransportErrorKind::kRefused));
        BOOST_TEST(message.find(row.begin) == 0U);
        const std::string_view end = row.end;
        BOOST_TEST((message.size() >= end.size() && message.substr(message.size() - end.size()) == end));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(giving_up_while_a_name_is_looked_up) {
  HttpFixture fixture;
  fixture.server.Play({Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n")});
  for (int rounds = 0; rounds < 3; ++rounds) {
    HopRequest request = fixture.Request();
    request.address = "does-not-exist.invalid:80";
    Recorder given_up;
    given_up.exchange = fixture.transport.Start(request, given_up);
    // Not yet asked for, asked for, perhaps answered.
    for (int round = 0; round < rounds; ++round) fixture.loop.RunOnce(std::chrono::milliseconds(1));
    const bool is_over = !given_up.calls.empty();
    given_up.exchange.reset();
    Recorder next;
    fixture.Fetch(fixture.Request(), &next);
    BOOST_TEST(next.calls == "hbe");
    BOOST_TEST(given_up.calls == (is_over ? "e" : ""));
  }
}

BOOST_AUTO_TEST_CASE(without_descriptors_the_dial_says_so_and_later_ones_succeed) {
  HttpFixture fixture;
  // Each answer ends its connection; what libcurl needs beside sockets is made by the first request.
  fixture.server.Play(
      {Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nm 1\n"), testing::Close()});
  Recorder first, refused, last;
  fixture.Fetch(fixture.Request(), &first);
  BOOST_TEST(first.calls == "hbe");
  rlimit before{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  refused.exchange = fixture.transport.Start(fixture.Request(), refused);
  for (int i = 0; i < 100 && refused.calls.empty(); ++i) fixture.loop.RunOnce(std::chrono::milliseconds(100));
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  BOOST_REQUIRE(refused.calls == "e");
  BOOST_TEST(refused.last_error->message == "dial tcp " + fixture.server.address() + ": socket: too many open files");
  fixture.Fetch(fixture.Request(), &last);
  BOOST_TEST(last.calls == "hbe");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
