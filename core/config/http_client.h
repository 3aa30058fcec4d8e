// SPDX-License-Identifier: Apache-2.0
// HttpClientConfig: the HTTP client block of a scrape job or a discovery mechanism, as the loader leaves it (CFG-41 ...
// CFG-43). Mirrors HTTPClientConfig of common/config/http_config.go and headers.go.
//
// Plain values with deep equality. File names are joined to the directory of the configuration file. A bearer_token has
// become an Authorization already. Secrets are clear text: only the dump hides them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stalemark {

struct BasicAuth {
  std::string username;
  std::string username_file;
  std::string username_ref;
  std::string password;
  std::string password_file;
  std::string password_ref;
  friend bool operator==(const BasicAuth&, const BasicAuth&) = default;
};

struct Authorization {
  /// Trimmed; `Bearer` when the file gives none.
  std::string type;
  std::string credentials;
  std::string credentials_file;
  std::string credentials_ref;
  friend bool operator==(const Authorization&, const Authorization&) = default;
};

struct TlsConfig {
  std::string ca;
  std::string cert;
  std::string key;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string ca_ref;
  std::string cert_ref;
  std::string key_ref;
  std::string server_name;
  bool insecure_skip_verify = false;
  /// `TLS10` ... `TLS13`, or empty.
  std::string min_version;
  std::string max_version;
  friend bool operator==(const TlsConfig&, const TlsConfig&) = default;
};

struct ProxyConfig {
  /// As written. Absent and empty differ in the dump only.
  std::optional<std::string> proxy_url;
  std::string no_proxy;
  bool proxy_from_environment = false;
  /// Header -> values, all of them secret.
  std::map<std::string, std::vector<std::string>> proxy_connect_header;
  friend bool operator==(const ProxyConfig&, const ProxyConfig&) = default;
};

struct OAuth2 {
  std::string client_id;
  std::string client_secret;
  std::string client_secret_file;
  std::string client_secret_ref;
  std::string client_certificate_key_id;
  std::string client_certificate_key;
  std::string client_certificate_key_file;
  std::string client_certificate_key_ref;
  std::string grant_type;
  std::string signature_algorithm;
  std::string iss;
  std::string audience;
  /// Claim -> its value as JSON.
  std::map<std::string, std::string, std::less<>> claims;
  std::vector<std::string> scopes;
  std::string token_url;
  std::map<std::string, std::string, std::less<>> endpoint_params;
  TlsConfig tls_config;
  ProxyConfig proxy;
  friend bool operator==(const OAuth2&, const OAuth2&) = default;
};

/// One header to send with every request; its values in the order values, secrets, contents of files.
struct ConfiguredHeader {
  std::vector<std::string> values;
  std::vector<std::string> secrets;
  std::vector<std::string> files;
  friend bool operator==(const ConfiguredHeader&, const ConfiguredHeader&) = default;
};

struct HttpClientConfig {
  std::optional<BasicAuth> basic_auth;
  std::optional<Authorization> authorization;
  std::optional<OAuth2> oauth2;
  TlsConfig tls_config;
  bool follow_redirects = true;
  bool enable_http2 = true;
  ProxyConfig proxy;
  /// By name as written. Absent and empty differ in the dump only.
  std::optional<std::map<std::string, ConfiguredHeader>> http_headers;
  friend bool operator==(const HttpClientConfig&, const HttpClientConfig&) = default;
};

/// http.CanonicalHeaderKey: `x-team` becomes `X-Team`; what is no token stays as it is.
std::string CanonicalHeaderName(std::string_view name);

}  // namespace stalemark
