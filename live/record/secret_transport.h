// SPDX-License-Identifier: Apache-2.0
// SecretTransport: puts secrets back where requests leave the process (redactor.h): in the target and the body escaped
// as in URLs, in the host, in headers, where Basic credentials are taken apart and encoded again, in TLS and proxy
// settings.
//
// Everything it refers to outlives it.
#pragma once

#include <memory>

#include "core/seams/transport.h"
#include "live/record/redactor.h"

namespace stalemark {

class SecretTransport final : public Transport {
 public:
  SecretTransport(Transport& inner, Redactor& redactor) : inner_(inner), redactor_(redactor) {}
  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;

 private:
  Transport& inner_;
  Redactor& redactor_;
};

}  // namespace stalemark
