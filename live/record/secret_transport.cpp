// SPDX-License-Identifier: Apache-2.0
#include "live/record/secret_transport.h"

#include <optional>
#include <string>
#include <utility>

#include "core/http/hop_client.h"
#include "core/text/base64.h"
#include "core/text/query_escape.h"
#include "live/record/secret_forms.h"

namespace stalemark {
namespace {

/// Owns the body that the request views.
class RevealedExchange final : public Exchange {
 public:
  std::string body;
  std::unique_ptr<Exchange> inner;
};

class Revealer {
 public:
  explicit Revealer(Redactor& redactor) : redactor_(redactor) {}

  std::string Plain(std::string_view text) const {
    return redactor_.Reveal(text, [](std::string_view value) { return std::string(value); });
  }
  std::string Escaped(std::string_view text) const { return redactor_.Reveal(text, text::QueryEscape); }

  /// Of a whole URL: right for userinfo and parameters.
  std::string InUrl(std::string_view text) const { return redactor_.Reveal(text, UserinfoEscape); }

  std::string Header(const std::string& value) const {
    constexpr std::string_view kBasic = "Basic ";
    if (std::string_view(value).substr(0, kBasic.size()) != kBasic) return Plain(value);
    const std::optional<std::string> decoded = text::DecodeBase64(std::string_view(value).substr(kBasic.size()));
    if (!decoded) return Plain(value);
    const std::string revealed = Plain(*decoded);
    if (revealed == *decoded) return value;
    const std::string encoded = text::EncodeBase64(revealed);
    redactor_.Watch(encoded);
    return std::string(kBasic) + encoded;
  }

  std::shared_ptr<const HopClient> Client(const std::shared_ptr<const HopClient>& client) const {
    if (client == nullptr) return client;
    HopClient revealed = *client;
    for (std::string* text : {&revealed.tls.ca, &revealed.tls.cert, &revealed.tls.key}) *text = Plain(*text);
    if (revealed.proxy.proxy_url) revealed.proxy.proxy_url = InUrl(*revealed.proxy.proxy_url);
    for (auto& [name, values] : revealed.proxy.proxy_connect_header) {
      for (std::string& value : values) value = Plain(value);
    }
    if (revealed.oauth2) {
      OAuth2& oauth2 = *revealed.oauth2;
      for (std::string* text : {&oauth2.client_id, &oauth2.client_secret, &oauth2.tls_config.ca,
                                &oauth2.tls_config.cert, &oauth2.tls_config.key}) {
        *text = Plain(*text);
      }
      oauth2.token_url = InUrl(oauth2.token_url);
      for (auto& [name, value] : oauth2.endpoint_params) value = Plain(value);
    }
    // The same pointer where nothing was hidden: it is what connections are found again by.
    return revealed == *client ? client : std::make_shared<const HopClient>(std::move(revealed));
  }

 private:
  Redactor& redactor_;
};

}  // namespace

std::unique_ptr<Exchange> SecretTransport::Start(const HopRequest& request, TransportObserver& observer) {
  if (!redactor_.enabled()) return inner_.Start(request, observer);
  const Revealer reveal(redactor_);
  auto exchange = std::make_unique<RevealedExchange>();
  HopRequest revealed = request;
  // A pattern of the user may hide hosts, too.
  revealed.address = reveal.Plain(request.address);
  revealed.host = reveal.Plain(request.host);
  revealed.target = reveal.Escaped(request.target);
  for (HttpHeader& header : revealed.headers) header.value = reveal.Header(header.value);
  revealed.client = reveal.Client(request.client);
  exchange->body = reveal.Escaped(request.body);
  revealed.body = exchange->body;
  exchange->inner = inner_.Start(revealed, observer);
  return exchange;
}

}  // namespace stalemark
