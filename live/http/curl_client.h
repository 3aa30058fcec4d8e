// SPDX-License-Identifier: Apache-2.0
// What a HopClient says of TLS and HTTP/2, as options of an easy handle. Mirrors NewTLSConfig of
// common/config/http_config.go: at least TLS 1.2 unless told otherwise, the system's authorities unless `ca` is given.
//
// The handle keeps copies. A client certificate that cannot be read fails the transfer, not this.
#pragma once

#include <curl/curl.h>

#include "core/http/hop_client.h"

namespace stalemark {

void SetClientOptions(CURL* easy, const HopClient& client);

}  // namespace stalemark
