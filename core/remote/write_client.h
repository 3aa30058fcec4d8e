// SPDX-License-Identifier: Apache-2.0
// WriteClient: sends one request body at a time to a receiver and says what became of it (RW-08, RW-09, RW-11). Mirrors
// Client.Store of storage/remote/client.go and stats.go.
//
// Headers, credentials and their files are those of core/http. Redirects are followed as net/http's Client does it: 307
// and 308 with method and body, the others as a GET without one. Not followed, a 3xx drops the batch as any status that
// is no 2xx. `done` is called once, never inside Store; it may call Store again or destroy the client.
// Destroying the client, or Cancel, ends the exchange and tells nothing.
//
// Lifetime: what WriteEngine refers to and the configuration outlive the client; the body lives until `done`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/storage.h"
#include "core/http/request_headers.h"
#include "core/seams/clock.h"
#include "core/seams/files.h"
#include "core/seams/scheduler.h"
#include "core/seams/transport.h"

namespace stalemark {

/// What all clients of a process share.
struct WriteEngine {
  Transport& transport;
  Clock& clock;
  Scheduler& scheduler;
  const Files& files;
};

/// What the receiver says it wrote.
struct WriteResponseStats {
  std::int64_t samples = 0;
  std::int64_t histograms = 0;
  std::int64_t exemplars = 0;
  /// One of the headers was there.
  bool confirmed = false;

  bool NoDataWritten() const { return samples + histograms + exemplars == 0; }
  void Add(const WriteResponseStats& other);
};

struct StoreResult {
  WriteResponseStats stats;
  /// Absent: a 2xx.
  std::optional<std::string> error;
  /// With an error: the request is sent again...
  bool recoverable = false;
  /// ...after this, if it is above zero.
  Nanoseconds retry_after{0};
};

enum class WriteVersion : std::uint8_t { kV1, kV2 };
/// By protobuf_message.
WriteVersion VersionOf(const RemoteWriteConfig& config);

/// `Retry-After`: whole seconds, or an HTTP date; anything else is 0 (RW-10).
Nanoseconds RetryAfter(std::string_view text, WallTime now);

class WriteClient final : private TransportObserver {
 public:
  using Done = std::function<void(const StoreResult& result)>;

  WriteClient(const WriteEngine& engine, const RemoteWriteConfig& config, std::string user_agent);

  /// `attempt` counts from 0. Requires: nothing is under way.
  void Store(std::string_view body, int attempt, Done done);
  void Cancel();

 private:
  void OnHead(const ResponseHead& head) override;
  void OnBody(std::string_view bytes) override;
  void OnEnd(const std::optional<TransportError>& error) override;
  Result<HopRequest> BuildRequest() const;
  void SendHop();
  /// False: the response is none to follow.
  bool FollowRedirect();
  void Finish(StoreResult result);
  void FinishResponse();
  std::string PostError(std::string_view cause) const;

  const WriteEngine engine_;
  const RemoteWriteConfig& config_;
  const std::string user_agent_;
  /// Absent: the error that each request ends with.
  Result<Url> url_;

  // Of the request under way.
  Done done_;
  std::string_view body_;
  int attempt_ = 0;
  /// Where it goes, after redirects elsewhere; absent: `url_` is an error.
  std::optional<Url> target_;
  HopOrigin origin_;
  int hop_ = 0;
  /// A redirect made a GET of it.
  bool without_body_ = false;
  HopRequest request_;
  std::unique_ptr<Exchange> exchange_;
  Timer timer_;
  std::optional<ResponseHead> head_;
  std::string error_body_;
};

}  // namespace stalemark
