// SPDX-License-Identifier: Apache-2.0
// TGT-31, TGT-37, and the URL rules behind redirects.
#include "core/model/url.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

std::string ErrorOf(const std::string& text) {
  const Result<Url> url = Url::Parse(text);
  return url ? "parsed" : url.error().message;
}

std::string Resolved(const std::string& base, const std::string& reference) {
  const Result<Url> url = Url::Resolve(Url::Parse(base).value(), reference);
  return url ? url->String() : url.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(url)

BOOST_AUTO_TEST_CASE(parse_takes_a_url_apart) {
  const Url url = Url::Parse("HTTPS://us%20er:p%40@Host:8443/a%2Fb/c?x=1&y#fr%20ag").value();
  BOOST_TEST(url.scheme == "https");
  BOOST_TEST(url.user.value().name == "us er");
  BOOST_TEST(url.user.value().password.value() == "p@");
  BOOST_TEST(url.host == "Host:8443");
  BOOST_TEST(url.Hostname() == "Host");
  BOOST_TEST(url.Port() == "8443");
  BOOST_TEST(url.path == "/a/b/c");
  BOOST_TEST(url.EscapedPath() == "/a%2Fb/c");
  BOOST_TEST(url.raw_query == "x=1&y");
  BOOST_TEST(url.fragment == "fr ag");
  BOOST_TEST(url.RequestTarget() == "/a%2Fb/c?x=1&y");
}

BOOST_AUTO_TEST_CASE(string_writes_what_parse_read) {
  const std::vector<std::string> texts = {
      "http://h",
      "http://h/",
      "http://h?",
      "http://[::1%25en0]:1/m?a=b#c",
      "mailto:x@y?z",
      "/rooted?x#y",
      "relative/path",
      "./a:b",
      "http:///no-host",
      "file:/omitted/host",
      "//h/no-scheme",
      "http://u@h/%E4%BD%A0",
      "http://:p@h:/x;y",
      "*",
      "",
  };
  for (const std::string& text : texts) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(Url::Parse(text).value().String() == text);
    }
  }
}

BOOST_AUTO_TEST_CASE(TGT_37_parse_errors) {
  struct Row {
    std::string name;
    std::string text;
    std::string error;
  };
  const std::vector<Row> rows = {
      {"blank in host", "http://a b/", R"(parse "http://a b/": invalid character " " in host name)"},
      {"escaped ASCII in host", "http://a%20b/", R"(parse "http://a%20b/": invalid URL escape "%20")"},
      {"cut escape", "/%4", R"(parse "/%4": invalid URL escape "%4")"},
      {"bad port", "http://h:x/", R"(parse "http://h:x/": invalid port ":x" after host)"},
      {"two colons", "http://1:2:3/", R"(parse "http://1:2:3/": invalid port ":2:3" after host)"},
      {"two colons, not HTTP", "pg://1:2,b:x/", R"(parse "pg://1:2,b:x/": invalid port ":x" after host)"},
      {"open bracket", "http://[::1/", R"(parse "http://[::1/": missing ']' in host)"},
      {"late bracket", "http://a[::1]/", R"(parse "http://a[::1]/": invalid IP-literal)"},
      {"IPv4 in brackets", "http://[1.2.3.4]/", R"(parse "http://[1.2.3.4]/": invalid IP-literal)"},
      {"no address in brackets", "http://[h]/",
       R"(parse "http://[h]/": invalid host: ParseAddr("h"): unable to parse IP)"},
      {"no scheme", ":x", R"(parse ":x": missing protocol scheme)"},
      {"odd scheme", "ht tp://h", R"(parse "ht tp://h": first path segment in URL cannot contain colon)"},
      {"control character", "/\x7f#f", "parse \"/\\x7f\": net/url: invalid control character in URL"},
      {"bad user", "http://a<b@h/", R"(parse "http://a<b@h/": net/url: invalid userinfo)"},
      {"bad fragment", "/a#%zz", R"(parse "/a#%zz": invalid URL escape "%zz")"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(ErrorOf(row.text) == row.error);
    }
  }
}

BOOST_AUTO_TEST_CASE(bracketed_addresses) {
  struct Row {
    std::string address;
    std::string error;
  };
  const std::vector<Row> rows = {
      {"::", "parsed"},
      {"1:2:3:4:5:6:7:8", "parsed"},
      {"::ffff:1.2.3.4", "parsed"},
      {"1:2:3:4:5:6:7", "address string too short"},
      {"1:2:3:4:5:6:7:8:9", "trailing garbage after address (at \"9\")"},
      {"1::2::3", "multiple :: in address (at \":3\")"},
      {"1::2:3:4:5:6:7:8", "the :: must expand to at least one field of zeros"},
      {"12345::", "each group must have 4 or less digits (at \"12345::\")"},
      {"1:", "colon must be followed by more characters (at \":\")"},
      {"1:2.3.4.5", "embedded IPv4 address must replace the final 2 fields of the address (at \"2.3.4.5\")"},
      {"::1.2.3.256", "IPv4 field has value >255"},
      {"::01.2.3.4", "IPv4 field has octet with leading zero"},
      {"::1.2.3", "IPv4 address too short"},
  };
  for (const Row& row : rows) {
    const std::string url = "http://[" + row.address + "]/";
    const std::string prefix = "parse \"" + url + "\": invalid host: ParseAddr(\"" + row.address + "\"): ";
    BOOST_TEST_CONTEXT(row.address) {
      BOOST_TEST(ErrorOf(url) == (row.error == "parsed" ? row.error : prefix + row.error));
    }
  }
}

// The examples of RFC 3986, section 5.4.
BOOST_AUTO_TEST_CASE(resolve_follows_rfc_3986) {
  const std::string base = "http://a/b/c/d;p?q";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"../..", "http://a/"},
      {"../../../g", "http://a/g"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g/./h/../%2e", "http://a/b/c/g/%2e"},
      {"http://b/x/../y", "http://b/y"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.first) {
      BOOST_TEST(Resolved(base, row.first) == row.second);
    }
  }
}

BOOST_AUTO_TEST_CASE(resolve_keeps_user_and_refuses_bad_references) {
  BOOST_TEST(Resolved("http://u:p@h/a", "b") == "http://u:p@h/b");
  BOOST_TEST(Resolved("http://u:p@h/a", "//i/b") == "http://i/b");
  BOOST_TEST(Resolved("mailto:x", "") == "mailto:x");
  BOOST_TEST(Resolved("http://h/", "http://[") == R"(parse "http://[": missing ']' in host)");
}

BOOST_AUTO_TEST_CASE(password_is_hidden) {
  BOOST_TEST(Url::Parse("http://u:secret@h/a").value().StringWithoutPassword() == "http://u:***@h/a");
  BOOST_TEST(Url::Parse("http://u@h/a").value().StringWithoutPassword() == "http://u@h/a");
}

BOOST_AUTO_TEST_CASE(TGT_31_query_is_sorted_and_escaped) {
  BOOST_TEST(EncodeQuery({}).empty());
  BOOST_TEST(EncodeQuery({{"b", {"2", "1"}}, {"a b", {"-_.~ &="}}, {"none", {}}}) == "a+b=-_.~+%26%3D&b=2&b=1");
}

BOOST_AUTO_TEST_CASE(TGT_37_request_loses_an_empty_port) {
  BOOST_TEST(ParseRequestUrl("HTTP://h:/m").value().String() == "http://h/m");
  BOOST_TEST(ParseRequestUrl("http://[::1]:/m").value().host == "[::1]");
  BOOST_TEST(ParseRequestUrl("http://[::1]/m").value().host == "[::1]");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
