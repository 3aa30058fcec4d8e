// SPDX-License-Identifier: Apache-2.0
// HopClient: what a job's HTTP client says of connections. Files are read already: a transport knows none, and one that
// has changed makes another client. Mirrors what http.Transport is made of in common/config/http_config.go.
//
// A plain value with deep equality: requests of equal clients may share connections.
#pragma once

#include "core/config/http_client.h"

namespace stalemark {

struct HopClient {
  /// `ca`, `cert` and `key` are PEM texts; the names of files are empty.
  TlsConfig tls;
  ProxyConfig proxy;
  /// HTTP/2 may be negotiated.
  bool enable_http2 = true;
  friend bool operator==(const HopClient&, const HopClient&) = default;
};

}  // namespace stalemark
