// SPDX-License-Identifier: Apache-2.0
// ExporterClient: one request after the other to an exporter, through the engine's own scraper and the live transport:
// headers, credentials, redirects, gzip, limits and error texts are those of a scrape. Native builds only.
//
// Each answer is bounded in time and size. Single-threaded.
#pragma once

#include <cstdint>
#include <string>

#include "cli/disk/disk_files.h"
#include "core/config/config.h"
#include "core/http/target_scraper.h"
#include "core/seams/time.h"
#include "live/http/curl_transport.h"
#include "live/loop/event_loop.h"
#include "sim/exporter_check/answer.h"

namespace stalemark::cli {

/// Bytes of one body, unpacked, that are read at most.
inline constexpr std::uint64_t kCheckedBodyBytesMax = std::uint64_t{128} << 20;

struct ExporterRequest {
  exporter_check::Purpose purpose = exporter_check::Purpose::kScrape;
  std::string name;
  /// Text of the Accept header.
  std::string accept;
  ContentCoding coding = ContentCoding::kGzip;
};

class ExporterClient {
 public:
  /// `job`: HTTP client and body_size_limit; must outlive the client.
  ExporterClient(std::string url, const ScrapeConfig& job, Nanoseconds timeout)
      : url_(std::move(url)), job_(job), timeout_(timeout) {}

  /// Asks, and waits for the answer.
  exporter_check::Answer Ask(const ExporterRequest& request);
  /// Since this client was made.
  MonotonicTime Now() const { return loop_.MonotonicNow(); }
  void WaitUntil(MonotonicTime when);

 private:
  const std::string url_;
  const ScrapeConfig& job_;
  const Nanoseconds timeout_;
  const DiskFiles files_;
  EventLoop loop_;
  CurlTransport transport_{loop_};
  HttpEngine engine_{transport_, loop_, files_};
};

}  // namespace stalemark::cli
