// SPDX-License-Identifier: Apache-2.0
// FetchFixture: a clock, a network of scripted exporters and one scraper of http://a:1/metrics with a timeout of 4 s.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/http/target_scraper.h"
#include "sim/bundle_files.h"
#include "sim/sim_network.h"
#include "sim/virtual_clock.h"

namespace stalemark::testing {

/// A fetch as it ended.
struct Fetched {
  FetchErrorKind kind = FetchErrorKind::kNone;
  std::string error;
  std::string content_type;
  std::string body;
  std::chrono::milliseconds took{-1};
};

class FetchFixture : public FetchObserver, public RequestLog {
 public:
  FetchFixture() { network_.SetRequestLog(this); }

  /// What the exporter answers, in order; the last one for ever.
  void Exporter(const std::string& address, std::vector<ResponseScript> scripts) {
    std::vector<ScriptedExporter::Step> steps;
    for (ResponseScript& script : scripts) {
      steps.push_back({std::make_shared<const SimResponse>(std::move(script))});
    }
    network_.SetExporter(address, std::make_unique<ScriptedExporter>(std::move(steps)));
  }

  Fetched Fetch() {
    MakeScraper();
    return FetchAgain();
  }
  /// With the scraper of the last Fetch.
  Fetched FetchAgain() {
    started_ = clock.MonotonicNow();
    scraper->Start(started_ + std::chrono::seconds{4}, *this);
    done_in_start = last.took.count() >= 0;
    clock.RunUntil(started_ + std::chrono::seconds{5});
    return std::exchange(last, {});
  }
  void MakeScraper() {
    ScrapeRequestOptions request;
    request.accept = "text/plain";
    request.timeout = std::chrono::seconds{4};
    scraper = std::make_unique<TargetScraper>(engine, config, NewScrapeRequest(url, request), options);
  }

  void OnFetchDone(const FetchResult& result) override {
    last = {result.kind, result.error, result.content_type, std::string(result.body),
            std::chrono::duration_cast<std::chrono::milliseconds>(clock.MonotonicNow() - started_)};
    for (std::size_t i = 0; i < kBodyTail && result.kind == FetchErrorKind::kNone; ++i) {
      tail_is_zero = tail_is_zero && result.body.data()[result.body.size() + i] == 0;
    }
  }
  void OnBodyLimit() override {
    limit_after = std::chrono::duration_cast<std::chrono::milliseconds>(clock.MonotonicNow() - started_);
  }
  void OnRequest(int hop, const Url& to) override { events += std::to_string(hop) + " GET " + to.String() + "\n"; }
  void OnHead(int hop, const ResponseHead& head) override {
    events += std::to_string(hop) + " " + head.status_text + "\n";
  }
  void OnRedirect(int hop, const Url& to) override { events += std::to_string(hop) + " -> " + to.String() + "\n"; }
  void OnBodyEnd(int hop, std::uint64_t bytes) override {
    events += std::to_string(hop) + " body " + std::to_string(bytes) + "\n";
  }
  void OnRequest(MonotonicTime at, std::string_view, const HopRequest& request) override {
    requests += Seconds(at) + " " + RequestUrl(request);
    const std::string_view referer = HeaderValue(request.headers, "Referer");
    if (!referer.empty()) requests += " from " + std::string(referer);
    requests += "\n";
  }
  void OnFailedDial(MonotonicTime at, std::string_view exporter, DialFailure failure) override {
    requests += Seconds(at) + " " + std::string(exporter) + " " + std::string(DialFailureName(failure)) + "\n";
  }

  VirtualClock clock{WallTime{}};
  BundleFiles files;
  HttpClientConfig config;
  ScraperOptions options;
  std::string url = "http://a:1/metrics";
  std::unique_ptr<TargetScraper> scraper;
  /// What the observer and the exporters saw, one line each.
  std::string events;
  std::string requests;
  Fetched last;
  std::chrono::milliseconds limit_after{-1};
  bool done_in_start = false;
  bool tail_is_zero = true;

 private:
  static std::string Seconds(MonotonicTime at) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count()) + "ms";
  }

  SimNetwork network_{clock, clock};
  MonotonicTime started_{};

 public:
  HttpEngine engine{network_, clock, files};
};

}  // namespace stalemark::testing
