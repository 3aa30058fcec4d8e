// SPDX-License-Identifier: Apache-2.0
// Which proxy is taken. The rows are those of golang.org/x/net/http/httpproxy's own tests, and what ProxyConfig adds.
#include "live/http/proxy.h"

#include <boost/test/unit_test.hpp>

namespace stalemark {

BOOST_AUTO_TEST_SUITE(proxy)

BOOST_AUTO_TEST_CASE(no_proxy_names_hosts_addresses_and_ranges) {
  constexpr const char* kNoProxy =
      "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, "
      "2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64, , example.io:8080";
  const struct {
    const char* address;
    bool uses_proxy;
  } rows[] = {
      {"localhost:80", false},
      {"127.0.0.1:80", false},
      {"127.0.0.2:80", false},
      {"[::1]:80", false},
      {"[::2]:80", true},
      {"192.168.1.1:80", false},
      {"192.168.1.2:80", true},
      {"192.168.1.2:81", false},
      {"192.168.1.3:80", false},
      {"192.168.1.4:80", true},
      {"10.0.0.2:80", false},
      {"10.0.0.4:80", true},
      {"[2001:db8::52:0:1]:80", false},
      {"[2001:db8::52:0:2]:443", false},
      {"[2001:db8::52:0:2]:80", true},
      {"[2002:db8:a::123]:80", false},
      {"[2002:db8:b::123]:80", true},
      {"foobar.com:80", false},
      {"www.FooBar.com:80", false},
      {"foofoobar.com:80", true},
      {"baz.barbaz.net:80", false},
      {"barbaz.net:80", true},
      {"a.wildcard.io:80", false},
      {"wildcard.io:80", true},
      {"example.io:8080", false},
      {"example.io:80", true},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.address) {
      BOOST_TEST(UsesProxy(kNoProxy, row.address) == row.uses_proxy);
    }
  }
  BOOST_TEST(!UsesProxy("a,*", "b:80"));
  BOOST_TEST(UsesProxy("", "b:80"));
}

BOOST_AUTO_TEST_CASE(where_the_proxy_comes_from) {
  const ProxyEnvironment environment{"proxy:3128", "https://secure:3129", "internal", false};
  ProxyConfig none, url, with_no_proxy, from_environment;
  url.proxy_url = "http://p:1";
  with_no_proxy.proxy_url = "http://p:1";
  with_no_proxy.no_proxy = "internal";
  from_environment.proxy_from_environment = true;
  const struct {
    const char* name;
    const ProxyConfig& config;
    const char* scheme;
    const char* address;
    const char* want;  ///< empty: straight
  } rows[] = {
      {"none", none, "http", "a:80", ""},
      {"url", url, "http", "a:80", "http://p:1"},
      {"url, loopback", url, "http", "127.0.0.1:80", "http://p:1"},
      {"no_proxy", with_no_proxy, "https", "a:443", "http://p:1"},
      {"no_proxy, named", with_no_proxy, "https", "internal:443", ""},
      {"no_proxy, loopback", with_no_proxy, "http", "127.0.0.1:80", ""},
      {"environment", from_environment, "http", "a:80", "http://proxy:3128"},
      {"environment, https", from_environment, "https", "a:80", "https://secure:3129"},
      {"environment, named", from_environment, "https", "internal:80", ""},
      {"environment, loopback", from_environment, "http", "[::1]:80", ""},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const Result<std::optional<std::string>> proxy = ChooseProxy(row.config, environment, row.scheme, row.address);
      BOOST_REQUIRE(proxy.ok());
      BOOST_TEST(proxy->value_or("") == row.want);
    }
  }
  ProxyEnvironment cgi = environment;
  cgi.is_cgi = true;
  BOOST_TEST(ChooseProxy(from_environment, cgi, "http", "a:80").error().message ==
             "refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
