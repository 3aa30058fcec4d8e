// SPDX-License-Identifier: Apache-2.0
// What a scrape sends: the request that is built once per loop (HTTP-01 ... HTTP-04, HTTP-07) and, for each hop, the
// headers that the HTTP client adds to it (HTTP-15). Mirrors targetScraper.scrape in scrape/scrape.go and the round
// trippers of common/config/http_config.go and headers.go.
//
// Credentials, headers' files and those of TLS are read for every hop, so that a rotated secret is used at once. TLS,
// proxies and OAuth2 settings go to the transport as the hop's client: who fetches tokens is there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/http_client.h"
#include "core/http/url.h"
#include "core/model/result.h"
#include "core/seams/files.h"
#include "core/seams/time.h"
#include "core/seams/transport.h"

namespace stalemark {

/// What `Accept-Encoding` asks for (`enable_compression`).
enum class ContentCoding : std::uint8_t { kIdentity, kGzip };

struct ScrapeRequestOptions {
  /// Text of the Accept header.
  std::string accept;
  ContentCoding accept_encoding = ContentCoding::kGzip;
  Nanoseconds timeout{0};
  std::string user_agent = "Prometheus/3.14.0";
};

/// A scrape's own request, before the client's additions.
struct ScrapeRequest {
  Url url;
  std::vector<HttpHeader> headers;
};

/// Builds the request. Fails as http.NewRequest does: `parse "http://h:x/metrics": invalid port ":x" after host`.
Result<ScrapeRequest> NewScrapeRequest(std::string_view url, const ScrapeRequestOptions& options);

/// X-Prometheus-Scrape-Timeout-Seconds: shortest decimal, no exponent. Requires: whole milliseconds, not negative.
std::string TimeoutText(Nanoseconds timeout);

/// Value of the first header of that name, in any case; empty when there is none.
std::string_view HeaderValue(const std::vector<HttpHeader>& headers, std::string_view name);

/// What a hop knows of the redirects before it.
struct HopOrigin {
  /// Empty: none is sent.
  std::string referer;
  /// A hop before or this one left the first host's domain: no credentials from here on.
  bool crossed_hosts = false;
};

/// `referer` for a hop to `next` after one to `last`: no user information, nothing from https to http.
std::string RefererFor(const Url& last, const Url& next);
/// Whether `host` is `parent` or a subdomain of it, as the client's cross-host check sees it.
bool IsDomainOrSubdomain(std::string_view host, std::string_view parent);

/// Fills `hop` with the request for `url`. Errors: upstream's, without `Get "URL": `.
Status BuildHop(const HttpClientConfig& config, const Files& files, const std::vector<HttpHeader>& headers,
                const Url& url, const HopOrigin& origin, HopRequest* hop);
/// Whether BuildHop reads files, so that its result may change from scrape to scrape.
bool ReadsFiles(const HttpClientConfig& config);

/// Whether a client can be made of the configuration: `error creating HTTP client: unable to read CA cert: ...`.
Status CheckHttpClient(const HttpClientConfig& config, const Files& files);

}  // namespace stalemark
