// SPDX-License-Identifier: Apache-2.0
// HTTP-15, below the hop: what tls_config, enable_http2 and the proxy settings do to a connection. Errors are those of
// Go's crypto/tls on the same servers.
#include <memory>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include "core/http/hop_client.h"
#include "tests/live/http/http_fixture.h"
#include "tests/live/http/tls_server.h"

namespace stalemark {
namespace {

using testing::Certificate;
using testing::HttpFixture;
using testing::MakeCertificate;
using testing::TlsRequest;
using testing::TlsServer;
using testing::transport_suite::Recorder;

constexpr const char* kNotVerified = "tls: failed to verify certificate: x509: ";

/// One authority, and what it has signed.
struct Certificates {
  Certificate authority = MakeCertificate({"authority"});
  Certificate server = MakeCertificate({"server", "DNS:example.com, DNS:*.example.com, IP:127.0.0.1", &authority});
  Certificate only_name = MakeCertificate({"server", "DNS:example.com", &authority});
  Certificate nameless = MakeCertificate({"server", "", &authority});
  Certificate expired = MakeCertificate({"server", "IP:127.0.0.1", &authority, -60});
  Certificate client = MakeCertificate({"client", "", &authority});
  Certificate other_authority = MakeCertificate({"other"});
  Certificate other_client = MakeCertificate({"stranger", "", &other_authority});
};

const Certificates& Made() {
  static const Certificates certificates;
  return certificates;
}

HopClient Trusting(const Certificate& authority) {
  HopClient client;
  client.tls.ca = authority.cert;
  return client;
}

/// The error of one request; empty: none.
std::string Fetch(HttpFixture& fixture, const std::string& address, const HopClient& client,
                  const std::string& scheme = "https") {
  HopRequest request = fixture.Request();
  request.scheme = scheme;
  request.address = address;
  request.client = std::make_shared<const HopClient>(client);
  Recorder recorder;
  fixture.Fetch(request, &recorder);
  if (recorder.last_error) return recorder.last_error->message;
  BOOST_TEST(recorder.last_head.status_text == "200 OK");
  BOOST_TEST(recorder.body == "m 1\n");
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_AUTO_TEST_CASE(HTTP_15_certificates_of_servers) {
  const Certificates& made = Made();
  const auto with = [&](auto change) {
    HopClient client = Trusting(made.authority);
    change(client.tls);
    return client;
  };
  const HopClient trusting = Trusting(made.authority);
  const struct {
    const char* name;
    const Certificate& certificate;
    HopClient client;
    std::string want;
  } rows[] = {
      {"trusted", made.server, trusting, ""},
      {"unknown authority", made.server, Trusting(made.other_authority), "certificate signed by unknown authority"},
      {"authorities of the system", made.server, HopClient{}, "certificate signed by unknown authority"},
      {"not verified", made.expired, with([](TlsConfig& tls) { tls.ca.clear(), tls.insecure_skip_verify = true; }), ""},
      {"server_name", made.only_name, with([](TlsConfig& tls) { tls.server_name = "example.com"; }), ""},
      {"no address", made.only_name, trusting,
       "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs"},
      {"no names", made.nameless, with([](TlsConfig& tls) { tls.server_name = "other.test"; }),
       "certificate is not valid for any names, but wanted to match other.test"},
      {"another name", made.server, with([](TlsConfig& tls) { tls.server_name = "other.test"; }),
       "certificate is valid for example.com, *.example.com, not other.test"},
      {"another address", made.server, with([](TlsConfig& tls) { tls.server_name = "10.1.2.3"; }),
       "certificate is valid for 127.0.0.1, not 10.1.2.3"},
      {"expired", made.expired, trusting, "certificate has expired or is not yet valid"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      TlsServer server({row.certificate});
      HttpFixture fixture;
      BOOST_TEST(Fetch(fixture, server.address(), row.client) == (row.want.empty() ? "" : kNotVerified + row.want));
      if (row.want.empty()) BOOST_TEST(server.requests().at(0).server_name == row.client.tls.server_name);
    }
  }
}

BOOST_AUTO_TEST_CASE(HTTP_15_certificates_of_clients) {
  const Certificates& made = Made();
  HopClient shown = Trusting(made.authority), stranger = shown;
  shown.tls.cert = made.client.cert;
  shown.tls.key = made.client.key;
  stranger.tls.cert = made.other_client.cert;
  stranger.tls.key = made.other_client.key;
  const struct {
    int max_version;
    const HopClient& client;
    const char* want;
  } rows[] = {{0, shown, ""},
              {TLS1_2_VERSION, shown, ""},
              {0, Trusting(made.authority), "remote error: tls: certificate required"},
              {TLS1_2_VERSION, Trusting(made.authority), "remote error: tls: handshake failure"},
              {0, stranger, "remote error: tls: unknown certificate authority"}};
  for (const auto& row : rows) {
    TlsServer server({made.server, made.authority.cert, 0, row.max_version});
    HttpFixture fixture;
    BOOST_TEST(Fetch(fixture, server.address(), row.client) == row.want);
    if (*row.want == '\0') BOOST_TEST(server.requests().at(0).client_name == "client");
  }
}

BOOST_AUTO_TEST_CASE(HTTP_15_versions) {
  const Certificates& made = Made();
  const struct {
    int server_min, server_max;
    const char* min_version;
    const char* max_version;
    const char* want;
    const char* protocol;
  } rows[] = {{0, 0, "", "", "", "TLSv1.3"},
              {0, 0, "", "TLS12", "", "TLSv1.2"},
              {0, TLS1_2_VERSION, "", "", "", "TLSv1.2"},
              {0, TLS1_2_VERSION, "TLS13", "", "remote error: tls: protocol version not supported", ""},
              {TLS1_3_VERSION, 0, "TLS10", "TLS12", "remote error: tls: protocol version not supported", ""}};
  for (const auto& row : rows) {
    TlsServer server({made.server, {}, row.server_min, row.server_max});
    HttpFixture fixture;
    HopClient client = Trusting(made.authority);
    client.tls.min_version = row.min_version;
    client.tls.max_version = row.max_version;
    BOOST_TEST(Fetch(fixture, server.address(), client) == row.want);
    if (*row.want == '\0') BOOST_TEST(server.requests().at(0).protocol == row.protocol);
  }
}

BOOST_AUTO_TEST_CASE(HTTP_14_http2_is_negotiated_unless_the_job_says_no) {
  const Certificates& made = Made();
  for (const bool enabled : {true, false}) {
    TlsServer server({made.server, {}, 0, 0, true});
    HttpFixture fixture;
    HopClient client = Trusting(made.authority);
    client.enable_http2 = enabled;
    for (int i = 0; i < 3; ++i) BOOST_TEST(Fetch(fixture, server.address(), client) == "");
    BOOST_TEST(server.connections() == 1);
    BOOST_TEST(server.requests().size() == 3U);
    BOOST_TEST((server.requests().at(0).head == "h2") == enabled);
  }
}

// Texts of x/net/http2 0.57 on the same frames, but for the rows that say how ours differs.
BOOST_AUTO_TEST_CASE(HTTP_14_http2_streams_and_connections_that_break) {
  constexpr int kData = 0, kHeaders = 1, kReset = 3, kGoAway = 7, kEndStream = 1, kEndHeaders = 4;
  const auto frame = [](int type, int flags, const std::string& payload) {
    return testing::Http2Frame(type, flags, type == kGoAway ? 0 : 1, payload);
  };
  const auto code = [](int number) { return std::string(3, '\0') + static_cast<char>(number); };
  const std::string head = frame(kHeaders, kEndHeaders, "\x88");
  const std::string head_of_10 =
      frame(kHeaders, kEndHeaders, std::string("\x88\x00\x0e", 3) + "content-length" + "\x02" + "10");
  const std::string part = frame(kData, 0, "m 1\n");
  const std::string stream_error = "stream error: stream ID 1; ";
  const struct {
    const char* name;
    bool ends;
    std::string frames;
    std::string want;
  } rows[] = {
      {"reset, no error", false, frame(kReset, 0, code(0)), stream_error + "NO_ERROR; received from peer"},
      {"reset", false, frame(kReset, 0, code(2)), stream_error + "INTERNAL_ERROR; received from peer"},
      {"reset, calm", false, frame(kReset, 0, code(11)), stream_error + "ENHANCE_YOUR_CALM; received from peer"},
      {"reset, unknown", false, frame(kReset, 0, code(14)),
       stream_error + "unknown error code 0xe; received from peer"},
      {"reset after the head", false, head + frame(kReset, 0, code(2)),
       stream_error + "INTERNAL_ERROR; received from peer"},
      {"reset in the body", false, head_of_10 + part + frame(kReset, 0, code(8)),
       stream_error + "CANCEL; received from peer"},
      {"closed", true, "", "unexpected EOF"},
      {"closed in a frame", true, head.substr(0, 5), "unexpected EOF"},
      {"closed after the head", true, head, "unexpected EOF"},
      {"closed in the body", true, head_of_10 + part, "unexpected EOF"},
      {"closed in a body without length", true, head + part, "unexpected EOF"},
      // Other than upstream: it adds why, or quotes what is wrong.
      {"no status", false, frame(kHeaders, kEndHeaders | kEndStream, std::string("\x00\x03x-a\x01", 6) + "b"),
       stream_error + "PROTOCOL_ERROR; received from peer"},
      {"less than declared", false, head_of_10 + frame(kData, kEndStream, "m 1\n"),
       stream_error + "PROTOCOL_ERROR; received from peer"},
      {"goes away", true, frame(kGoAway, 0, code(1) + code(2)), "unexpected EOF"},
      {"goes away, not for this one", true, frame(kGoAway, 0, code(0) + code(2)),
       "http2: Error in the HTTP2 framing layer"},
      {"HTTP/1", false, "HTTP/1.1 400 Bad Request\r\n\r\n", "EOF"},
      // libcurl 7.88 takes what has come for all, where no length says otherwise.
      {"a frame that is too large", false, head + part + frame(kData, kEndStream, std::string(20'000, 'x')), ""},
      {"a frame that is too large, of a body with a length", false,
       head_of_10 + part + frame(kData, kEndStream, std::string(20'000, 'x')), "unexpected EOF"},
      {"headers that cannot be unpacked", false, frame(kHeaders, kEndHeaders, std::string(6, '\xff')), "EOF"},
  };
  const Certificates& made = Made();
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      testing::TlsServerOptions options{made.server};
      options.http2 = true;
      options.http2_frames = row.frames;
      options.http2_ends = row.ends;
      TlsServer server(options);
      HttpFixture fixture;
      BOOST_TEST(Fetch(fixture, server.address(), Trusting(made.authority)) == row.want);
      BOOST_TEST(server.requests().at(0).head == "h2");
    }
  }
}

BOOST_AUTO_TEST_CASE(clients_share_no_connection) {
  const Certificates& made = Made();
  TlsServer server({made.server});
  HttpFixture fixture;
  BOOST_TEST(Fetch(fixture, server.address(), Trusting(made.authority)) == "");
  // The connection that is open was verified by another authority.
  BOOST_TEST(Fetch(fixture, server.address(), Trusting(made.other_authority)) ==
             kNotVerified + std::string("certificate signed by unknown authority"));
}

BOOST_AUTO_TEST_CASE(HTTP_14_an_idle_connection_on_which_something_was_said_is_not_used_again) {
  const Certificates& made = Made();
  testing::TlsServerOptions options{made.server};
  options.unasked = "m 2\n";
  TlsServer server(options);
  HttpFixture fixture;
  for (int i = 1; i <= 5; ++i) {
    BOOST_TEST(Fetch(fixture, server.address(), Trusting(made.authority)) == "");
    fixture.RunUntil([&] { return server.unasked_delivered() == i; });
  }
  BOOST_TEST(server.connections() == 5);
}

BOOST_AUTO_TEST_CASE(peers_that_break_the_handshake) {
  const struct {
    const char* name;
    testing::ServerScript script;
    const char* want;
  } rows[] = {{"no TLS",
               {testing::Send("HTTP/1.1 400 Bad\r\n\r\n"), testing::Close()},
               "tls: first record does not look like a TLS handshake"},
              {"closed", {testing::Close()}, "EOF"}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      HttpFixture fixture;
      fixture.server.PlayOnConnect(row.script);
      BOOST_TEST(Fetch(fixture, fixture.server.address(), HopClient{}) == row.want);
    }
  }
}

BOOST_AUTO_TEST_CASE(HTTP_15_a_proxy_is_told_the_whole_url) {
  HttpFixture fixture;
  fixture.server.Play({testing::Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n")});
  HopClient client;
  client.proxy.proxy_url = "http://user:secret@" + fixture.server.address();
  client.proxy.proxy_connect_header = {{"X-Only-Connect", {"1"}}};
  BOOST_TEST(Fetch(fixture, "10.9.8.7:9100", client, "http") == "");
  BOOST_TEST(
      fixture.server.requests().at(0) ==
      "GET http://example.com/metrics HTTP/1.1\r\nHost: example.com\r\n"
      "Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\nUser-Agent: Prometheus/3.14.0\r\nAccept: text/plain\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(HTTP_15_a_proxy_is_asked_to_connect) {
  HttpFixture fixture;
  fixture.server.Play({testing::Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")});
  HopClient client;
  client.proxy.proxy_url = "http://" + fixture.server.address();
  client.proxy.proxy_connect_header = {{"X-Team", {"a", "b"}}};
  BOOST_TEST(Fetch(fixture, "example.test:9443", client) == "Forbidden");
  BOOST_TEST(fixture.server.requests().at(0) ==
             "CONNECT example.test:9443 HTTP/1.1\r\nHost: example.test:9443\r\n"
             "X-Team: a\r\nX-Team: b\r\nUser-Agent: Go-http-client/1.1\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(HTTP_15_proxies_that_cannot_be_reached) {
  const struct {
    const char* proxy;
    const char* begin;
  } rows[] = {{"http://127.0.0.1:1", "proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused"},
              {"http://does-not-exist.invalid:1", "proxyconnect tcp: dial tcp: lookup does-not-exist.invalid on "}};
  for (const auto& row : rows) {
    HttpFixture fixture;
    HopClient client;
    client.proxy.proxy_url = row.proxy;
    const std::string error = Fetch(fixture, "10.9.8.7:9100", client, "http");
    BOOST_TEST_CONTEXT(error) {
      BOOST_TEST(error.find(row.begin) == 0U);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
