// SPDX-License-Identifier: Apache-2.0
#include "live/record/redactor.h"

#include <chrono>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/http/gzip.h"
#include "core/text/query_escape.h"
#include "live/record/secret_forms.h"

namespace stalemark {
namespace {

std::unique_ptr<Redactor> MakeRedactor(std::vector<std::string> patterns = {}) {
  return std::move(Redactor::Make({true, std::move(patterns), [] { return std::string("t"); }})).value();
}

std::string Answered(Redactor& redactor, std::string_view body) {
  return redactor.Body(std::string(body), {}).value();
}

std::string AsItIs(std::string_view value) {
  return std::string(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redactor)

BOOST_AUTO_TEST_CASE(a_value_has_one_placeholder_and_comes_back) {
  const auto redactor = MakeRedactor();
  const std::string one = redactor->Hide("s3cret value");
  BOOST_TEST(one == "redacted-secret-0001-t");
  BOOST_TEST(redactor->Hide("s3cret value") == one);
  BOOST_TEST(redactor->Hide(one) == one);
  BOOST_TEST(redactor->Hide("another-1") == "redacted-secret-0002-t");
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
             R"(x{url="postgres://me:redacted-secret-0001-t@db:5432/"} 1)");
  BOOST_TEST(redactor->Text("/a?access_token=q&b=c") == "/a?access_token=redacted-secret-0002-t&b=c");
  BOOST_TEST(redactor->Text(R"({"access_token": "ey.J", "expires_in": 60})") ==
             R"({"access_token": "redacted-secret-0003-t", "expires_in": 60})");
  BOOST_TEST(redactor->Text("http://host:9100/metrics") == "http://host:9100/metrics");
  BOOST_TEST(redactor->Find("ftp://u:other@h").has_value());
  BOOST_TEST(!redactor->Find("ftp://u:redacted-secret-0001-t@h"));
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
             "redacted-secret-0001-t id=redacted-secret-0002-t redacted-secret-0001-t");
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
  BOOST_TEST(redacted.headers[2].value == "/x?token=redacted-secret-found-0001-t");
  const std::string kept = Gzip("a 1\n");
  BOOST_TEST((redactor->Body(kept, head.headers).value() == kept));
  const std::string changed = redactor->Body(Gzip("a{c=\"customer-7\"} 1\n"), head.headers).value();
  BOOST_TEST(redactor->Unpacked(changed).value() == "a{c=\"redacted-secret-found-0002\"} 1\n");
  BOOST_TEST(redactor->Body("no gzip customer-7", head.headers).value() == "no gzip redacted-secret-found-0002");
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

BOOST_AUTO_TEST_CASE(placeholders_from_outside_give_nothing) {
  const auto redactor = std::move(Redactor::Make({true, {}})).value();
  const std::string own = redactor->Hide("hunter-2000");
  BOOST_TEST(own != "redacted-secret-0001");
  for (int i = 0; i < 20; ++i) {
    const std::string guess = fmt::format("x=redacted-secret-{:04}", i);
    BOOST_TEST(redactor->Reveal(guess, AsItIs) == guess);
    BOOST_TEST(redactor->Reveal(guess + "-", AsItIs) == guess + "-");
    BOOST_TEST(redactor->Text(guess) == fmt::format("x=foreign-secret-{:04}", i));
  }
  ResponseHead head;
  head.headers = {{"Location", "http://evil/?x=redacted-secret-0001"}};
  BOOST_TEST(redactor->Head(head).headers[0].value == "http://evil/?x=foreign-secret-0001");
  BOOST_TEST(redactor->Text("a " + own) == "a " + own);
  BOOST_TEST(redactor->Reveal("a " + own + "0", AsItIs) == "a hunter-20000");
}

BOOST_AUTO_TEST_CASE(what_answers_hold_is_not_revealed_but_in_redirects) {
  const auto redactor = MakeRedactor();
  const std::string text = Answered(*redactor, "http://u:other-11@h/ http://u:other-22@h/");
  BOOST_TEST(text == "http://u:redacted-secret-found-0001@h/ http://u:redacted-secret-found-0002@h/");
  BOOST_TEST(redactor->Reveal(text, AsItIs) == text);
  ResponseHead head;
  head.headers = {{"Location", "/m?token=a%2Fb+c"}};
  const std::string location = redactor->Head(head).headers[0].value;
  BOOST_TEST(location == "/m?token=redacted-secret-found-0003-t");
  BOOST_TEST(redactor->Reveal(location, text::QueryEscape) == "/m?token=a%2Fb+c");
}

BOOST_AUTO_TEST_CASE(placeholders_are_no_beginnings_of_others) {
  const auto redactor = MakeRedactor();
  for (int i = 1; i <= 10'000; ++i) {
    const std::string value = fmt::format("value-{}", i);
    const std::string placeholder = redactor->Hide(value);
    if (i % 1000 == 0) BOOST_TEST(redactor->Reveal("<" + placeholder + ">", AsItIs) == "<" + value + ">");
  }
}

BOOST_AUTO_TEST_CASE(large_pages_with_many_hits_take_one_pass) {
  const auto redactor = MakeRedactor();
  redactor->Hide("hunter-2000");
  std::string page;
  for (int i = 0; page.size() < (std::size_t{8} << 20); ++i) {
    page += fmt::format("m{{n=\"{}\",p=\"hunter-2000\",u=\"/x?token=unique-{}\"}} 1\n", i, i);
  }
  const auto begin = std::chrono::steady_clock::now();
  const std::string redacted = Answered(*redactor, page);
  BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(8)));
  BOOST_TEST(redacted.find("hunter-2000") == std::string::npos);
  BOOST_TEST(redacted.find("unique-") == std::string::npos);
  BOOST_TEST(redacted.find("token=redacted-secret-found\"") != std::string::npos);
  BOOST_TEST(redactor->known() <= 1001);
  BOOST_TEST(!redactor->Find(redacted));
}

BOOST_AUTO_TEST_CASE(packed_bodies_are_bounded_and_broken_ones_keep_no_secret) {
  const auto redactor = MakeRedactor();
  const std::vector<HttpHeader> gzip = {{"Content-Encoding", "gzip"}};
  const std::string bomb = Gzip(std::string((std::size_t{64} << 20) + 1, ' '));
  BOOST_TEST(!redactor->Body(bomb, gzip).has_value());
  std::string page = "x http://u:other-11@h/\n";
  for (int i = 0; i < 20'000; ++i) page += fmt::format("m{} {}\n", i, i * 7919);
  const std::string cut = Gzip(page);
  BOOST_TEST(!redactor->Body(cut.substr(0, cut.size() / 2), gzip).has_value());
  const std::string harmless = Gzip("a 1\n").substr(0, 12);
  BOOST_TEST((redactor->Body(harmless, gzip) == harmless));
}

BOOST_AUTO_TEST_CASE(a_page_that_gives_a_password_away_later) {
  const auto redactor = MakeRedactor();
  const std::string text = Answered(*redactor, "a{p=\"S3cretPw99\"} 1\nb{url=\"http://u:S3cretPw99@h/\"} 1\n");
  BOOST_TEST(text.find("S3cretPw99") == std::string::npos);
  BOOST_TEST(!redactor->Find(text));
}

BOOST_AUTO_TEST_CASE(patterns_that_find_what_a_recording_consists_of_are_refused) {
  for (const char* pattern : {"[0-9]{10}", R"(\b\d{4}\b)", R"(\d{12})", "[0-9a-f]{16}", "secret", "[a-z]+"}) {
    const auto made = Redactor::Make({true, {pattern}});
    BOOST_REQUIRE_MESSAGE(!made.ok(), pattern);
    BOOST_TEST(made.error().message.find("this also finds what a recording consists of") != std::string::npos);
  }
  BOOST_TEST(Redactor::Make({true, {"account=([0-9]{10})"}}).ok());
}

BOOST_AUTO_TEST_CASE(other_forms_of_a_value) {
  const auto redactor = MakeRedactor();
  const std::string secret = "a/b<c>&\"d' é+9?";
  const std::string own = redactor->Hide(secret);
  for (const std::string& form : SecretForms(secret))
    BOOST_TEST(redactor->Text("(" + form + ")") == "(" + own + ")", form);
  for (const char* form : {"a/b%3Cc%3E%26%22d%27%20%C3%A9%2B9%3F", "a%2fb%3cc%3e%26%22d%27+%c3%a9%2b9%3f",
                           "a/b&lt;c&gt;&amp;&quot;d&#39; é+9?", "a\\/b\\u003cc\\u003e\\u0026\\\"d\\u0027 é+9?",
                           "YS9iPGM-JiJkJyDDqSs5Pw"}) {
    BOOST_TEST(redactor->Text(form) == own, form);
  }
}

BOOST_AUTO_TEST_CASE(unknown_secrets_by_their_surroundings) {
  const auto hidden = [](std::string_view text, std::string_view secret) {
    const auto redactor = MakeRedactor();
    const std::string answered = Answered(*redactor, text);
    BOOST_TEST(answered.find(secret) == std::string::npos, answered);
    BOOST_TEST(answered.find("redacted-secret-found-0001") != std::string::npos, answered);
    BOOST_TEST(redactor->Find(text).has_value());
    BOOST_TEST(!redactor->Find(answered).has_value(), answered);
  };
  hidden("https://u:p@ss@h/", "ss@");
  hidden("https://ghp_0123456789abcdefg@h/", "ghp_");
  for (const char* name : {"pass", "pwd", "sig", "auth", "jwt", "code", "key", "x-key", "api_key", "password"}) {
    hidden(fmt::format("/a?b=c&{}=v4lue", name), "v4lue");
  }
  hidden("Authorization: Bearer abc.def-123", "abc.def");
  hidden(R"({"db_password": "it is \"this\""})", "this");
  hidden("host=db password=abc user=me", "abc");
  for (const char* harmless : {"/a?monkey=1&module=x", "http_requests_total{code=\"200\",key=\"a\"} 1", "https://me@h/",
                               "Bearer authentication", R"({"password_file": "/etc/x"})", "http://host:9100/metrics"}) {
    const auto redactor = MakeRedactor();
    BOOST_TEST(Answered(*redactor, harmless) == harmless);
  }
  BOOST_TEST(IsSecretName("__param_key"));
  BOOST_TEST(!IsSecretName("key"));
}

BOOST_AUTO_TEST_CASE(userinfo_of_a_url_is_unescaped_and_escaped_again) {
  const auto redactor = MakeRedactor();
  const std::string url = redactor->Text("http://me:p%40s+s%20x@h/", Redactor::Kind::kUrl);
  BOOST_TEST(redactor->Reveal(url, AsItIs) == "http://me:p@s+s x@h/");
  BOOST_TEST(redactor->Reveal(url, UserinfoEscape) == "http://me:p%40s%2Bs%20x@h/");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
