// SPDX-License-Identifier: Apache-2.0
// HTTP-08 ... HTTP-13, LOOP-31, LOOP-32, LOOP-37: one fetch, its outcome and how long it takes.
#include "core/http/target_scraper.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/http/fetch_fixture.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using testing::Fetched;
using testing::FetchFixture;

constexpr const char* kUrl = "http://a:1/metrics";

std::string UrlError(const std::string& url, const std::string& cause) {
  return "Get \"" + url + "\": " + cause;
}

ResponseScript Body(std::string body) {
  ResponseScript script;
  script.headers = {{"Content-Type", "text/plain"}};
  script.body = std::move(body);
  return script;
}
ResponseScript Answer(int status, std::string body) {
  ResponseScript script = Body(std::move(body));
  script.status = status;
  return script;
}
ResponseScript Redirect(const std::string& location, std::string body = "moved\n") {
  ResponseScript script = Answer(302, std::move(body));
  script.headers = {{"Location", location}};
  return script;
}
ResponseScript Fault(SimFault fault, ResponseScript script = {}, std::uint64_t after = 0) {
  script.fault = fault;
  script.after = after;
  return script;
}
ResponseScript Delayed(int head_ms, int body_ms, ResponseScript script) {
  script.delay = milliseconds{head_ms};
  script.body_delay = milliseconds{body_ms};
  return script;
}
ResponseScript Chunked(ResponseScript script) {
  script.chunked = true;
  return script;
}
ResponseScript Packed(ResponseScript script) {
  script.gzip = true;
  return script;
}
ResponseScript Encoded(std::string bytes, const char* coding = "gzip") {
  ResponseScript script = Body(std::move(bytes));
  script.headers.push_back({"Content-Encoding", coding});
  return script;
}

struct Row {
  const char* name;
  ResponseScript script;
  FetchErrorKind kind;
  std::string want;  ///< error text, or the body of a success
  int took_ms;
};

void Check(FetchFixture& fixture, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      fixture.Exporter("a:1", {row.script});
      const Fetched fetched = fixture.Fetch();
      BOOST_TEST((fetched.kind == row.kind));
      BOOST_TEST((row.kind == FetchErrorKind::kNone ? fetched.body : fetched.error) == row.want);
      BOOST_TEST(fetched.took.count() == row.took_ms);
      BOOST_TEST(!fixture.done_in_start);
    }
  }
  BOOST_TEST(fixture.tail_is_zero);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(target_scraper, FetchFixture)

BOOST_AUTO_TEST_CASE(HTTP_08_only_200_is_a_success) {
  const std::string prefix = "server returned HTTP status ";
  Check(*this,
        {{"200", Body("m 1\n"), FetchErrorKind::kNone, "m 1\n", 0},
         {"201", Answer(201, "x"), FetchErrorKind::kHttpStatus, prefix + "201 Created", 0},
         {"204", Delayed(0, 1500, Answer(204, "")), FetchErrorKind::kHttpStatus, prefix + "204 No Content", 0},
         {"304 is no redirect", Delayed(300, 1100, Answer(304, "x")), FetchErrorKind::kHttpStatus,
          prefix + "304 Not Modified", 300},
         {"3xx without Location", Answer(301, "x"), FetchErrorKind::kHttpStatus, prefix + "301 Moved Permanently", 0}});
}

BOOST_AUTO_TEST_CASE(HTTP_10_errors_before_the_head) {
  const std::string refused = UrlError(kUrl, "dial tcp a:1: connect: connection refused");
  const std::string timeout = UrlError(kUrl, "context deadline exceeded");
  Check(*this,
        {{"refused", Fault(SimFault::kRefuse), FetchErrorKind::kTransport, refused, 0},
         {"refused late", Delayed(3999, 0, Fault(SimFault::kRefuse)), FetchErrorKind::kTransport, refused, 3999},
         {"refused too late", Delayed(4001, 0, Fault(SimFault::kRefuse)), FetchErrorKind::kTimeout, timeout, 4000},
         {"no connection", Fault(SimFault::kDialTimeout), FetchErrorKind::kTimeout, timeout, 4000},
         {"reset", Fault(SimFault::kResetBeforeHead), FetchErrorKind::kTransport, UrlError(kUrl, "EOF"), 0},
         {"hang", Fault(SimFault::kHang), FetchErrorKind::kTimeout, timeout, 4000},
         {"head in time", Delayed(3999, 0, Body("m 1\n")), FetchErrorKind::kNone, "m 1\n", 3999},
         {"head at the deadline", Delayed(4000, 0, Body("m 1\n")), FetchErrorKind::kTimeout, timeout, 4000}});
}

BOOST_AUTO_TEST_CASE(HTTP_10_errors_in_the_body) {
  const ResponseScript body = Body("m_a 1\nm_b 2\n");
  const auto timeout = FetchErrorKind::kTimeout;
  const auto transport = FetchErrorKind::kTransport;
  const std::string deadline = "context deadline exceeded";
  Check(
      *this,
      {{"cut", Fault(SimFault::kTruncate, body, 6), transport, "unexpected EOF", 0},
       {"cut chunk", Fault(SimFault::kTruncate, Chunked(body), 8), transport, "unexpected EOF", 0},
       {"only the last chunk cut off", Fault(SimFault::kTruncate, Chunked(body), 1000), transport, "unexpected EOF", 0},
       {"cut behind the end", Fault(SimFault::kTruncate, body, 1000), FetchErrorKind::kNone, body.body, 0},
       {"stalls", Fault(SimFault::kHangBody, body, 8), timeout, deadline, 4000},
       {"stalls before the last chunk", Fault(SimFault::kHangBody, Chunked(body), 1000), timeout, deadline, 4000},
       {"stalls behind the end", Fault(SimFault::kHangBody, body, 1000), FetchErrorKind::kNone, body.body, 0},
       {"late", Delayed(1000, 2999, body), FetchErrorKind::kNone, body.body, 3999},
       {"too late", Delayed(1000, 3000, body), timeout, deadline, 4000}});
}

BOOST_AUTO_TEST_CASE(LOOP_37_empty_bodies) {
  Check(*this, {{"declared", Delayed(0, 2000, Body("")), FetchErrorKind::kNone, "", 0},
                {"declared, stalling", Fault(SimFault::kHangBody, Body("")), FetchErrorKind::kNone, "", 0},
                {"chunked", Chunked(Delayed(0, 2000, Body(""))), FetchErrorKind::kNone, "", 2000},
                {"chunked, stalling", Fault(SimFault::kHangBody, Chunked(Body(""))), FetchErrorKind::kTimeout,
                 "context deadline exceeded", 4000},
                {"chunked, cut", Fault(SimFault::kTruncate, Chunked(Body(""))), FetchErrorKind::kTransport,
                 "unexpected EOF", 0}});
}

BOOST_AUTO_TEST_CASE(HTTP_13_the_rest_of_the_body_is_drained) {
  const ResponseScript body = Answer(503, "nothing to see\n");
  const std::string want = "server returned HTTP status 503 Service Unavailable";
  const auto kind = FetchErrorKind::kHttpStatus;
  Check(*this, {{"slow", Delayed(900, 800, body), kind, want, 1700},
                {"too slow", Delayed(0, 4600, body), kind, want, 4000},
                {"stalls", Fault(SimFault::kHangBody, body, 5), kind, want, 4000},
                {"cut", Fault(SimFault::kTruncate, body, 5), kind, want, 0}});
}

BOOST_AUTO_TEST_CASE(HTTP_11_gzip) {
  const ResponseScript body = Body("m_a 1\nm_b 2\n");
  const std::string packed = Gzip(body.body);
  std::string bad_checksum = packed;
  bad_checksum[packed.size() - 6] ^= 1;
  const auto other = FetchErrorKind::kOther;
  const auto none = FetchErrorKind::kNone;
  const auto transport = FetchErrorKind::kTransport;
  Check(*this, {{"asked for", Packed(body), none, body.body, 0},
                {"chunked and late", Packed(Chunked(Delayed(0, 900, body))), none, body.body, 900},
                {"two members", Encoded(packed + packed), none, body.body + body.body, 0},
                {"plain text", Encoded("m_a 1\nm_b 2\n"), other, "gzip: invalid header", 0},
                {"short plain text", Encoded("m_a 1\n"), transport, "unexpected EOF", 0},
                {"nothing", Encoded(""), transport, "EOF", 0},
                {"checksum", Encoded(bad_checksum), other, "gzip: invalid checksum", 0},
                {"cut", Fault(SimFault::kTruncate, Encoded(packed), 15), transport, "unexpected EOF", 0},
                {"whole member, no last chunk", Fault(SimFault::kHangBody, Chunked(Packed(body)), 1000),
                 FetchErrorKind::kTimeout, "context deadline exceeded", 4000},
                {"other coding", Encoded("m 1\n", "deflate"), none, "m 1\n", 0},
                {"other spelling", Encoded("m 1\n", "GZIP"), none, "m 1\n", 0}});
}

BOOST_AUTO_TEST_CASE(HTTP_12_body_size_limit) {
  options.body_size_limit = 256;
  const std::string want = "body size limit exceeded";
  const ResponseScript big = Body(std::string(300, '#'));
  const auto limit = FetchErrorKind::kBodyLimit;
  Check(
      *this,
      {{"just below", Body(std::string(255, '#')), FetchErrorKind::kNone, std::string(255, '#'), 0},
       {"equal", Body(std::string(256, '#')), limit, want, 0},
       {"equal, compressed", Packed(Body(std::string(256, '#'))), limit, want, 0},
       {"late", Delayed(0, 1200, big), limit, want, 1200},
       {"stalls behind the limit", Fault(SimFault::kHangBody, big, 256), limit, want, 4000},
       {"stalls before the limit", Fault(SimFault::kHangBody, big, 255), FetchErrorKind::kTimeout,
        "context deadline exceeded", 4000},
       {"cut behind the limit", Fault(SimFault::kTruncate, big, 270), limit, want, 0},
       {"cut before the limit", Fault(SimFault::kTruncate, big, 200), FetchErrorKind::kTransport, "unexpected EOF", 0},
       {"compressed, no last chunk", Fault(SimFault::kHangBody, Packed(Chunked(big)), 1000), limit, want, 4000},
       {"another status comes first", Answer(500, std::string(300, '#')), FetchErrorKind::kHttpStatus,
        "server returned HTTP status 500 Internal Server Error", 0}});
}

BOOST_AUTO_TEST_CASE(HTTP_12_the_limit_is_told_when_it_is_reached) {
  options.body_size_limit = 256;
  const ResponseScript big = Body(std::string(300, '#'));
  Exporter("a:1", {Fault(SimFault::kHangBody, Delayed(0, 1200, big), 270), Fault(SimFault::kHangBody, big, 255),
                   Packed(Delayed(0, 700, big))});
  BOOST_TEST(Fetch().took.count() == 4000);
  BOOST_TEST(limit_after.count() == 1200);
  limit_after = std::chrono::milliseconds{-1};
  BOOST_TEST(FetchAgain().took.count() == 4000);
  BOOST_TEST(limit_after.count() == -1);  // stalls before it
  BOOST_TEST(FetchAgain().took.count() == 700);
  BOOST_TEST(limit_after.count() == 700);
}

BOOST_AUTO_TEST_CASE(max_body_is_a_limit_of_our_own) {
  options.max_body_bytes = 100;
  const std::string want = "body is larger than max_body (100 bytes)";
  Check(*this, {{"equal", Body(std::string(100, '#')), FetchErrorKind::kNone, std::string(100, '#'), 0},
                {"larger", Body(std::string(101, '#')), FetchErrorKind::kOther, want, 0},
                {"larger, stalling", Fault(SimFault::kHangBody, Body(std::string(200, '#')), 150),
                 FetchErrorKind::kOther, want, 4000},
                {"larger, compressed", Packed(Body(std::string(101, '#'))), FetchErrorKind::kOther, want, 0}});
}

BOOST_AUTO_TEST_CASE(HTTP_09_redirects_are_followed) {
  Exporter("a:1", {Redirect("http://b:2/x?y=1"), Body("m 1\n")});
  Exporter("b:2", {Delayed(100, 0, Redirect("//a:1/z")), Body("unused\n")});
  const Fetched fetched = Fetch();
  BOOST_TEST(fetched.body == "m 1\n");
  BOOST_TEST(fetched.content_type == "text/plain");
  BOOST_TEST(fetched.took.count() == 100);
  BOOST_TEST(requests ==
             "0ms http://a:1/metrics\n0ms http://b:2/x?y=1 from http://a:1/metrics\n100ms http://a:1/z from "
             "http://b:2/x?y=1\n");
  BOOST_TEST(events ==
             "1 GET http://a:1/metrics\n1 302 Found\n1 -> http://b:2/x?y=1\n2 GET http://b:2/x?y=1\n2 302 Found\n"
             "2 -> http://a:1/z\n3 GET http://a:1/z\n3 200 OK\n3 body 4\n");
}

BOOST_AUTO_TEST_CASE(HTTP_09_ten_requests_at_most) {
  Exporter("a:1", {Redirect("/again")});
  const Fetched fetched = Fetch();
  BOOST_TEST(fetched.error == "Get \"/again\": stopped after 10 redirects");
  BOOST_TEST((fetched.kind == FetchErrorKind::kTransport));
  BOOST_TEST(std::count(requests.begin(), requests.end(), '\n') == 10);
}

BOOST_AUTO_TEST_CASE(HTTP_09_the_redirects_body_is_waited_for) {
  const auto moved = [](std::size_t size) { return Redirect("http://b:2/n", std::string(size, '.')); };
  const std::string unsent = UrlError("http://b:2/n", "context deadline exceeded");
  const auto none = FetchErrorKind::kNone;
  Exporter("b:2", {Delayed(100, 0, Body("m 1\n"))});
  Check(*this,
        {{"late", Delayed(0, 700, moved(6)), none, "m 1\n", 800},
         {"small, stalls", Fault(SimFault::kHangBody, moved(6), 2), FetchErrorKind::kTimeout, unsent, 4000},
         {"large, stalls", Fault(SimFault::kHangBody, moved(3000), 10), none, "m 1\n", 100},
         {"2048 bytes declared, stalls", Fault(SimFault::kHangBody, moved(2048), 10), FetchErrorKind::kTimeout, unsent,
          4000},
         {"2100 bytes in chunks, stalls", Fault(SimFault::kHangBody, Chunked(moved(3000)), 2100), none, "m 1\n", 100},
         {"2000 bytes in chunks, stalls", Fault(SimFault::kHangBody, Chunked(moved(3000)), 2000),
          FetchErrorKind::kTimeout, unsent, 4000},
         {"cut", Fault(SimFault::kTruncate, moved(6), 2), none, "m 1\n", 100}});
}

BOOST_AUTO_TEST_CASE(HTTP_09_errors_name_the_url_of_the_request_that_failed) {
  Exporter("b:2", {Delayed(900, 0, Fault(SimFault::kRefuse))});
  const auto transport = FetchErrorKind::kTransport;
  Check(
      *this,
      {{"refused", Redirect("http://b:2/8"), transport,
        UrlError("http://b:2/8", "dial tcp b:2: connect: connection refused"), 900},
       {"unknown", Redirect("http://c:3/"), transport,
        UrlError("http://c:3/", "dial tcp c:3: connect: connection refused"), 0},
       {"scheme", Redirect("ftp://b:2/"), transport, UrlError("ftp://b:2/", "unsupported protocol scheme \"ftp\""), 0},
       {"password", Redirect("http://u:secret@c:3/"), transport,
        UrlError("http://u:***@c:3/", "dial tcp c:3: connect: connection refused"), 0},
       {"bad Location", Redirect("http://b:x/"), transport,
        UrlError(
            kUrl,
            "failed to parse Location header \"http://b:x/\": parse \"http://b:x/\": invalid port \":x\" after host"),
        0}});
}

BOOST_AUTO_TEST_CASE(HTTP_09_follow_redirects_off) {
  config.follow_redirects = false;
  Check(*this,
        {{"3xx", Redirect("http://b:2/"), FetchErrorKind::kHttpStatus, "server returned HTTP status 302 Found", 0}});
}

BOOST_AUTO_TEST_CASE(HTTP_15_rotated_credentials_are_used_by_the_next_fetch) {
  config.authorization.emplace();
  config.authorization->type = "Bearer";
  config.authorization->credentials_file = "token";
  Exporter("a:1", {Body("m 1\n")});
  BOOST_TEST(Fetch().error == UrlError(kUrl,
                                       "unable to read authorization credentials: unable to read file token: "
                                       "open token: no such file or directory"));
  BOOST_TEST(requests == "");
  files.Set("token", "t");
  BOOST_TEST(FetchAgain().body == "m 1\n");
}

BOOST_AUTO_TEST_CASE(an_invalid_url_fails_each_time) {
  url = "http://[::1/metrics";
  for (const Fetched& fetched : {Fetch(), FetchAgain()}) {
    BOOST_TEST(fetched.error == "parse \"http://[::1/metrics\": missing ']' in host");
    BOOST_TEST((fetched.kind == FetchErrorKind::kOther));
    BOOST_TEST(fetched.took.count() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_scraper_fetches_again_and_again) {
  Exporter("a:1", {Packed(Body("m 1\n")), Fault(SimFault::kTruncate, Body("m 2\n"), 1), Body("m 3\n")});
  BOOST_TEST(Fetch().body == "m 1\n");
  BOOST_TEST(FetchAgain().error == "unexpected EOF");
  BOOST_TEST(FetchAgain().body == "m 3\n");
  BOOST_TEST(clock.armed_count() == 0U);
}

BOOST_AUTO_TEST_CASE(destroying_a_scraper_cancels) {
  Exporter("a:1", {Delayed(1000, 0, Body("m 1\n"))});
  MakeScraper();
  scraper->Start(clock.MonotonicNow() + std::chrono::seconds{4}, *this);
  BOOST_TEST(scraper->running());
  scraper.reset();
  clock.RunUntil(clock.MonotonicNow() + std::chrono::seconds{5});
  BOOST_TEST(last.took.count() == -1);
  BOOST_TEST(clock.armed_count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
