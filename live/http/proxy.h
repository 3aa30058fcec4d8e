// SPDX-License-Identifier: Apache-2.0
// Which proxy a request goes through. Mirrors ProxyConfig.Proxy of common/config/http_config.go and
// golang.org/x/net/http/httpproxy: a proxy_url alone is for every request; with no_proxy, and from the environment,
// loopback is never proxied.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/config/http_client.h"
#include "core/model/result.h"

namespace stalemark {

/// HTTP_PROXY, HTTPS_PROXY and NO_PROXY, or the same in lower case.
struct ProxyEnvironment {
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;
  /// A CGI program, whose HTTP_PROXY is a header of its client.
  bool is_cgi = false;

  static ProxyEnvironment OfProcess();
};

/// Whether `no_proxy` leaves a request to `address` (host:port) to the proxy: names with their subdomains, addresses,
/// CIDR ranges, each perhaps with a port, `*`.
bool UsesProxy(std::string_view no_proxy, std::string_view address);

/// The proxy's URL; nothing: the request goes straight to its peer. `scheme` is the request's.
Result<std::optional<std::string>> ChooseProxy(const ProxyConfig& config, const ProxyEnvironment& environment,
                                               std::string_view scheme, std::string_view address);

}  // namespace stalemark
