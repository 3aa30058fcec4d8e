// SPDX-License-Identifier: Apache-2.0
// From what libcurl says of a failed transfer to a TransportError in upstream's words: net's for dialling and reading,
// crypto/tls's and net/http's above.
//
// libcurl does not tell everything that these texts contain; docs/design/live-transport.md lists where they differ.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include <curl/curl.h>

#include "core/seams/transport.h"

namespace stalemark {

/// What is known of a transfer that failed.
struct TransferFailure {
  CURLcode code = CURLE_OK;
  /// errno of the last call that failed, perhaps in an earlier transfer of the same handle.
  int os_errno = 0;
  /// Why there was no socket to connect; 0: there was.
  int open_errno = 0;
  /// OpenSSL's X509_V_ERR_... of the peer's certificate, 0: verified or not looked at.
  long verify_result = 0;
  /// Of the proxy's answer to CONNECT, 0: there was none.
  long connect_status = 0;
  /// CURLPX_... of a SOCKS proxy, 0: none.
  long proxy_code = 0;
  /// Where the request goes: `host:80`.
  std::string_view target;
  /// libcurl's own text.
  std::string_view detail;
  /// Name that was looked up: the peer's or the proxy's.
  std::string_view host;
  /// Whom upstream would have asked for it; empty: nobody.
  std::string_view name_server;
  /// Why it was not found, as upstream says it.
  std::string_view lookup_cause;
  /// Name that the peer's certificate must have.
  std::string_view server_name;
  /// Of the peer's certificate, as OpenSSL writes its subject alternative names; empty when they are not known.
  std::string_view certificate_names;
  /// Where it connected to, or tried first: `127.0.0.1:9`; empty: nowhere.
  std::string_view remote;
  /// Our end of the connection; empty when there was none.
  std::string_view local;
  bool through_proxy = false;
  /// The head was told.
  bool in_body = false;
  /// Part of a head has come.
  bool in_head = false;
};

TransportError DescribeFailure(const TransferFailure& failure);

/// An error in the head, as http.Transport wraps it.
TransportError BrokenConnection(std::string_view cause);

}  // namespace stalemark
