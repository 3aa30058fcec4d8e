// SPDX-License-Identifier: Apache-2.0
#include "core/config/http_client.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/config/http_client_decode.h"
#include "core/config/paths.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::string_view kPlain = "config.plain";
constexpr std::string_view kJwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Headers that would change the connection, or that the scraper sets itself.
constexpr std::array<std::string_view, 18> kReservedHeaders = {
    "Authorization",
    "Host",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "User-Agent",
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Www-Authenticate",
    "Accept-Encoding",
    "X-Prometheus-Remote-Write-Version",
    "X-Prometheus-Remote-Read-Version",
    "X-Prometheus-Scrape-Timeout-Seconds",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Amz-Content-Sha256",
};

bool MoreThanOne(std::initializer_list<std::string_view> texts) {
  return std::count_if(texts.begin(), texts.end(), [](std::string_view text) { return !text.empty(); }) > 1;
}

bool Any(std::initializer_list<std::string_view> texts) {
  return std::any_of(texts.begin(), texts.end(), [](std::string_view text) { return !text.empty(); });
}

Field SecretField(std::string_view name, std::string& out) {
  return NamedStringField(name, out, kPlain);
}

Field SecretListField(std::string_view name, std::vector<std::string>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) { return d.Strings(n, out, "[]config.Secret", kPlain); }};
}

Field TlsVersionField(std::string_view name, std::string& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            std::string text;
            return d.Custom(
                n, [&] { out.clear(); }, [&](const yaml::Node& m) { d.String(m, text); },
                [&]() -> Status {
                  static constexpr std::array<std::string_view, 4> kVersions = {"TLS10", "TLS11", "TLS12", "TLS13"};
                  if (std::find(kVersions.begin(), kVersions.end(), text) == kVersions.end()) {
                    return Error{"unknown TLS version: " + text};
                  }
                  out = text;
                  return {};
                });
          }};
}

Status CheckTls(const TlsConfig& tls) {
  if (MoreThanOne({tls.ca, tls.ca_file, tls.ca_ref})) {
    return Error{"at most one of ca, ca_file & ca_ref must be configured"};
  }
  if (MoreThanOne({tls.cert, tls.cert_file, tls.cert_ref})) {
    return Error{"at most one of cert, cert_file & cert_ref must be configured"};
  }
  if (MoreThanOne({tls.key, tls.key_file, tls.key_ref})) {
    return Error{"at most one of key and key_file must be configured"};
  }
  const bool has_cert = Any({tls.cert, tls.cert_file, tls.cert_ref});
  const bool has_key = Any({tls.key, tls.key_file, tls.key_ref});
  if (has_cert && !has_key) {
    return Error{"exactly one of key or key_file must be configured when a client certificate is configured"};
  }
  if (has_key && !has_cert) {
    return Error{"exactly one of cert or cert_file must be configured when a client key is configured"};
  }
  return {};
}

Field TlsField(std::string_view name, TlsConfig& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const Fields fields = {
                StringField("ca", out.ca),
                StringField("cert", out.cert),
                SecretField("key", out.key),
                StringField("ca_file", out.ca_file),
                StringField("cert_file", out.cert_file),
                StringField("key_file", out.key_file),
                StringField("ca_ref", out.ca_ref),
                StringField("cert_ref", out.cert_ref),
                StringField("key_ref", out.key_ref),
                StringField("server_name", out.server_name),
                BoolField("insecure_skip_verify", out.insecure_skip_verify),
                TlsVersionField("min_version", out.min_version),
                TlsVersionField("max_version", out.max_version),
            };
            const auto zero = [&] { out = {}; };
            return d.Custom(
                n, zero, [&](const yaml::Node& m) { d.Struct(m, kPlain, fields, zero); },
                [&] { return CheckTls(out); });
          }};
}

Field ProxyConnectHeaderField(std::string_view name, std::map<std::string, std::vector<std::string>>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const auto key = [](Decoder& e, const yaml::Node& m, std::string& text) { return e.String(m, text); };
            const auto value = [](Decoder& e, const yaml::Node& m, std::vector<std::string>& secrets) {
              return e.Strings(m, secrets, "[]config.Secret", kPlain);
            };
            return d.Map(n, out, "config.ProxyHeader", key, value);
          }};
}

Fields ProxyFields(ProxyConfig& proxy) {
  return {
      UrlField("proxy_url", proxy.proxy_url),
      StringField("no_proxy", proxy.no_proxy),
      BoolField("proxy_from_environment", proxy.proxy_from_environment),
      ProxyConnectHeaderField("proxy_connect_header", proxy.proxy_connect_header),
  };
}

Status CheckProxy(const ProxyConfig& proxy) {
  const bool has_url = proxy.proxy_url.has_value() && !proxy.proxy_url->empty();
  if (!proxy.proxy_connect_header.empty() && !proxy.proxy_from_environment && !has_url) {
    return Error{"if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured"};
  }
  if (proxy.proxy_from_environment && has_url) {
    return Error{"if proxy_from_environment is configured, proxy_url must not be configured"};
  }
  if (proxy.proxy_from_environment && !proxy.no_proxy.empty()) {
    return Error{"if proxy_from_environment is configured, no_proxy must not be configured"};
  }
  if (!proxy.proxy_url.has_value() && !proxy.no_proxy.empty()) {
    return Error{"if no_proxy is configured, proxy_url must also be configured"};
  }
  return {};
}

bool DecodeBasicAuth(Decoder& d, const yaml::Node& node, BasicAuth& out) {
  const Fields fields = {
      StringField("username", out.username),           StringField("username_file", out.username_file),
      StringField("username_ref", out.username_ref),   SecretField("password", out.password),
      StringField("password_file", out.password_file), StringField("password_ref", out.password_ref),
  };
  return d.Struct(node, kPlain, fields, [&] { out = {}; });
}

bool DecodeAuthorization(Decoder& d, const yaml::Node& node, Authorization& out) {
  const Fields fields = {
      StringField("type", out.type),
      SecretField("credentials", out.credentials),
      StringField("credentials_file", out.credentials_file),
      StringField("credentials_ref", out.credentials_ref),
  };
  return d.Struct(node, "config.Authorization", fields, [&] { out = {}; });
}

bool DecodeOAuth2(Decoder& d, const yaml::Node& node, OAuth2& out) {
  Fields fields = {
      StringField("client_id", out.client_id),
      SecretField("client_secret", out.client_secret),
      StringField("client_secret_file", out.client_secret_file),
      StringField("client_secret_ref", out.client_secret_ref),
      StringField("client_certificate_key_id", out.client_certificate_key_id),
      SecretField("client_certificate_key", out.client_certificate_key),
      StringField("client_certificate_key_file", out.client_certificate_key_file),
      StringField("client_certificate_key_ref", out.client_certificate_key_ref),
      StringField("grant_type", out.grant_type),
      StringField("signature_algorithm", out.signature_algorithm),
      StringField("iss", out.iss),
      StringField("audience", out.audience),
      AnyMapField("claims", out.claims),
      StringListField("scopes", out.scopes),
      StringField("token_url", out.token_url),
      StringMapField("endpoint_params", out.endpoint_params),
      TlsField("tls_config", out.tls_config),
  };
  for (Field& field : ProxyFields(out.proxy)) fields.push_back(std::move(field));
  const auto zero = [&] { out = {}; };
  return d.Custom(
      node, zero, [&](const yaml::Node& n) { d.Struct(n, kPlain, fields, zero); },
      [&] { return CheckProxy(out.proxy); });
}

bool DecodeHeader(Decoder& d, const yaml::Node& node, ConfiguredHeader& out) {
  const Fields fields = {
      StringListField("values", out.values),
      SecretListField("secrets", out.secrets),
      StringListField("files", out.files),
  };
  return d.Struct(node, "config.Header", fields, [&] { out = {}; });
}

bool DecodeHeaders(Decoder& d, const yaml::Node& node, std::map<std::string, ConfiguredHeader>& out) {
  const auto key = [](Decoder& e, const yaml::Node& n, std::string& text) { return e.String(n, text); };
  return d.Map(node, out, "config.Headers", key, DecodeHeader, Decoder::MapStyle::kPartOfStruct);
}

Status CheckBearerAndBasic(const HttpClientDraft& draft) {
  const HttpClientConfig& config = draft.config;
  const bool has_bearer = !draft.bearer_token.empty() || !draft.bearer_token_file.empty();
  if (MoreThanOne({draft.bearer_token, draft.bearer_token_file})) {
    return Error{"at most one of bearer_token & bearer_token_file must be configured"};
  }
  if ((config.basic_auth || config.oauth2) && has_bearer) {
    return Error{"at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured"};
  }
  if (!config.basic_auth) return {};
  const BasicAuth& basic = *config.basic_auth;
  if (MoreThanOne({basic.username, basic.username_file, basic.username_ref})) {
    return Error{"at most one of basic_auth username, username_file & username_ref must be configured"};
  }
  if (MoreThanOne({basic.password, basic.password_file, basic.password_ref})) {
    return Error{"at most one of basic_auth password, password_file & password_ref must be configured"};
  }
  return {};
}

/// strings.TrimSpace for the characters that a header value can hold.
std::string TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

Status CompleteAuthorization(HttpClientDraft& draft) {
  HttpClientConfig& config = draft.config;
  if (!config.authorization) {
    if (!draft.bearer_token.empty()) config.authorization = Authorization{"Bearer", draft.bearer_token, "", ""};
    if (!draft.bearer_token_file.empty()) {
      config.authorization = Authorization{"Bearer", "", draft.bearer_token_file, ""};
    }
    return {};
  }
  Authorization& authorization = *config.authorization;
  if (Any({draft.bearer_token, draft.bearer_token_file})) {
    return Error{"authorization is not compatible with bearer_token & bearer_token_file"};
  }
  if (MoreThanOne({authorization.credentials, authorization.credentials_file, authorization.credentials_ref})) {
    return Error{"at most one of authorization credentials & credentials_file must be configured"};
  }
  authorization.type = TrimBlanks(authorization.type);
  if (authorization.type.empty()) authorization.type = "Bearer";
  if (ascii::ToLower(authorization.type) == "basic") {
    return Error{"authorization type cannot be set to \"basic\", use \"basic_auth\" instead"};
  }
  if (config.basic_auth || config.oauth2) {
    return Error{"at most one of basic_auth, oauth2 & authorization must be configured"};
  }
  return {};
}

Status CheckOAuth2(const HttpClientConfig& config) {
  if (!config.oauth2) return {};
  const OAuth2& oauth2 = *config.oauth2;
  if (config.basic_auth) return Error{"at most one of basic_auth, oauth2 & authorization must be configured"};
  if (oauth2.client_id.empty()) return Error{"oauth2 client_id must be configured"};
  if (oauth2.token_url.empty()) return Error{"oauth2 token_url must be configured"};
  if (oauth2.grant_type != kJwtBearer) {
    if (MoreThanOne({oauth2.client_secret, oauth2.client_secret_file, oauth2.client_secret_ref})) {
      return Error{
          "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using "
          "grant-type=client_credentials"};
    }
    return {};
  }
  if (MoreThanOne(
          {oauth2.client_certificate_key, oauth2.client_certificate_key_file, oauth2.client_certificate_key_ref})) {
    return Error{
        "at most one of oauth2 client_certificate_key, client_certificate_key_file & client_certificate_key_ref must "
        "be configured using grant-type=urn:ietf:params:oauth:grant-type:jwt-bearer"};
  }
  const std::string& algorithm = oauth2.signature_algorithm;
  if (!algorithm.empty() && algorithm != "RS256" && algorithm != "RS384" && algorithm != "RS512") {
    return Error{"valid signature algorithms are RS256, RS384 and RS512"};
  }
  return {};
}

Status CheckHeaders(const HttpClientConfig& config) {
  if (!config.http_headers) return {};
  for (const auto& [name, header] : *config.http_headers) {
    const std::string canonical = CanonicalHeaderName(name);
    if (std::find(kReservedHeaders.begin(), kReservedHeaders.end(), canonical) != kReservedHeaders.end()) {
      return Error{"setting header " + text::GoQuote(canonical) + " is not allowed"};
    }
  }
  return {};
}

}  // namespace

Fields HttpClientFields(HttpClientDraft& draft) {
  HttpClientConfig& config = draft.config;
  const auto optional_field = [](std::string_view name, auto& out, auto decode) -> Field {
    return {name, [&out, decode](Decoder& d, const yaml::Node& n) { return d.Optional(n, out, decode); }};
  };
  Fields fields = {
      optional_field("basic_auth", config.basic_auth, DecodeBasicAuth),
      optional_field("authorization", config.authorization, DecodeAuthorization),
      optional_field("oauth2", config.oauth2, DecodeOAuth2),
      SecretField("bearer_token", draft.bearer_token),
      StringField("bearer_token_file", draft.bearer_token_file),
      TlsField("tls_config", config.tls_config),
      BoolField("follow_redirects", config.follow_redirects),
      BoolField("enable_http2", config.enable_http2),
      optional_field("http_headers", config.http_headers, DecodeHeaders),
  };
  for (Field& field : ProxyFields(config.proxy)) fields.push_back(std::move(field));
  return fields;
}

Status CompleteHttpClient(HttpClientDraft& draft) {
  Status status = CheckBearerAndBasic(draft);
  if (status.ok()) status = CompleteAuthorization(draft);
  if (status.ok()) status = CheckOAuth2(draft.config);
  if (status.ok()) status = CheckProxy(draft.config.proxy);
  if (status.ok()) status = CheckHeaders(draft.config);
  return status;
}

void JoinPaths(HttpClientConfig& config, std::string_view folder) {
  const auto join = [&](std::string& path) { path = JoinFolder(folder, path); };
  const auto join_tls = [&](TlsConfig& tls) {
    join(tls.ca_file);
    join(tls.cert_file);
    join(tls.key_file);
  };
  join_tls(config.tls_config);
  if (config.basic_auth) {
    join(config.basic_auth->password_file);
    join(config.basic_auth->username_file);
  }
  if (config.authorization) join(config.authorization->credentials_file);
  if (config.oauth2) {
    join(config.oauth2->client_secret_file);
    join_tls(config.oauth2->tls_config);
  }
  if (config.http_headers) {
    for (auto& [name, header] : *config.http_headers) {
      for (std::string& file : header.files) join(file);
    }
  }
}

std::string CanonicalHeaderName(std::string_view name) {
  constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
  std::string canonical(name);
  bool upper = true;
  for (char& c : canonical) {
    const bool is_letter = ascii::IsLetter(c);
    if (!is_letter && !ascii::IsDigit(c) && kTokenMarks.find(c) == std::string_view::npos) return std::string(name);
    c = ascii::ToLower(c);
    if (upper && is_letter) c = static_cast<char>(c - ('a' - 'A'));
    upper = c == '-';
  }
  return canonical;
}

}  // namespace stalemark
