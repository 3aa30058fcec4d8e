// SPDX-License-Identifier: Apache-2.0
// TargetScraper: one fetch at a time for one scrape loop, from the request to the complete, decoded body. Mirrors
// targetScraper.scrape and readResponse of scrape/scrape.go and net/http's Client.do above them (HTTP-01 ... HTTP-13).
//
// One deadline covers connecting, redirects, bodies and their unpacking. A fetch ends when the response has ended and
// is unpacked, the connection is closed or the deadline is there, even when its error is known before (HTTP-13):
// observer.OnFetchDone is then called, once, never inside Start. It may start the next fetch or destroy the scraper.
//
// Lifetime: what HttpEngine refers to, the configuration and the observer of a running fetch outlive the scraper.
// Destroying it cancels the fetch. Single-threaded. Errors: upstream's texts in FetchResult.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/http_client.h"
#include "core/http/body_buffer.h"
#include "core/http/request_headers.h"
#include "core/http/unpacker.h"
#include "core/http/url.h"
#include "core/model/result.h"
#include "core/seams/files.h"
#include "core/seams/scheduler.h"
#include "core/seams/transport.h"

namespace stalemark {

/// What all scrapers of an engine share.
struct HttpEngine {
  Transport& transport;
  Scheduler& scheduler;
  const Files& files;
  /// Null: bodies are unpacked at once. Outlives the scrapers.
  Unpacker* unpacker = nullptr;
  BodyPool bodies{};
  InlineUnpacker inline_unpacker{};
};

enum class FetchErrorKind : std::uint8_t {
  kNone,
  kTransport,   ///< no response, or not all of it; a request that could not be sent
  kTimeout,     ///< the deadline
  kHttpStatus,  ///< a status other than 200
  kBodyLimit,   ///< body_size_limit; counted, and reported as -1 bytes
  kOther,       ///< an invalid URL, broken gzip, max_body
};

struct FetchResult {
  FetchErrorKind kind = FetchErrorKind::kNone;
  /// Empty when kind is kNone.
  std::string error;
  std::string content_type;
  /// Uncompressed, empty after an error; kBodyTail readable bytes follow. Valid until Release, Start or the end of the
  /// scraper.
  std::string_view body;
};

/// Told what a fetch does. Hops count from 1. Views are valid during the call.
class FetchObserver {
 public:
  virtual ~FetchObserver() = default;
  virtual void OnFetchDone(const FetchResult& result) = 0;
  /// body_size_limit is reached. The fetch goes on until the rest of the body, which is thrown away, has come. For a
  /// compressed body, which is unpacked at its end, that end is already there.
  virtual void OnBodyLimit() {}
  // For the trace.
  virtual void OnRequest(int /*hop*/, const Url& /*url*/) {}
  virtual void OnHead(int /*hop*/, const ResponseHead& /*head*/) {}
  virtual void OnRedirect(int /*hop*/, const Url& /*target*/) {}
  /// The final response's body is over; bytes as they came, compressed or not, without those thrown away.
  virtual void OnBodyEnd(int /*hop*/, std::uint64_t /*wire_bytes*/) {}
};

/// Where we stop and upstream would not: its own limit does not exist when body_size_limit is 0.
#ifdef __EMSCRIPTEN__
inline constexpr std::uint64_t kMaxBodyBytes = std::uint64_t{256} << 20;
#else
inline constexpr std::uint64_t kMaxBodyBytes = std::uint64_t{1} << 30;
#endif

struct ScraperOptions {
  /// Uncompressed bytes that are too many (HTTP-12); 0 or less: no limit.
  std::int64_t body_size_limit = 0;
  /// Bytes of a body, compressed or not, that are never exceeded.
  std::uint64_t max_body_bytes = kMaxBodyBytes;
};

/// The error of a body that is larger than max_body_bytes.
std::string BodyTooLarge(std::uint64_t max_bytes);

class TargetScraper final : private TransportObserver, private UnpackObserver {
 public:
  /// A request that is an error (NewScrapeRequest failed) is every fetch's error, as upstream tries again each time.
  TargetScraper(HttpEngine& engine, const HttpClientConfig& config, Result<ScrapeRequest> request,
                const ScraperOptions& options);
  ~TargetScraper() override;
  TargetScraper(const TargetScraper&) = delete;
  TargetScraper& operator=(const TargetScraper&) = delete;

  /// Begins a fetch. Requires: none is running.
  void Start(MonotonicTime deadline, FetchObserver& observer);
  /// Gives up the result's body, so that another scraper can use the memory.
  void Release();
  bool running() const { return phase_ != Phase::kIdle; }

 private:
  enum class Phase : std::uint8_t {
    kIdle,
    kFailing,       ///< nothing was sent, the error is due
    kHead,          ///< waiting for a head
    kRedirectBody,  ///< reading the body of a redirect that will be followed
    kBody,          ///< reading the final response
    kUnpacking,     ///< it is over, its body is being unpacked elsewhere
  };
  enum class TimeLeft : std::uint8_t { kSome, kNone };

  void OnHead(const ResponseHead& head) override;
  void OnBody(std::string_view bytes) override;
  void OnEnd(const std::optional<TransportError>& error) override;
  void OnDeadline();

  bool SendHop(TimeLeft time_left);
  /// True when the head is a redirect's and has been dealt with.
  bool BeginRedirect(const ResponseHead& head);
  void FollowRedirect(TimeLeft time_left);
  void BeginBody(const ResponseHead& head);
  void EndBody(const std::optional<std::string>& input_error);
  void Unpack(const std::optional<std::string>& input_error);
  void OnUnpacked(UnpackJob& job) override;
  void FinishBody();
  void ReachBodyLimit();

  /// Fixes the error; the first one stays.
  void Decide(FetchErrorKind kind, std::string error);
  void DecideForUrl(FetchErrorKind kind, std::string_view error);
  void Finish();

  HttpEngine& engine_;
  const HttpClientConfig& config_;
  const Result<ScrapeRequest> request_;
  const ScraperOptions options_;
  /// BuildHop gives the same for every first hop: no files are read.
  const bool first_hop_is_constant_;
  HopRequest first_hop_;
  bool first_hop_built_ = false;

  // Of the running fetch.
  Phase phase_ = Phase::kIdle;
  FetchObserver* observer_ = nullptr;
  Timer deadline_timer_;
  Timer failure_timer_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<Unpacking> unpacking_;
  int hop_ = 0;
  /// Of the hop under way; until a redirect the request's own.
  Url redirected_url_;
  const Url* url_ = nullptr;
  HopOrigin origin_;
  std::string location_;
  Url next_url_;
  std::uint64_t redirect_body_bytes_ = 0;
  bool gzip_ = false;
  bool too_big_ = false;
  BodyBuffer body_;
  /// The compressed body while it arrives.
  BodyBuffer packed_;
  FetchResult result_;
};

}  // namespace stalemark
