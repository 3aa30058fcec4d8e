// SPDX-License-Identifier: Apache-2.0
// HTTP-01, HTTP-02, HTTP-09, HTTP-15: what a request carries.
#include "core/http/request_headers.h"

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "core/http/hop_client.h"
#include "core/http/url.h"
#include "sim/bundle_files.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;

/// Names and values as sent, one a line; or the error.
std::string Sent(const HttpClientConfig& config, const Files& files, std::string_view url = "http://h:1/metrics",
                 const HopOrigin& origin = {}) {
  const Result<Url> parsed = Url::Parse(url);
  BOOST_REQUIRE(parsed.ok());
  HopRequest hop;
  const Status status = BuildHop(config, files, {{"Accept", "a"}, {"User-Agent", "p"}}, *parsed, origin, &hop);
  if (!status) return status.error().message;
  std::string text;
  for (const HttpHeader& header : hop.headers) text += header.name + ": " + header.value + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_headers)

BOOST_AUTO_TEST_CASE(HTTP_01_the_scrapes_own_headers) {
  ScrapeRequestOptions options;
  options.accept = "text/plain;q=0.2";
  options.accept_encoding = ContentCoding::kIdentity;
  options.timeout = milliseconds{1500};
  const Result<ScrapeRequest> request = NewScrapeRequest("http://h:/m?a=b", options);
  BOOST_REQUIRE(request.ok());
  BOOST_TEST(request->url.String() == "http://h/m?a=b");
  const std::vector<HttpHeader> want = {{"Accept", "text/plain;q=0.2"},
                                        {"Accept-Encoding", "identity"},
                                        {"User-Agent", "Prometheus/3.14.0"},
                                        {"X-Prometheus-Scrape-Timeout-Seconds", "1.5"}};
  BOOST_TEST((request->headers == want));
  BOOST_TEST(NewScrapeRequest("http://h:x/", options).error().message ==
             "parse \"http://h:x/\": invalid port \":x\" after host");
}

BOOST_AUTO_TEST_CASE(HTTP_02_timeout_text) {
  const struct {
    milliseconds timeout;
    const char* want;
  } rows[] = {{milliseconds{10'000}, "10"},
              {milliseconds{1500}, "1.5"},
              {milliseconds{100}, "0.1"},
              {milliseconds{1}, "0.001"},
              {milliseconds{0}, "0"},
              {milliseconds{86'400'001}, "86400.001"},
              {milliseconds{1'234'567'890'123}, "1234567890.123"}};
  for (const auto& row : rows) BOOST_TEST(TimeoutText(row.timeout) == row.want);
}

BOOST_AUTO_TEST_CASE(HTTP_15_credentials) {
  BundleFiles files({{"/c", " tok\n"}, {"/u", "user\n"}});
  HttpClientConfig basic;
  basic.basic_auth.emplace();
  basic.basic_auth->username = "u";
  basic.basic_auth->password = "p:w";
  BOOST_TEST(Sent(basic, files) == "User-Agent: p\nAccept: a\nAuthorization: Basic dTpwOnc=\n");
  basic.basic_auth->username.clear();
  basic.basic_auth->username_file = "/u";
  BOOST_TEST(Sent(basic, files) == "User-Agent: p\nAccept: a\nAuthorization: Basic dXNlcjpwOnc=\n");
  HttpClientConfig token;
  token.authorization.emplace();
  token.authorization->type = "Custom";
  token.authorization->credentials_file = "/c";
  BOOST_TEST(Sent(token, files) == "User-Agent: p\nAccept: a\nAuthorization: Custom tok\n");
  // Read again for each request.
  files.Set("/c", "new");
  BOOST_TEST(Sent(token, files) == "User-Agent: p\nAccept: a\nAuthorization: Custom new\n");
  BOOST_TEST(ReadsFiles(token));
  // A user in the URL comes first.
  BOOST_TEST(Sent(token, files, "http://a:b@h/") == "User-Agent: p\nAccept: a\nAuthorization: Basic YTpi\n");
}

BOOST_AUTO_TEST_CASE(HTTP_15_what_a_job_says_of_connections) {
  BundleFiles files;
  files.Set("/ca", "CA 1\n");
  const auto client_of = [&](const HttpClientConfig& config) {
    HopRequest hop;
    const Status built = BuildHop(config, files, {}, *Url::Parse("https://h/"), {}, &hop);
    BOOST_REQUIRE(built.ok());
    return hop.client;
  };
  HttpClientConfig config;
  BOOST_TEST((client_of(config) == nullptr));
  config.tls_config.ca_file = "/ca";
  config.tls_config.server_name = "name";
  config.proxy.proxy_url = "http://p:1";
  HopClient want;
  want.tls.ca = "CA 1";
  want.tls.server_name = "name";
  want.proxy = config.proxy;
  BOOST_TEST((*client_of(config) == want));
  // Read again for each request.
  files.Set("/ca", "CA 2");
  want.tls.ca = "CA 2";
  BOOST_TEST((*client_of(config) == want));
  HttpClientConfig only_http1;
  only_http1.enable_http2 = false;
  BOOST_TEST(!client_of(only_http1)->enable_http2);
}

BOOST_AUTO_TEST_CASE(HTTP_15_unreadable_files) {
  const BundleFiles files;
  HttpClientConfig config;
  config.authorization.emplace();
  config.authorization->credentials_file = "/no";
  BOOST_TEST(Sent(config, files) ==
             "unable to read authorization credentials: unable to read file /no: open /no: no such file or directory");
  config.basic_auth.emplace();
  config.basic_auth->password_file = "/pw";
  BOOST_TEST(Sent(config, files) ==
             "unable to read basic auth password: unable to read file /pw: open /pw: no such file or directory");
  config.basic_auth->username_file = "/un";
  BOOST_TEST(Sent(config, files) ==
             "unable to read basic auth username: unable to read file /un: open /un: no such file or directory");
  config.http_headers.emplace();
  (*config.http_headers)["X-A"].files = {"/h"};
  BOOST_TEST(Sent(config, files) == "unable to read headers file /h: open /h: no such file or directory");
  config.tls_config.ca_file = "/ca";
  BOOST_TEST(Sent(config, files) ==
             "unable to read CA cert: unable to read file /ca: open /ca: no such file or directory");
  BOOST_TEST(CheckHttpClient(config, files).error().message ==
             "error creating HTTP client: unable to read CA cert: unable to read file /ca: open /ca: no such file or "
             "directory");
}

BOOST_AUTO_TEST_CASE(HTTP_15_secret_references_need_a_manager) {
  HttpClientConfig config;
  config.authorization.emplace();
  config.authorization->credentials_ref = "r";
  BOOST_TEST(CheckHttpClient(config, BundleFiles()).error().message ==
             "error creating HTTP client: unable to use credentials: cannot use secret ref without manager");
  BOOST_TEST(CheckHttpClient(HttpClientConfig(), BundleFiles()).ok());
}

BOOST_AUTO_TEST_CASE(HTTP_15_own_headers) {
  const BundleFiles files(std::map<std::string, std::string>{{"/h", "filed\n"}});
  HttpClientConfig config;
  config.http_headers.emplace();
  (*config.http_headers)["x-team"].values = {"blue", "green"};
  (*config.http_headers)["x-team"].secrets = {"red"};
  (*config.http_headers)["x-team"].files = {"/h"};
  (*config.http_headers)["accept"].values = {" b "};
  (*config.http_headers)["Trailer"].values = {"dropped"};
  BOOST_TEST(Sent(config, files) ==
             "User-Agent: p\nAccept: a\nAccept: b\nX-Team: blue\nX-Team: green\nX-Team: red\nX-Team: filed\n");
  (*config.http_headers)["x y"].values = {"1"};
  BOOST_TEST(Sent(config, files) == "net/http: invalid header field name \"x y\"");
  config.http_headers->erase("x y");
  (*config.http_headers)["X-Bad"].values = {"a\nb"};
  BOOST_TEST(Sent(config, files) == "net/http: invalid header field value for \"X-Bad\"");
}

BOOST_AUTO_TEST_CASE(HTTP_09_another_host_gets_no_credentials) {
  const BundleFiles files;
  HttpClientConfig config;
  config.authorization.emplace();
  config.authorization->type = "Bearer";
  config.authorization->credentials = "t";
  config.http_headers.emplace();
  (*config.http_headers)["cookie"].values = {"c"};
  (*config.http_headers)["x-a"].values = {"1"};
  HopOrigin origin;
  origin.referer = "http://before/";
  BOOST_TEST(Sent(config, files, "http://h/", origin) ==
             "User-Agent: p\nAccept: a\nAuthorization: Bearer t\nCookie: c\nReferer: http://before/\nX-A: 1\n");
  origin.crossed_hosts = true;
  BOOST_TEST(Sent(config, files, "http://u:p@h/", origin) ==
             "User-Agent: p\nAccept: a\nReferer: http://before/\nX-A: 1\n");
}

BOOST_AUTO_TEST_CASE(HTTP_09_domains) {
  const struct {
    const char* host;
    const char* parent;
    bool want;
  } rows[] = {{"a.example", "a.example", true},       {"A.Example", "a.eXample", true},
              {"b.a.example", "a.example", true},     {"a.example", "b.a.example", false},
              {"ba.example", "a.example", false},     {"a", "", false},
              {"::1%.a.example", "a.example", false}, {"example", "a.example", false}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.host << " below " << row.parent) {
      BOOST_TEST(IsDomainOrSubdomain(row.host, row.parent) == row.want);
    }
  }
}

BOOST_AUTO_TEST_CASE(HTTP_09_referer) {
  const auto referer = [](std::string_view last, std::string_view next) {
    return RefererFor(*Url::Parse(last), *Url::Parse(next));
  };
  BOOST_TEST(referer("http://u:p@h/a?b", "http://x/") == "http://h/a?b");
  BOOST_TEST(referer("https://h/", "http://x/") == "");
  BOOST_TEST(referer("https://h/", "https://x/") == "https://h/");
  BOOST_TEST(referer("http://h/", "https://x/") == "http://h/");
}

BOOST_AUTO_TEST_CASE(requests_that_cannot_be_sent) {
  const BundleFiles files;
  BOOST_TEST(Sent({}, files, "ftp://h/") == "unsupported protocol scheme \"ftp\"");
  BOOST_TEST(Sent({}, files, "http:///x") == "http: no Host in request URL");
}

BOOST_AUTO_TEST_CASE(host_header) {
  const BundleFiles files;
  const auto host = [&](std::string_view url) {
    HopRequest hop;
    BOOST_TEST(BuildHop({}, files, {}, *Url::Parse(url), {}, &hop).ok());
    return hop.host;
  };
  BOOST_TEST(host("http://bare/m") == "bare");
  BOOST_TEST(host("http://[fe80::1%25eth0]:90/") == "[fe80::1]:90");
  BOOST_TEST(host("http://a\"b/") == "");
}

BOOST_AUTO_TEST_CASE(HTTP_15_oauth2_goes_to_the_transport_with_its_secret_and_not_to_other_hosts) {
  HttpClientConfig config;
  config.oauth2.emplace();
  config.oauth2->token_url = "http://t/token";
  config.oauth2->client_secret_file = "there";
  BundleFiles files;
  files.Set("there", " hush\n");
  HopRequest hop;
  BOOST_TEST(BuildHop(config, files, {}, *Url::Parse("http://h/m"), {}, &hop).ok());
  BOOST_REQUIRE(hop.client != nullptr);
  BOOST_TEST(hop.client->oauth2->client_secret == "hush");
  BOOST_TEST(hop.client->oauth2->client_secret_file == "");
  BOOST_TEST(BuildHop(config, files, {}, *Url::Parse("http://h/m"), {"", true}, &hop).ok());
  BOOST_TEST((hop.client == nullptr));
  config.oauth2->client_secret_file = "secret";
  BOOST_TEST(Sent(config, files) ==
             "unable to read oauth2 client secret: unable to read file secret: open secret: no such file or directory");
  BOOST_TEST(ReadsFiles(config));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
