// SPDX-License-Identifier: Apache-2.0
// OAuth2Transport: a Transport in front of another one that gives requests of clients with `oauth2` their token. Tokens
// are fetched through the same transport by client credentials, kept until ten seconds before they expire, and shared
// by all requests whose settings, secret included, are equal. Mirrors oauth2RoundTripper of
// common/config/http_config.go.
//
// A request for a token, its redirects included, ends after a minute; upstream's waits for ever. A failed one fails all
// requests that wait for it with upstream's text; the next request tries again. On the loop's thread. Exchanges must
// not outlive the transport.
#pragma once

#include <list>
#include <memory>

#include "core/seams/clock.h"
#include "core/seams/scheduler.h"
#include "core/seams/transport.h"

namespace stalemark {

class OAuth2Transport final : public Transport {
 public:
  OAuth2Transport(Clock& clock, Scheduler& scheduler, std::unique_ptr<Transport> inner);
  ~OAuth2Transport() override;
  OAuth2Transport(const OAuth2Transport&) = delete;
  OAuth2Transport& operator=(const OAuth2Transport&) = delete;

  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;

 private:
  class Source;
  class Waiting;

  Source& SourceOf(const HopRequest& request);

  Clock& clock_;
  Scheduler& scheduler_;
  const std::unique_ptr<Transport> inner_;
  std::list<std::unique_ptr<Source>> sources_;
};

}  // namespace stalemark
