// SPDX-License-Identifier: Apache-2.0
#include "live/discovery/http_discovery.h"

#include <utility>

#include "core/discovery/documents.h"
#include "core/http/request_headers.h"

namespace stalemark {
namespace {

Result<ScrapeRequest> DiscoveryRequest(const HttpSdConfig& config) {
  ScrapeRequestOptions options;
  options.accept = "application/json";
  options.timeout = config.refresh_interval;
  Result<ScrapeRequest> request = NewScrapeRequest(config.url, options);
  if (!request.ok()) return request;
  for (HttpHeader& header : request->headers) {
    if (header.name == "X-Prometheus-Scrape-Timeout-Seconds") header.name = "X-Prometheus-Refresh-Interval-Seconds";
  }
  return request;
}

}  // namespace

HttpDiscovery::HttpDiscovery(HttpSdConfig config, HttpEngine& engine, const Clock& clock, const Log& log,
                             DiscoveryStats& stats)
    : config_(std::move(config)),
      engine_(engine),
      clock_(clock),
      log_(log),
      stats_(stats),
      scraper_(engine, config_.http_client, DiscoveryRequest(config_), ScraperOptions()) {}

void HttpDiscovery::Start(SendGroups send) {
  send_ = std::move(send);
  timer_ = engine_.scheduler.ArmAt(clock_.MonotonicNow(), [this] { Refresh(); });
}

void HttpDiscovery::Refresh() {
  const MonotonicTime now = clock_.MonotonicNow();
  timer_ = engine_.scheduler.ArmAt(now + config_.refresh_interval, [this] { Refresh(); });
  if (scraper_.running()) {
    is_due_ = true;
    return;
  }
  is_due_ = false;
  scraper_.Start(now + config_.refresh_interval, *this);
}

void HttpDiscovery::OnFetchDone(const FetchResult& result) {
  Result<std::vector<TargetGroup>> groups = Error{result.error};
  if (result.kind == FetchErrorKind::kNone) {
    DiscoveryResponse response;
    response.content_type = result.content_type;
    response.body = result.body;
    groups = ParseHttpResponse(config_.url, response);
  }
  scraper_.Release();
  // The refresh that came while this one still ran: upstream's ticker keeps one.
  if (is_due_) timer_ = engine_.scheduler.ArmAt(clock_.MonotonicNow(), [this] { Refresh(); });
  if (!groups.ok()) {
    ++stats_.http_failures;
    log_.Error("Unable to refresh target groups", {{"discovery", "http"}, {"err", groups.error().message}});
    return;
  }
  const std::size_t count = groups->size();
  AppendLostGroups(config_.url, last_count_, *groups);
  last_count_ = count;
  send_(std::move(groups).value());
}

}  // namespace stalemark
