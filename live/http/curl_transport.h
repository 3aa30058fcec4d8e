// SPDX-License-Identifier: Apache-2.0
// CurlTransport: the Transport of a live process, on libcurl's multi interface. Mirrors what net/http's Transport does
// for the client of common/config/http_config.go (HTTP-14): keep-alive, HTTP/2 by negotiation, no cached addresses.
//
// libcurl's own redirects, content decoding, credentials, cookies and deadline are off: they are core/http/'s. Body
// bytes go from libcurl's buffer straight to the observer. Errors are in upstream's words as far as libcurl knows the
// cause (docs/design/live-transport.md).
//
// Runs on the thread of its EventLoop. Exchanges must not outlive the transport, and the transport not the loop.
#pragma once

#include <chrono>
#include <memory>

#include "core/seams/transport.h"
#include "live/http/name_lookup.h"
#include "live/http/proxy.h"
#include "live/loop/event_loop.h"

namespace stalemark {

struct CurlTransportOptions {
  /// Idle connections that are kept, of all targets together (HTTP-14).
  long idle_connections_max = 20'000;
  /// After that an idle connection is not used again (HTTP-14).
  std::chrono::seconds idle_timeout{300};
  /// For jobs with proxy_from_environment; read once, as upstream does.
  ProxyEnvironment proxy_environment = ProxyEnvironment::OfProcess();
  /// Why libcurl could not look up a name (live/http/name_lookup.h).
  AskName ask_name = AskSystem;
};

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(EventLoop& loop, const CurlTransportOptions& options = {});
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;

 private:
  class Transfers;
  std::unique_ptr<Transfers> transfers_;
};

}  // namespace stalemark
