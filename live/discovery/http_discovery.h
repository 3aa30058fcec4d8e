// SPDX-License-Identifier: Apache-2.0
// HttpDiscovery: target groups from a URL, asked at the start and every refresh interval (SD-30 to SD-34). Mirrors
// discovery/http/http.go and discovery/refresh. Requests go the way of scrapes (core/http): redirects, credentials,
// headers, gzip. The refresh interval is also the deadline.
//
// Whatever fails keeps the groups of the last answer that was good. Single-threaded.
#pragma once

#include <memory>

#include "core/config/config.h"
#include "core/http/target_scraper.h"
#include "core/seams/clock.h"
#include "live/discovery/discoverer.h"
#include "live/log/log.h"

namespace stalemark {

class HttpDiscovery final : public Discoverer, private FetchObserver {
 public:
  /// Everything but the configuration outlives it. `engine` works on the clock's time.
  HttpDiscovery(HttpSdConfig config, HttpEngine& engine, const Clock& clock, const Log& log, DiscoveryStats& stats);

  void Start(SendGroups send) override;

 private:
  void Refresh();
  void OnFetchDone(const FetchResult& result) override;

  const HttpSdConfig config_;
  HttpEngine& engine_;
  const Clock& clock_;
  const Log& log_;
  DiscoveryStats& stats_;
  SendGroups send_;
  std::size_t last_count_ = 0;
  TargetScraper scraper_;
  bool is_due_ = false;
  Timer timer_;
};

}  // namespace stalemark
