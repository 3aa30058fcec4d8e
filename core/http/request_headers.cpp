// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_headers.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/http/hop_client.h"
#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

using HeaderList = std::vector<HttpHeader>;

using ascii::EqualFold;

bool IsTokenChar(char c) {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  return ascii::IsLetterOrDigit(c) || kPunctuation.find(c) != std::string_view::npos;
}
bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

/// httpguts.ValidHeaderFieldValue.
bool IsHeaderValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t') || byte == 0x7f;
  });
}

/// httpguts.ValidHostHeader, for bytes that a parsed URL's host can contain.
bool IsHostHeader(std::string_view host) {
  constexpr std::string_view kPunctuation = "!$%&()*+,-.:;='[]_~";
  return std::all_of(host.begin(), host.end(), [&](char c) {
    return ascii::IsLetterOrDigit(c) || kPunctuation.find(c) != std::string_view::npos;
  });
}

std::string_view Trim(std::string_view text, std::string_view blanks) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}
std::string_view TrimSpace(std::string_view text) {
  return Trim(text, " \t\n\v\f\r");
}

std::string BasicCredentials(std::string_view name, std::string_view password) {
  return "Basic " + text::EncodeBase64(fmt::format("{}:{}", name, password));
}

void Set(HeaderList* headers, std::string_view name, std::string value) {
  headers->erase(std::remove_if(headers->begin(), headers->end(), [&](const auto& h) { return h.name == name; }),
                 headers->end());
  headers->push_back({std::string(name), std::move(value)});
}

/// A secret given inline or by file; neither: empty.
Result<std::string> Secret(const std::string& text, const std::string& file, const Files& files) {
  if (!text.empty() || file.empty()) return text;
  Result<std::string> content = files.Read(file);
  if (!content) return Error{fmt::format("unable to read file {}: {}", file, content.error().message)};
  return std::string(TrimSpace(*content));
}

/// The configuration with the contents of its files in their places.
Result<TlsConfig> ReadTls(const TlsConfig& config, const Files& files) {
  TlsConfig tls = config;
  const struct {
    const char* what;
    std::string& inline_text;
    std::string& file;
  } parts[] = {{"CA cert", tls.ca, tls.ca_file},
               {"client cert", tls.cert, tls.cert_file},
               {"client key", tls.key, tls.key_file}};
  for (const auto& part : parts) {
    Result<std::string> text = Secret(part.inline_text, part.file, files);
    if (!text) return Error{fmt::format("unable to read {}: {}", part.what, text.error().message)};
    part.inline_text = std::move(*text);
    part.file.clear();
  }
  return tls;
}

/// The settings with the contents of their files.
Result<OAuth2> ReadOAuth2(const OAuth2& config, const Files& files) {
  OAuth2 oauth2 = config;
  Result<std::string> secret = Secret(config.client_secret, config.client_secret_file, files);
  if (!secret) return Error{"unable to read oauth2 client secret: " + secret.error().message};
  Result<TlsConfig> tls = ReadTls(config.tls_config, files);
  if (!tls) return tls.error();
  oauth2.client_secret = std::move(*secret);
  oauth2.client_secret_file.clear();
  oauth2.tls_config = std::move(*tls);
  return oauth2;
}

/// Null where the configuration says nothing of connections. Tokens are for the first host's domain only.
Result<std::shared_ptr<const HopClient>> ClientOf(const HttpClientConfig& config, const Files& files,
                                                  const HopOrigin& origin) {
  using ClientPtr = std::shared_ptr<const HopClient>;
  HopClient client;
  Result<TlsConfig> tls = ReadTls(config.tls_config, files);
  if (!tls) return tls.error();
  client.tls = std::move(*tls);
  client.proxy = config.proxy;
  client.enable_http2 = config.enable_http2;
  if (config.oauth2 && !origin.crossed_hosts) {
    Result<OAuth2> oauth2 = ReadOAuth2(*config.oauth2, files);
    if (!oauth2) return oauth2.error();
    client.oauth2 = std::move(*oauth2);
  }
  if (client == HopClient{}) return ClientPtr();
  return ClientPtr(std::make_shared<const HopClient>(std::move(client)));
}

Status AddConfiguredHeaders(const HttpClientConfig& config, const Files& files, HeaderList* headers) {
  if (!config.http_headers) return {};
  for (const auto& [name, header] : *config.http_headers) {
    const std::string canonical = CanonicalHeaderName(name);
    for (const std::string& value : header.values) headers->push_back({canonical, value});
    for (const std::string& value : header.secrets) headers->push_back({canonical, value});
    for (const std::string& file : header.files) {
      const Result<std::string> content = files.Read(file);
      if (!content) return Error{fmt::format("unable to read headers file {}: {}", file, content.error().message)};
      headers->push_back({canonical, std::string(TrimSpace(*content))});
    }
  }
  return {};
}

/// Cookies and the like must not follow a redirect to another host.
void RemoveSensitive(HeaderList* headers) {
  constexpr std::string_view kSensitive[] = {"Authorization", "Www-Authenticate",    "Cookie",
                                             "Cookie2",       "Proxy-Authorization", "Proxy-Authenticate"};
  headers->erase(std::remove_if(headers->begin(), headers->end(),
                                [&](const HttpHeader& header) {
                                  return std::find(std::begin(kSensitive), std::end(kSensitive), header.name) !=
                                         std::end(kSensitive);
                                }),
                 headers->end());
}

Status AddCredentials(const HttpClientConfig& config, const Files& files, HeaderList* headers) {
  if (config.basic_auth && HeaderValue(*headers, "Authorization").empty()) {
    const BasicAuth& basic = *config.basic_auth;
    const Result<std::string> name = Secret(basic.username, basic.username_file, files);
    if (!name) return Error{"unable to read basic auth username: " + name.error().message};
    const Result<std::string> password = Secret(basic.password, basic.password_file, files);
    if (!password) return Error{"unable to read basic auth password: " + password.error().message};
    Set(headers, "Authorization", BasicCredentials(*name, *password));
  }
  if (config.authorization && HeaderValue(*headers, "Authorization").empty()) {
    const Authorization& authorization = *config.authorization;
    const Result<std::string> credentials = Secret(authorization.credentials, authorization.credentials_file, files);
    if (!credentials) return Error{"unable to read authorization credentials: " + credentials.error().message};
    Set(headers, "Authorization", fmt::format("{} {}", authorization.type, *credentials));
  }
  return {};
}

/// What http.Transport refuses before it connects.
Status CheckSendable(const Url& url, const HeaderList& headers) {
  if (url.scheme != "http" && url.scheme != "https") {
    return Error{"unsupported protocol scheme " + text::GoQuote(url.scheme)};
  }
  for (const HttpHeader& header : headers) {
    if (!IsToken(header.name)) return Error{"net/http: invalid header field name " + text::GoQuote(header.name)};
    if (!IsHeaderValue(header.value)) {
      return Error{"net/http: invalid header field value for " + text::GoQuote(header.name)};
    }
  }
  if (url.host.empty()) return Error{"http: no Host in request URL"};
  return {};
}

/// User-Agent first, then by name, as http.Request writes them; headers that it writes itself are left out.
void SortAsSent(HeaderList* headers) {
  headers->erase(std::remove_if(headers->begin(), headers->end(),
                                [](const HttpHeader& header) {
                                  return header.name == "Host" || header.name == "Content-Length" ||
                                         header.name == "Transfer-Encoding" || header.name == "Trailer";
                                }),
                 headers->end());
  for (HttpHeader& header : *headers) header.value = std::string(Trim(header.value, " \t"));
  std::stable_sort(headers->begin(), headers->end(), [](const HttpHeader& a, const HttpHeader& b) {
    const bool a_first = a.name == "User-Agent", b_first = b.name == "User-Agent";
    return a_first != b_first ? a_first : a.name < b.name;
  });
}

/// The Host header: no zone of an IPv6 address, and nothing at all when it would be invalid.
std::string HostHeader(const std::string& host) {
  if (!IsHostHeader(host)) return {};
  const std::size_t bracket = host.rfind(']');
  const std::size_t zone = host.find('%');
  if (host.empty() || host[0] != '[' || bracket == std::string::npos || zone > bracket) return host;
  return host.substr(0, zone) + host.substr(bracket);
}

}  // namespace

Result<ScrapeRequest> NewScrapeRequest(std::string_view url, const ScrapeRequestOptions& options) {
  Result<Url> parsed = ParseRequestUrl(url);
  if (!parsed) return parsed.error();
  ScrapeRequest request{std::move(*parsed), {}};
  request.headers = {{"Accept", options.accept},
                     {"Accept-Encoding", options.accept_encoding == ContentCoding::kGzip ? "gzip" : "identity"},
                     {"User-Agent", options.user_agent},
                     {"X-Prometheus-Scrape-Timeout-Seconds", TimeoutText(options.timeout)}};
  return request;
}

std::string TimeoutText(Nanoseconds timeout) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const double seconds = static_cast<double>(timeout.count() / kSecond) +
                         static_cast<double>(timeout.count() % kSecond) / static_cast<double>(kSecond);
  return fmt::format("{}", seconds);
}

std::string_view HeaderValue(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const HttpHeader& header : headers) {
    if (EqualFold(header.name, name)) return header.value;
  }
  return {};
}

std::string RefererFor(const Url& last, const Url& next) {
  if (last.scheme == "https" && next.scheme == "http") return {};
  if (!last.user) return last.String();
  Url shown = last;
  shown.user.reset();
  return shown.String();
}

bool IsDomainOrSubdomain(std::string_view host, std::string_view parent) {
  if (parent.empty()) return false;
  if (EqualFold(host, parent)) return true;
  // A colon or percent sign: an IPv6 address, whose zone could look like a domain.
  if (host.find_first_of(":%") != std::string_view::npos) return false;
  if (host.size() <= parent.size()) return false;
  const std::size_t start = host.size() - parent.size();
  return host[start - 1] == '.' && EqualFold(host.substr(start), parent);
}

Status BuildHop(const HttpClientConfig& config, const Files& files, const std::vector<HttpHeader>& headers,
                const Url& url, const HopOrigin& origin, HopRequest* hop) {
  *hop = HopTo(url);
  hop->host = HostHeader(hop->host);
  hop->headers = headers;
  if (!origin.referer.empty()) Set(&hop->headers, "Referer", origin.referer);
  if (url.user) {
    Set(&hop->headers, "Authorization", BasicCredentials(url.user->name, url.user->password.value_or("")));
  }
  Result<std::shared_ptr<const HopClient>> client = ClientOf(config, files, origin);
  if (!client) return client.error();
  hop->client = std::move(*client);
  if (Status status = AddConfiguredHeaders(config, files, &hop->headers); !status) return status;
  if (origin.crossed_hosts) {
    if (config.http_headers && config.follow_redirects) RemoveSensitive(&hop->headers);
  } else if (Status status = AddCredentials(config, files, &hop->headers); !status) {
    return status;
  }
  if (Status status = CheckSendable(url, hop->headers); !status) return status;
  SortAsSent(&hop->headers);
  return {};
}

bool ReadsFiles(const HttpClientConfig& config) {
  const auto tls_reads = [](const TlsConfig& tls) {
    return !tls.ca_file.empty() || !tls.cert_file.empty() || !tls.key_file.empty();
  };
  if (tls_reads(config.tls_config)) return true;
  if (config.basic_auth && (!config.basic_auth->username_file.empty() || !config.basic_auth->password_file.empty())) {
    return true;
  }
  if (config.authorization && !config.authorization->credentials_file.empty()) return true;
  if (config.oauth2 && (!config.oauth2->client_secret_file.empty() || tls_reads(config.oauth2->tls_config))) {
    return true;
  }
  if (!config.http_headers) return false;
  return std::any_of(config.http_headers->begin(), config.http_headers->end(),
                     [](const auto& header) { return !header.second.files.empty(); });
}

Status CheckHttpClient(const HttpClientConfig& config, const Files& files) {
  const Result<TlsConfig> tls = ReadTls(config.tls_config, files);
  if (!tls) return Error{"error creating HTTP client: " + tls.error().message};
  const auto is_reference = [](const std::string& text, const std::string& file, const std::string& reference) {
    return text.empty() && file.empty() && !reference.empty();
  };
  const auto refuse = [](std::string_view what) {
    return Error{
        fmt::format("error creating HTTP client: unable to use {}: cannot use secret ref without manager", what)};
  };
  if (config.authorization) {
    const Authorization& a = *config.authorization;
    if (is_reference(a.credentials, a.credentials_file, a.credentials_ref)) return refuse("credentials");
  }
  if (config.basic_auth) {
    const BasicAuth& b = *config.basic_auth;
    if (is_reference(b.username, b.username_file, b.username_ref)) return refuse("username");
    if (is_reference(b.password, b.password_file, b.password_ref)) return refuse("password");
  }
  return {};
}

}  // namespace stalemark
