// SPDX-License-Identifier: Apache-2.0
// The request for a token by client credentials, its redirects, and what its answer says. Mirrors clientcredentials and
// internal/token.go of golang.org/x/oauth2, whose error texts these are, and http.Client below them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/config/http_client.h"
#include "core/http/request_headers.h"
#include "core/model/result.h"
#include "core/seams/transport.h"

namespace stalemark {

/// How the client says who it is. Upstream tries the header first, then the body, and stays with what worked.
enum class OAuth2Style : std::uint8_t { kHeader, kBody };

/// One request for a token, hop by hop. As http.Client does it, a redirect of status 307 or 308 is sent the form again,
/// wherever it leads, with the secret if that stands there; after others it is a GET without. The header Authorization
/// stays within the first host's domain.
class TokenRequest {
 public:
  /// Requires: secrets are inline. Errors: what upstream finds before it dials.
  static Result<TokenRequest> Make(const OAuth2& config, OAuth2Style style, std::string user_agent);

  /// What is to be sent now; its body is a view of this. Errors: what upstream finds before it dials.
  Result<HopRequest> Hop() const;
  /// Whether the answer leads elsewhere, and Hop is what it leads to from now on. Errors: a redirect that cannot be
  /// followed.
  Result<bool> Follow(const ResponseHead& head);
  /// As http.Client wraps an error of this hop.
  Error PostError(std::string_view cause) const;

 private:
  TokenRequest(const OAuth2& config, Url url) : first_(url), url_(std::move(url)) {
    client_.tls_config = config.tls_config;
    client_.proxy = config.proxy;
    client_.enable_http2 = false;
  }

  Url first_;
  Url url_;
  HttpClientConfig client_;
  std::string user_agent_;
  /// Empty: the client's name is in the form.
  std::string authorization_;
  std::string form_;
  HopOrigin origin_;
  int hop_ = 1;
  bool without_form_ = false;
};

struct OAuth2Token {
  /// Of the header Authorization: `Bearer abc`.
  std::string authorization;
  /// 0: it does not expire.
  std::int64_t expires_in_s = 0;
};

/// `oauth2: cannot fetch token: 401 Unauthorized\nResponse: ...`, `oauth2: "invalid_client" "..."`, and the like.
Result<OAuth2Token> ReadToken(const ResponseHead& head, std::string_view body);

}  // namespace stalemark
