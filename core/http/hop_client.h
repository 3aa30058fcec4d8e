// SPDX-License-Identifier: Apache-2.0
// HopClient: what a job's HTTP client says of connections, and of the tokens that must be fetched first. Files are read
// already: a transport knows none, and one that has changed makes another client. Mirrors what http.Transport is made
// of in common/config/http_config.go.
//
// A plain value with deep equality: requests of equal clients may share connections.
#pragma once

#include <optional>

#include "core/config/http_client.h"

namespace stalemark {

struct HopClient {
  /// `ca`, `cert` and `key` are PEM texts; the names of files are empty.
  TlsConfig tls;
  ProxyConfig proxy;
  /// HTTP/2 may be negotiated.
  bool enable_http2 = true;
  /// The request needs a token of these settings, which the transport fetches. Secrets and PEM texts are inline.
  std::optional<OAuth2> oauth2{};
  friend bool operator==(const HopClient&, const HopClient&) = default;
};

}  // namespace stalemark
