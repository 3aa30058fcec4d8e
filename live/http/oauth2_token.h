// SPDX-License-Identifier: Apache-2.0
// The request for a token by client credentials, and what its answer says: pure functions. Mirrors clientcredentials
// and internal/token.go of golang.org/x/oauth2, whose error texts these are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/http_client.h"
#include "core/model/result.h"
#include "core/seams/transport.h"

namespace stalemark {

/// How the client says who it is. Upstream tries the header first, then the body, and stays with what worked.
enum class OAuth2Style : std::uint8_t { kHeader, kBody };

/// A token request without User-Agent and client. Requires: secrets are inline. `request.body` is a view of `body`.
struct TokenRequest {
  HopRequest request;
  std::string body;
};
/// Errors: what upstream finds before it dials.
Result<std::unique_ptr<TokenRequest>> NewTokenRequest(const OAuth2& config, OAuth2Style style);

struct OAuth2Token {
  /// Of the header Authorization: `Bearer abc`.
  std::string authorization;
  /// 0: it does not expire.
  std::int64_t expires_in_s = 0;
};

/// `oauth2: cannot fetch token: 401 Unauthorized\nResponse: ...`, `oauth2: "invalid_client" "..."`, and the like.
Result<OAuth2Token> ReadToken(const ResponseHead& head, std::string_view body);

}  // namespace stalemark
