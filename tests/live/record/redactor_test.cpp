// SPDX-License-Identifier: Apache-2.0
#include "live/record/redactor.h"

#include <boost/test/unit_test.hpp>

#include "core/http/gzip.h"
#include "core/text/query_escape.h"

namespace stalemark {
namespace {

std::unique_ptr<Redactor> MakeRedactor(std::vector<std::string> patterns = {}) {
  return std::move(Redactor::Make({true, std::move(patterns)})).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redactor)

BOOST_AUTO_TEST_CASE(a_value_has_one_placeholder_and_comes_back) {
  const auto redactor = MakeRedactor();
  const std::string one = redactor->Hide("s3cret value");
  BOOST_TEST(one == "redacted-secret-0001");
  BOOST_TEST(redactor->Hide("s3cret value") == one);
  BOOST_TEST(redactor->Hide(one) == one);
  BOOST_TEST(redactor->Hide("another-1") == "redacted-secret-0002");
  BOOST_TEST(redactor->Text("a s3cret value, s3cret+value, czNjcmV0IHZhbHVl") == "a " + one + ", " + one + ", " + one);
  BOOST_TEST(redactor->Reveal("?token=" + one, text::QueryEscape) == "?token=s3cret+value");
}

BOOST_AUTO_TEST_CASE(plain_values_are_not_looked_for) {
  for (const char* plain : {"prometheus", "1234567", "a1", "admin"}) BOOST_TEST(!IsDistinct(plain), plain);
  for (const char* distinct : {"hunter2", "pw-1234", "abcdefghijklmnop", "1234567890123456"})
    BOOST_TEST(IsDistinct(distinct), distinct);
  const auto redactor = MakeRedactor();
  redactor->Hide("prometheus");
  BOOST_TEST(redactor->Text("prometheus_build_info 1") == "prometheus_build_info 1");
  BOOST_TEST(redactor->plain() == 1);
  BOOST_TEST(!redactor->Find("prometheus"));
}

BOOST_AUTO_TEST_CASE(passwords_and_tokens_in_urls_are_found) {
  const auto redactor = MakeRedactor();
  BOOST_TEST(redactor->Text(R"(x{url="postgres://me:pw@db:5432/"} 1)") ==
             R"(x{url="postgres://me:redacted-secret-0001@db:5432/"} 1)");
  BOOST_TEST(redactor->Text("/a?access_token=q&b=c") == "/a?access_token=redacted-secret-0002&b=c");
  BOOST_TEST(redactor->Text(R"({"access_token": "ey.J", "expires_in": 60})") ==
             R"({"access_token": "redacted-secret-0003", "expires_in": 60})");
  BOOST_TEST(redactor->Text("http://host:9100/metrics") == "http://host:9100/metrics");
  BOOST_TEST(redactor->Find("ftp://u:other@h").has_value());
  BOOST_TEST(!redactor->Find("ftp://u:redacted-secret-0001@h"));
}

BOOST_AUTO_TEST_CASE(values_in_a_url_are_unescaped) {
  const auto redactor = MakeRedactor();
  const std::string text = redactor->Text("/m?token=a%2Fb+c", Redactor::Kind::kUrl);
  BOOST_TEST(redactor->Reveal(text, text::QueryEscape) == "/m?token=a%2Fb+c");
  BOOST_TEST(redactor->Reveal(text, [](std::string_view value) { return std::string(value); }) == "/m?token=a/b c");
}

BOOST_AUTO_TEST_CASE(patterns_of_the_user) {
  const auto redactor = MakeRedactor({"customer-[0-9]+", "(?:id=)([a-z]+)"});
  BOOST_TEST(redactor->Text("customer-12 id=xyz customer-12") ==
             "redacted-secret-0001 id=redacted-secret-0002 redacted-secret-0001");
  BOOST_TEST(!Redactor::Make({true, {"("}}).ok());
}

BOOST_AUTO_TEST_CASE(heads_lose_cookies_and_bodies_are_packed_again) {
  const auto redactor = MakeRedactor({"customer-[0-9]+"});
  ResponseHead head;
  head.headers = {{"Set-Cookie", "sid=1"},
                  {"Content-Type", "text/plain"},
                  {"location", "/x?token=abc"},
                  {"Content-Encoding", "gzip"}};
  const ResponseHead redacted = redactor->Head(head);
  BOOST_TEST(redacted.headers[0].value == "redacted");
  BOOST_TEST(redacted.headers[1].value == "text/plain");
  BOOST_TEST(redacted.headers[2].value == "/x?token=redacted-secret-0001");
  const std::string kept = Gzip("a 1\n");
  BOOST_TEST((redactor->Body(kept, head.headers) == kept));
  const std::string changed = redactor->Body(Gzip("a{c=\"customer-7\"} 1\n"), head.headers);
  BOOST_TEST(redactor->Unpacked(changed).value() == "a{c=\"redacted-secret-0002\"} 1\n");
  BOOST_TEST(redactor->Body("no gzip customer-7", head.headers) == "no gzip redacted-secret-0002");
}

BOOST_AUTO_TEST_CASE(names_that_are_secret) {
  for (const char* name :
       {"password", "bearer_token", "client_secret", "__param_api_key", "credentials", "X-Api-Key"}) {
    BOOST_TEST(IsSecretName(name), name);
  }
  for (const char* name :
       {"password_file", "token_url", "job_name", "params", "credentials_ref", "client_certificate_key_id"}) {
    BOOST_TEST(!IsSecretName(name), name);
  }
  for (const char* name : {"Authorization", "cookie", "Proxy-Authorization", "X-Auth-Token"})
    BOOST_TEST(IsSecretHeader(name), name);
  BOOST_TEST(!IsSecretHeader("Content-Type"));
}

BOOST_AUTO_TEST_CASE(switched_off_it_changes_nothing) {
  const auto redactor = std::move(Redactor::Make({false, {"a"}})).value();
  BOOST_TEST(redactor->Hide("s3cret-1") == "s3cret-1");
  BOOST_TEST(redactor->Text("http://u:p@h a") == "http://u:p@h a");
  BOOST_TEST(!redactor->Find("http://u:p@h"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
